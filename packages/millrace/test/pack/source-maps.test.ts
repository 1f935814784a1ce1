import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const built = resolve(import.meta.dirname, '../../dist/index.js')
const folder = mkdtempSync(join(tmpdir(), 'millrace-source-maps-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('names the place in the user’s file when Node reads source maps', () => {
  const file = join(folder, 'user.mjs')
  writeFileSync(
    file,
    `import { topology, tumbling } from ${JSON.stringify(built)}
try {
  topology('t', (t) => t.source('in').groupByKey().windowedBy(tumbling(0)))
} catch (error) {
  console.log(error.context.callSite)
}
`,
  )
  const place = execFileSync(process.execPath, ['--enable-source-maps', file], { encoding: 'utf8' })
  expect(place).toMatch(/user\.mjs:3:\d+\n$/)
})
