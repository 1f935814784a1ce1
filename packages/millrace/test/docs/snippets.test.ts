import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../../../', import.meta.url)

/** What users read, as paths from the root. */
const pages = [
  'README.md',
  'packages/millrace/README.md',
  ...entriesOf('examples').map((entry) => `examples/${entry}/README.md`),
  ...entriesOf('packages/millrace/docs').map((entry) => `packages/millrace/docs/${entry}`),
].filter((page) => page.endsWith('.md') && existsSync(new URL(page, root)))

/** A code block that claims to be a region of a file: the comment above it names both. */
const snippet = /<!-- region (\S+?)#(\S+) -->\n```(\w+)\n([\s\S]*?)```/g

describe('code in the documentation', () => {
  for (const page of pages) {
    const text = readFileSync(new URL(page, root), 'utf8')
    const snippets = [...text.matchAll(snippet)]

    // TypeScript always has a file that compiles; commands and the like need none
    it(`is marked with its source in ${page}`, () => {
      const typescript = snippets.filter(([, , , language]) => language === 'ts')
      expect(typescript.length).toBe([...text.matchAll(/^```ts$/gm)].length)
    })

    for (const [, file, region, , code] of snippets) {
      it(`is what compiles: ${page}, ${file}#${region}`, () => {
        expect(code).toBe(regionOf(file!, region!))
      })
    }
  }
})

describe('links in the documentation', () => {
  it.each(pages)('lead to files that exist, from %s', (page) => {
    const text = readFileSync(new URL(page, root), 'utf8')
    const links = [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!)
    expect(links.filter((link) => !existsSync(new URL(link, new URL(page, root))))).toEqual([])
  })
})

function entriesOf(folder: string): readonly string[] {
  return readdirSync(new URL(folder, root))
}

function regionOf(file: string, region: string): string {
  const source = readFileSync(new URL(file, root), 'utf8')
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
