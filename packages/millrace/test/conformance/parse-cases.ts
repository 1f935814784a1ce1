import type { Action, ActionStep, CaseHeader, CaseRecord, ConformanceCase, Step } from './case.ts'
import type { Rule } from './compare-step.ts'
import { parseCheck } from './parse-check.ts'
import { notation } from './notation-error.ts'

/** Reads a case file. Throws at the first line that is not in the notation of the README. */
export function parseCases(text: string, file: string): readonly ConformanceCase[] {
  const lines = text.split('\n')
  const starts = lines.flatMap((line, index) => (line.startsWith('case ') ? [index] : []))
  const before = lines.slice(0, starts[0] ?? lines.length).findIndex((line) => line.trim() !== '')
  if (before >= 0) throw notation(file, before + 1, lines[before]!)
  return starts.map((start, index) => parseCase(lines.slice(0, starts[index + 1] ?? lines.length), start, file))
}

interface CaseUnderConstruction {
  readonly steps: Step[]
  allows: readonly Rule[]
  skip?: string
}

function parseCase(lines: readonly string[], start: number, file: string): ConformanceCase {
  const head = /^case ([A-Z]{2}-\d+): (.+)$/.exec(lines[start]!)
  if (head === null) throw notation(file, start + 1, lines[start]!)
  const made: CaseUnderConstruction = { steps: [], allows: [] }
  for (let index = start + 1; index < lines.length; index++) {
    const line = lines[index]!
    if (line.trim() !== '') addLine(made, line, index + 1, file)
  }
  return { id: head[1]!, title: head[2]!, file, ...made }
}

function addLine(made: CaseUnderConstruction, line: string, number: number, file: string): void {
  const rest = line.slice(line.indexOf(' ') + 1)
  if (line.startsWith('allows: ')) made.allows = parseRules(rest, number, file)
  else if (line.startsWith('skip: ')) made.skip = rest
  else if (line.startsWith('> '))
    made.steps.push(actionStep({ kind: 'send', record: parseRecord(rest, number, file) }, number))
  else if (line.startsWith('! ')) made.steps.push(actionStep(parseAdvance(line, number, file), number))
  else if (line.startsWith('= '))
    made.steps.push({ kind: 'check', line: number, check: parseCheck(rest, number, file) })
  else addResult(made, line, number, file)
}

/** `  < record` and `  * throws X` belong to the action above them. */
function addResult(made: CaseUnderConstruction, line: string, number: number, file: string): void {
  const last = made.steps.at(-1)
  if (last?.kind !== 'action') throw notation(file, number, line)
  if (line.startsWith('  < ')) {
    const outputs = [...last.outputs, parseRecord(line.slice(4), number, file)]
    made.steps[made.steps.length - 1] = { ...last, outputs }
  } else if (line.startsWith('  * throws ')) {
    made.steps[made.steps.length - 1] = { ...last, throws: line.slice(11) }
  } else throw notation(file, number, line)
}

function actionStep(action: Action, line: number): ActionStep {
  return { kind: 'action', line, action, outputs: [] }
}

function parseRules(text: string, number: number, file: string): readonly Rule[] {
  return text.split(', ').map((one) => {
    const rule = Number(one)
    if (rule !== 2 && rule !== 3 && rule !== 4) throw notation(file, number, text)
    return rule
  })
}

function parseAdvance(line: string, number: number, file: string): Action {
  const found = /^! advance wall-clock by (\d+) ms$/.exec(line)
  if (found === null) throw notation(file, number, line)
  return { kind: 'advance', byMs: Number(found[1]) }
}

/** Fields stand between ` | `; a bar without spaces around it belongs to its value. */
function parseRecord(text: string, number: number, file: string): CaseRecord {
  const [topic, key, value, time, ...headers] = text.split(' | ')
  if (topic === undefined || key === undefined || value === undefined || !/^-?\d+$/.test(time ?? '')) {
    throw notation(file, number, text)
  }
  return {
    topic,
    key: orNull(key),
    value: orNull(value),
    timestamp: Number(time),
    headers: headers.map((one) => parseHeader(one, number, file)),
  }
}

function parseHeader(text: string, number: number, file: string): CaseHeader {
  const found = /^h:([^=]+)=(.*)$/.exec(text)
  if (found === null) throw notation(file, number, text)
  return { name: found[1]!, value: found[2]! }
}

function orNull(text: string): string | null {
  return text === 'null' ? null : text
}
