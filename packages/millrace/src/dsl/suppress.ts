import { bytes } from '../serde/index.ts'
import { type Handle, storeFields } from './handle.ts'
import type { StateOptions } from './stateful-options.ts'
import { keySerde, valueSerde } from './serdes-of.ts'
import type { Suppressed } from './suppressed.ts'

/** Adds a suppression; the grace of the windows above is found by the compiler. */
export function suppress(at: Handle, until: Suppressed, options: StateOptions): Handle {
  const node = {
    kind: 'suppress',
    until:
      until.kind === 'time-limit'
        ? ({ kind: 'time-limit', waitMs: until.waitMs } as const)
        : ({ kind: 'window-close' } as const),
    whenFull: until.whenFull,
    keySerde: keySerde(undefined, at.serdes),
    valueSerde: valueSerde(undefined, at.serdes),
    store: { kind: 'key-value', ...storeFields(at.idOf('suppress', options), options, bytes(), bytes()) },
    ...(until.maxRecords === undefined ? {} : { maxRecords: until.maxRecords }),
    ...(until.maxBytes === undefined ? {} : { maxBytes: until.maxBytes }),
  } as const
  return at.add(node, 'suppress', options, at.serdes)
}
