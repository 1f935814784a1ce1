import { readdirSync, readFileSync } from 'node:fs'
import type { ConformanceCase } from './case.ts'
import { parseCases } from './parse-cases.ts'

/** All cases, in the order of their files. */
export function loadCases(): readonly ConformanceCase[] {
  const folder = new URL('cases/', import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith('.case'))
  return files.toSorted().flatMap((file) => parseCases(readFileSync(new URL(file, folder), 'utf8'), `cases/${file}`))
}
