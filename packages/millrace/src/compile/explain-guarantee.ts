import type { PlanNode, RepartitionSinkNode, StoreSpec } from '../plan/index.ts'
import type { Fact } from './explain.ts'

/** What holds for every topology. */
export const guarantees =
  'At least once: offsets are committed after rows and outputs are acknowledged; a crash repeats what was not committed.'

/** What state is worth today. To be taken back, sentence by sentence, as changelogs and restore come. */
export const stateToday =
  'State: in memory, lost with the process. No changelog is written yet, so run() keeps state on the embedded broker only.'

/** A store: its name and kind, where it lives, and its changelog. */
export function explainState(store: StoreSpec, changelog: string): readonly Fact[] {
  const where = store.storage === 'memory' ? 'in memory' : 'asked for on disk, still in memory'
  return [
    ['store', `${store.name} (${store.kind}${kept(store)})`],
    ['state', `${where}, lost with the process`],
    ['changelog', changelog],
  ]
}

const sideEffects = 'a crash may repeat side effects'

const byKind: { readonly [Kind in PlanNode['kind']]?: string } = {
  'topic-sink': 'at least once: a crash may write a record again',
  'table-sink': 'at least once: a row is written by its primary key, so writing it again changes nothing',
  'map-values-async': 'a crash may repeat a call; results keep the order of their records',
  peek: sideEffects,
  'for-each': sideEffects,
  process: sideEffects,
  'global-table': 'read by testDriver() only: run() does not read global tables yet',
}

/** What a crash may do at this operation; nothing where it follows from the operations around it. */
export function explainGuarantee(node: PlanNode): readonly Fact[] {
  const guarantee = node.kind === 'repartition-sink' ? ofRepartition(node) : byKind[node.kind]
  return guarantee === undefined ? [] : [['guarantee', guarantee]]
}

function ofRepartition({ noOriginBecause }: RepartitionSinkNode): string {
  return noOriginBecause === undefined
    ? 'at least once; records carry their origin: what a crash writes again is left out by the reader'
    : `at least once; a crash may write a record again, and the reader cannot tell: ${noOriginBecause}`
}

/** Whether a crash can make a store count a record twice, and why. */
export function explainExactness(doubled: string | undefined): string {
  return doubled === undefined ? 'exact under at-least-once' : `at-least-once may double (${doubled}); use exactly-once`
}

function kept(store: StoreSpec): string {
  switch (store.kind) {
    case 'window':
    case 'session':
      return store.retentionMs >= Number.MAX_SAFE_INTEGER ? ', kept for ever' : `, kept ${store.retentionMs} ms`
    case 'versioned':
      return `, every version of the last ${store.historyMs} ms`
    case 'key-value':
    case 'timestamped-key-value':
      return ''
  }
}
