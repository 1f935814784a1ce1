import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'

const metaPageFlag = 0x08
const magic = 0xbeef_c0de
const formatVersion = 2
const metaBytes = 160

/**
 * What is wrong with an LMDB file, or undefined. LMDB maps the file into memory and trusts its head: opening a file with
 * a damaged head, or one that was cut off, ends the whole process. So the two heads are read first.
 */
export function lmdbFileFault(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    return size === 0 ? undefined : headFault(file, size)
  } finally {
    closeSync(file)
  }
}

function headFault(file: number, size: number): string | undefined {
  const first = readMeta(file, 0)
  if (first === undefined) return 'its head is damaged'
  const second = readMeta(file, first.pageBytes)
  if (second === undefined) return 'its second head is damaged'
  const latest = first.transaction > second.transaction ? first : second
  const bytes = (latest.lastPage + 1) * first.pageBytes
  return size < bytes ? `it has ${size} bytes where there must be ${bytes}` : undefined
}

interface Meta {
  readonly pageBytes: number
  readonly lastPage: number
  readonly transaction: number
}

function readMeta(file: number, at: number): Meta | undefined {
  const head = Buffer.alloc(metaBytes)
  if (readSync(file, head, 0, metaBytes, at) < metaBytes) return undefined
  const isMeta = (head.readUInt16LE(18) & metaPageFlag) !== 0 && head.readUInt32LE(24) === magic
  if (!isMeta || head.readUInt32LE(28) !== formatVersion) return undefined
  const pageBytes = head.readUInt32LE(48)
  if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) return undefined
  return { pageBytes, lastPage: Number(head.readBigUInt64LE(144)), transaction: Number(head.readBigUInt64LE(152)) }
}
