import type { ActionStep, CaseRecord, CheckStep, ConformanceCase } from './case.ts'
import type { CaseDriver } from './case-driver.ts'
import { compareStep, type Rule } from './compare-step.ts'
import { storeContent, versionedResult } from './store-content.ts'

/** A step that did not bring what it must. */
export interface CaseFailure {
  /** `file:line` of the step. */
  readonly where: string
  readonly expected: readonly string[]
  readonly actual: readonly string[]
}

export interface CaseReport {
  readonly id: string
  readonly failure?: CaseFailure
  /** The rules that equality needed, where it was not exact. */
  readonly rules: ReadonlySet<Rule>
}

/** Runs a case to its end or its first failure. `thrown` gives the name of what a driver's call threw. */
export function runCase(one: ConformanceCase, driver: CaseDriver, thrown: (error: unknown) => string): CaseReport {
  const rules = new Set<Rule>()
  for (const step of one.steps) {
    const failure =
      step.kind === 'action' ? runAction(step, one, driver, rules, thrown) : runCheck(step, one, driver, rules)
    if (failure !== undefined) return { id: one.id, rules, failure: { where: `${one.file}:${step.line}`, ...failure } }
  }
  return { id: one.id, rules }
}

type Difference = Omit<CaseFailure, 'where'>

function runAction(
  step: ActionStep,
  one: ConformanceCase,
  driver: CaseDriver,
  rules: Set<Rule>,
  thrown: (error: unknown) => string,
): Difference | undefined {
  const seen = driver.outputs().length
  try {
    if (step.action.kind === 'send') driver.send(step.action.record)
    else driver.advance(step.action.byMs)
  } catch (error) {
    const name = thrown(error)
    // the reference names its exception and its cause; ours is one error with a code
    if (step.throws !== undefined && step.throws.startsWith(name)) return undefined
    throw error
  }
  if (step.throws !== undefined) return { expected: [`throws ${step.throws}`], actual: ['throws nothing'] }
  const shown = shownTopics(one)
  const actual = driver
    .outputs()
    .slice(seen)
    .filter((record) => !isInternal(record) || shown.has(record.topic))
  const comparison = compareStep(step.outputs, actual, one.allows)
  if (!comparison.isEqual) return comparison
  if (comparison.by !== 'exact') rules.add(comparison.by)
  return undefined
}

/** Cases leave internal topics out unless they are about them. */
function isInternal(record: CaseRecord): boolean {
  return record.topic.startsWith('app-')
}

function shownTopics(one: ConformanceCase): ReadonlySet<string> {
  const outputs = one.steps.flatMap((step) => (step.kind === 'action' ? step.outputs : []))
  return new Set(outputs.map((record) => record.topic))
}

function runCheck(
  { check }: CheckStep,
  one: ConformanceCase,
  driver: CaseDriver,
  rules: Set<Rule>,
): Difference | undefined {
  if (check.kind === 'metric') {
    const dropped = driver.dropped()
    if (one.allows.includes(4)) rules.add(4)
    return difference([`${check.metric}: ${check.value}`], [`${check.metric}: ${dropped}`])
  }
  const store = driver.store(check.store)
  if (check.kind === 'versioned') return difference([check.result], [versionedResult(store, check.call)])
  return difference(check.content, storeContent(store, check))
}

function difference(expected: readonly string[], actual: readonly string[]): Difference | undefined {
  return expected.join('\n') === actual.join('\n') ? undefined : { expected, actual }
}
