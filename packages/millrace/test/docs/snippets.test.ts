import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = new URL('../../../../', import.meta.url)
const pages = ['README.md']

/** A code block that claims to be a region of a file: the comment above it names both. */
const snippet = /<!-- region (\S+?)#(\S+) -->\n```ts\n([\s\S]*?)```/g

describe('code in the documentation', () => {
  for (const page of pages) {
    const text = readFileSync(new URL(page, root), 'utf8')
    const snippets = [...text.matchAll(snippet)]

    it(`is marked with its source in ${page}`, () => {
      expect(snippets.length).toBe([...text.matchAll(/^```ts$/gm)].length)
    })

    for (const [, file, region, code] of snippets) {
      it(`is what compiles: ${page}, ${file}#${region}`, () => {
        expect(code).toBe(regionOf(file!, region!))
      })
    }
  }
})

function regionOf(file: string, region: string): string {
  const source = readFileSync(fileURLToPath(new URL(file, root)), 'utf8')
  const start = source.indexOf(`// #region ${region}\n`)
  const end = source.indexOf('// #endregion', start)
  expect(start, `${file} has the region ${region}`).toBeGreaterThanOrEqual(0)
  const lines = source.slice(source.indexOf('\n', start) + 1, end).replace(/[ \t]+$/, '')
  const indent = Math.min(
    ...lines
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => /^ */.exec(line)![0].length),
  )
  return lines
    .split('\n')
    .map((line) => line.slice(indent))
    .join('\n')
}
