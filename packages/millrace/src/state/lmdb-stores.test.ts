import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync, closeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StreamsError, type ErrorCode } from '../errors/index.ts'
import { string } from '../serde/index.ts'
import type { KeyValueStoreSpec } from '../plan/store-spec.ts'
import { createLmdbStores } from './lmdb-stores.ts'
import type { StoreFactory, StoreOf } from './store-factory.ts'
import { withFolder, withFolderAsync } from './stores-under-test.ts'

const fields = { name: 's', storage: 'persistent', isLogged: true, keySerde: string(), valueSerde: string() } as const
const spec = { ...fields, kind: 'key-value' } as const
const windows = { ...fields, kind: 'window', retentionMs: 100, windowSizeMs: 1, isTimestamped: false } as const
const lmdbPath = createRequire(import.meta.url).resolve('lmdb')

type Store = StoreOf<KeyValueStoreSpec>

function open(stores: StoreFactory): Store {
  return stores.open(spec)
}

function fill(folder: string, count: number): void {
  const stores = createLmdbStores(folder)
  const store = open(stores)
  for (let at = 0; at < count; at += 1) store.put(`key ${at}`, 'x'.repeat(20))
  store.takeChanges()
  flush(stores, '1')
  stores.close()
}

function flush(stores: StoreFactory, checkpoint: string | Buffer, ...names: readonly string[]): void {
  stores.flush(new Map((names.length === 0 ? ['s'] : names).map((name) => [name, Buffer.from(checkpoint as string)])))
}

function failure(run: () => unknown): { code: ErrorCode; message: string } | undefined {
  try {
    run()
  } catch (error) {
    if (error instanceof StreamsError) return { code: error.code, message: error.message }
    throw error
  }
  return undefined
}

function damage(file: string, at: number, bytes: Buffer): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, bytes, 0, bytes.length, at)
  closeSync(handle)
}

