import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../run-command.ts'

/** Which Java releases a server runs on. */
export interface JavaRange {
  readonly min: number
  /** Absent: any newer one will do. */
  readonly max?: number
}

export interface Java {
  readonly command: string
  readonly major: number
}

/** The release in the output of `java -version`, e.g. 17; undefined when it is no Java. */
export function parseJavaMajor(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output)
  return match?.[1] === undefined ? undefined : Number(match[1])
}

export function describeRange(range: JavaRange): string {
  return range.max === range.min ? `Java ${range.min}` : `Java ${range.min} or newer`
}

/** The first Java that suits, of JAVA_HOME, the PATH and the usual places; else why there is none. */
export async function findJava(
  range: JavaRange,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Java | string> {
  const seen: number[] = []
  for (const command of await candidates(range, env)) {
    const { exitCode, output } = await runCommand(command, ['-version'], { timeoutMs: 10_000, env })
    const major = exitCode === 0 ? parseJavaMajor(output) : undefined
    if (major === undefined) continue
    if (major >= range.min && major <= (range.max ?? Infinity)) return { command, major }
    seen.push(major)
  }
  const wanted = describeRange(range)
  return seen.length === 0
    ? `${wanted} is not installed`
    : `it needs ${wanted}, and only Java ${seen.join(', ')} is here`
}

async function candidates(range: JavaRange, env: Readonly<Record<string, string | undefined>>): Promise<string[]> {
  const home = env['JAVA_HOME']
  const named = home === undefined || home === '' ? [] : [join(home, 'bin', 'java')]
  return [...named, 'java', ...(await usualPlaces(range.min))]
}

async function usualPlaces(major: number): Promise<string[]> {
  if (process.platform === 'darwin') {
    const { exitCode, output } = await runCommand('/usr/libexec/java_home', ['-v', String(major)], { timeoutMs: 5000 })
    return exitCode === 0 ? [join(output.trim(), 'bin', 'java')] : []
  }
  const root = '/usr/lib/jvm'
  const names = await readdir(root).catch(() => [])
  return names.filter((name) => name.includes(`-${major}`)).map((name) => join(root, name, 'bin', 'java'))
}
