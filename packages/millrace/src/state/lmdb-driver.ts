import { createRequire } from 'node:module'
import { messageOf, StreamsError } from '../errors/index.ts'
import type * as Lmdb from 'lmdb'

export type LmdbRoot = Lmdb.RootDatabase<Buffer, Buffer>
export type LmdbDatabase = Lmdb.Database<Buffer, Buffer>

/** The longest key that LMDB takes with pages of 4 KiB. */
export const maxLmdbKeyBytes = 1978

/** Loads the driver, which happens only when the first persistent store is opened. Throws PACKAGE_MISSING. */
export function loadLmdb(): typeof Lmdb {
  try {
    return createRequire(import.meta.url)('lmdb') as typeof Lmdb
  } catch (cause) {
    throw new StreamsError({
      code: 'PACKAGE_MISSING',
      what: `Persistent stores need the package lmdb, which does not load: ${messageOf(cause)}`,
      hint: 'Install lmdb with its optional dependencies (they hold its binaries), or keep the store in memory.',
      cause,
    })
  }
}