describe('stores on LMDB', () => {
  it('find after a restart what the last flush wrote, and its checkpoint, and nothing else', () => {
    withFolder((folder) => {
      const first = createLmdbStores(folder)
      const store = open(first)
      expect(first.checkpoint('s')).toBeUndefined()
      store.put('a', '1')
      store.takeChanges()
      flush(first, Buffer.from([0, 255]))
      store.put('a', '2')
      store.put('b', '2')
      first.close()
      const second = createLmdbStores(folder)
      const again = open(second)
      expect([[...again.all()], second.checkpoint('s')]).toEqual([[['a', '1']], Buffer.from([0, 255])])
      second.close()
    })
  })

  it('keep stores of one folder apart', () => {
    withFolder((folder) => {
      const stores = createLmdbStores(folder)
      const [one, other] = [open(stores), stores.open({ ...spec, name: 'other' })]
      one.put('a', '1')
      expect(other.get('a')).toBeUndefined()
      stores.close()
    })
  })

  it('are on disk only where the spec says so', () => {
    withFolder((folder) => {
      const stores = createLmdbStores(join(folder, 'never made'))
      expect(stores.open({ ...spec, storage: 'memory' }).isPersistent).toBe(false)
      expect(() => statSync(join(folder, 'never made'))).toThrow('ENOENT')
      stores.close()
    })
  })

  it('bring to disk what takeChanges() told, and nothing that was written after it', () => {
    withFolder((folder) => {
      const first = createLmdbStores(folder)
      const store = open(first)
      store.put('a', '1')
      store.put('b', '1')
      store.takeChanges()
      store.put('a', '2')
      store.delete('b')
      store.put('c', '2')
      flush(first, '1')
      expect([...store.all()]).toEqual([
        ['a', '2'],
        ['c', '2'],
      ])
      first.close()
      const second = createLmdbStores(folder)
      expect([...open(second).all()]).toEqual([
        ['a', '1'],
        ['b', '1'],
      ])
      second.close()
    })
  })

  it('bring to disk what two calls of takeChanges() told', () => {
    withFolder((folder) => {
      const first = createLmdbStores(folder)
      const store = open(first)
      store.put('a', '1')
      store.takeChanges()
      store.put('a', '2')
      store.put('b', '2')
      expect(store.takeChanges()).toHaveLength(2)
      flush(first, '1')
      first.close()
      const second = createLmdbStores(folder)
      expect(open(second).get('a')).toBe('2')
      second.close()
    })
  })

  it('flush together, and keep what is not named', () => {
    withFolder((folder) => {
      const first = createLmdbStores(folder)
      const stores = ['s', 'other', 'third'].map((name) => first.open({ ...spec, name }))
      for (const store of stores) store.put('a', '1')
      for (const store of stores) store.takeChanges()
      flush(first, '7', 's', 'other', 'in memory')
      first.close()
      const second = createLmdbStores(folder)
      const found = ['s', 'other', 'third'].map((name) => [
        second.open({ ...spec, name }).get('a'),
        second.checkpoint(name)?.toString(),
      ])
      expect(found).toEqual([
        ['1', '7'],
        ['1', '7'],
        [undefined, undefined],
      ])
      second.close()
    })
  })

  it('seal what has no changelog, too', () => {
    withFolder((folder) => {
      const first = createLmdbStores(folder)
      const store = first.open({ ...spec, isLogged: false })
      store.put('a', '1')
      expect(store.pendingBytes).toBeGreaterThan(0)
      expect([store.takeChanges(), store.pendingBytes]).toEqual([[], 0])
      store.put('a', '2')
      flush(first, '1')
      first.close()
      const second = createLmdbStores(folder)
      expect(second.open({ ...spec, isLogged: false }).get('a')).toBe('1')
      second.close()
    })
  })

  it('refuse a key that LMDB cannot hold when it is put, and take the longest that it can', () => {
    withFolder((folder) => {
      const stores = createLmdbStores(folder)
      const store = open(stores)
      const window = stores.open({ ...windows, name: 'w', retainDuplicates: false })
      expect(failure(() => store.put('x'.repeat(1978), '1'))).toMatchObject({
        code: 'STORE_KEY_TOO_LARGE',
        message: expect.stringContaining('1978 bytes is too large: this store takes 1977 (storeName=s)') as string,
      })
      expect(failure(() => window.put('x'.repeat(1960), '1', 1))).toMatchObject({ code: 'STORE_KEY_TOO_LARGE' })
      store.put('x'.repeat(1977), '1')
      window.put('x'.repeat(1959), '1', 1)
      expect(store.get('y'.repeat(5000))).toBeUndefined()
      store.takeChanges()
      flush(stores, '1')
      expect([...store.range('a', 'z'.repeat(3000))]).toEqual([['x'.repeat(1977), '1']])
      expect([...store.range('x'.repeat(1976), undefined, { reverse: true })]).toHaveLength(1)
      stores.close()
    })
  })

  it('refuse state of a store of another kind', () => {
    withFolder((folder) => {
      fill(folder, 1)
      const stores = createLmdbStores(folder)
      expect(failure(() => stores.open({ ...windows, retainDuplicates: false }))).toMatchObject({
        code: 'STORE_FAILED',
      })
      stores.close()
    })
  })

  it('drop expired windows from disk with a flush', () => {
    withFolder((folder) => {
      const stores = createLmdbStores(folder)
      const store = stores.open({ ...windows, retainDuplicates: true })
      for (let start = 0; start < 5000; start += 1) store.put('a', 'x', start)
      store.takeChanges()
      flush(stores, '1')
      const size = statSync(join(folder, 'data.mdb')).size
      for (let round = 1; round <= 10; round += 1) {
        for (let start = 0; start < 5000; start += 1) store.put('a', 'x', round * 5000 + start)
        store.takeChanges()
        flush(stores, '1')
      }
      expect([...store.all()]).toHaveLength(100)
      expect(statSync(join(folder, 'data.mdb')).size).toBeLessThan(4 * size)
      stores.close()
    })
  })
})

