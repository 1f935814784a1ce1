import { minutes, topology, versionedStore, type Topology } from 'millrace'
import type { CaseTopologies } from './case-topology.ts'
import { texts } from './text.ts'

function versionedStoreAlone(): Topology {
  return topology('app', (t) => {
    const V = t.store(versionedStore({ name: 'V', ...texts, history: minutes(5) }))
    t.source('in', texts).process(() => ({ process() {} }), { stores: { V } })
  })
}

export const versionedStores: CaseTopologies = {
  'VS-01': () => ({ topology: versionedStoreAlone() }),
  'VS-04': () => ({ topology: versionedStoreAlone() }),
}
