import { open, stat } from 'node:fs/promises'

/** How long a log is at present; 0 when there is none. */
export async function logSize(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0
}

/** What a log has gained since it had `from` bytes; all of it when it was started anew in between. */
export async function readLogSince(file: string, from: number): Promise<string> {
  const size = await logSize(file)
  const start = size < from ? 0 : from
  if (size === start) return ''
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The last lines of a log. */
export async function readLogTail(file: string, lines: number): Promise<string[]> {
  // a line of a Java log rarely has more than 400 characters
  const text = await readLogSince(file, Math.max(0, (await logSize(file)) - lines * 400))
  return text
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .filter((line) => line !== '')
}