describe('the folder of stores on LMDB', () => {
  it('has one owner in a process', () => {
    withFolder((folder) => {
      const stores = createLmdbStores(folder)
      open(stores)
      expect(failure(() => open(createLmdbStores(folder)))).toMatchObject({ code: 'STORE_LOCKED' })
      stores.close()
      const next = createLmdbStores(folder)
      expect(open(next).get('a')).toBeUndefined()
      next.close()
    })
  })

  it('has one owner among processes, and none after that was killed', async () => {
    await withFolderAsync(async (folder) => {
      const owner = await ownerOf(folder)
      expect(failure(() => open(createLmdbStores(folder)))).toMatchObject({
        code: 'STORE_LOCKED',
        message: expect.stringContaining(`process ${owner.pid}`) as string,
      })
      owner.kill('SIGKILL')
      await once(owner, 'exit')
      const stores = createLmdbStores(folder)
      expect(open(stores).size).toBe(0)
      stores.close()
    })
  })

  it.each([
    ['is a file', (folder: string) => writeFileSync(folder, 'x')],
    [
      'has a file that was cut off',
      (folder: string) => {
        fill(folder, 20_000)
        truncateSync(join(folder, 'data.mdb'), statSync(join(folder, 'data.mdb')).size / 2)
      },
    ],
    [
      'has a file with a damaged head',
      (folder: string) => {
        fill(folder, 10)
        damage(join(folder, 'data.mdb'), 0, Buffer.alloc(8192, 9))
      },
    ],
    [
      'has a file that is none of LMDB',
      (folder: string) => {
        fill(folder, 10)
        writeFileSync(join(folder, 'data.mdb'), 'oops')
      },
    ],
    [
      'has a file whose pages are damaged',
      (folder: string) => {
        fill(folder, 20_000)
        const file = join(folder, 'data.mdb')
        damage(file, 8192, Buffer.alloc(statSync(file).size - 8192, 9))
      },
    ],
  ])('gives STORE_FAILED when it %s', (_, spoil) => {
    withFolder((parent) => {
      const folder = join(parent, 'state')
      spoil(folder)
      const stores = createLmdbStores(folder)
      expect(failure(() => [...open(stores).all()])).toMatchObject({ code: 'STORE_FAILED' })
      stores.close()
    })
  })

  it.skipIf(process.platform !== 'linux')(
    'does no damage when the disk is full: the flush fails, can be repeated, and the old state stands',
    () => {
      withFolder((folder) => {
        const stores = createLmdbStores(folder)
        const store = open(stores)
        store.put('a', 'old')
        store.takeChanges()
        flush(stores, '1')
        const before = readFileSync(join(folder, 'data.mdb'))
        store.put('a', 'new')
        for (let at = 0; at < 100; at += 1) store.put(`key ${at}`, 'x'.repeat(10_000))
        store.takeChanges()
        const limited = spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${before.length}:`])
        const failed = failure(() => flush(stores, '2'))
        spawnSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited:'])
        expect([limited.status, failed?.code, store.get('a'), String(stores.checkpoint('s'))]).toEqual([
          0,
          'STORE_FAILED',
          'new',
          '1',
        ])
        flush(stores, '2')
        stores.close()
        const again = createLmdbStores(folder)
        expect([open(again).size, open(again).get('a')]).toEqual([101, 'new'])
        again.close()
      })
    },
  )

  it.skipIf(process.getuid?.() === 0)('gives STORE_FAILED when it may not be written', () => {
    withFolder((parent) => {
      chmodSync(parent, 0o555)
      const stores = createLmdbStores(join(parent, 'state'))
      expect(failure(() => open(stores))).toMatchObject({ code: 'STORE_FAILED' })
      chmodSync(parent, 0o755)
    })
  })
})

async function ownerOf(folder: string): Promise<ChildProcess> {
  const script = `
    const root = require(${JSON.stringify(lmdbPath)}).open({ path: ${JSON.stringify(folder)}, noSubdir: false, encoding: 'binary', keyEncoding: 'binary' })
    root.get(Buffer.from('owner'))
    setInterval(() => {}, 1000)
    console.log('ready')`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}
