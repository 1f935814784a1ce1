import type { PlanNode, RepartitionSinkNode, StoreSpec } from '../plan/index.ts'
import type { Fact } from './explain.ts'

/** What holds for every topology. */
export const guarantees =
  'At least once, unless run() is given exactly-once: offsets are committed after rows and outputs are acknowledged; a crash repeats what was not committed.'

/** What holds for every topology with stores. */
export const guaranteesOfState =
  'State: what is logged is brought back to what the last commit had, wherever its task goes; what is not begins anew.'

/** A store: its name and kind, where it lives, and what it is restored from. */
export function explainState(store: StoreSpec, changelog: string): readonly Fact[] {
  return [
    ['store', `${store.name} (${store.kind}${kept(store)})`],
    ['state', store.storage === 'memory' ? 'in memory' : 'on disk (LMDB)'],
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
  'global-table': 'read to its end before processing starts; followed meanwhile, apart from commits',
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
