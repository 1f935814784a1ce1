import { expect, it } from 'vitest'
import { string } from '../serde/string.ts'
import type { Serde } from '../serde/serde.ts'
import { storeHomes, StoreRig, withFolder } from './stores-under-test.ts'

const text = string() as Serde<unknown>

it.each(storeHomes)('many small records count what they take besides key and value: $name', (home) => {
  withFolder((folder) => {
    const spec = { kind: 'key-value', name: 's', keySerde: text, valueSerde: text, isLogged: true } as const
    const rig = new StoreRig(home, folder, { ...spec, storage: home.storage })
    for (let key = 0; key < 1_000; key++) rig.store.put(String(key), 'x')
    expect(rig.store.pendingBytes).toBeGreaterThan(300_000)
    rig.commit()
    expect(rig.store.pendingBytes).toBe(0)
    rig.close()
  })
})
