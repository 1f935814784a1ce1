import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

/*
 * A `@ts-expect-error` holds for any error. Here the wrong uses are compiled once more without these comments, and what
 * the compiler says about each is compared with what stands behind its comment.
 */

interface WrongUse {
  readonly place: string
  readonly code: string
  readonly wanted: string
  readonly said: string
}

const folder = dirname(fileURLToPath(import.meta.url))
const root = join(folder, '../../../..')
const copies = join(folder, `../../.millrace/wrong-uses-${process.pid}`)
const files = readdirSync(folder).filter((file) => file.endsWith('.test-d.ts'))

/** What the compiler says, by file and line. */
function compiled(): ReadonlyMap<string, string> {
  mkdirSync(copies, { recursive: true })
  for (const file of files) {
    const source = readFileSync(join(folder, file), 'utf8')
    const imports = source.replaceAll(/from '(\.[^']*)'/g, (_, path: string) => `from '${join(folder, path)}'`)
    writeFileSync(join(copies, file), imports.replaceAll('@ts-expect-error', ''))
  }
  const options = { extends: join(root, 'tsconfig.json'), include: [], files }
  writeFileSync(join(copies, 'tsconfig.json'), JSON.stringify(options))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', copies, '--pretty', 'false'], {
    cwd: copies,
    encoding: 'utf8',
  })
  const said = new Map<string, string>()
  for (const error of stdout.split(/\n(?=\S)/)) {
    const place = /^([\w.-]+)\((\d+),/.exec(error)
    if (place === null) continue
    const line = `${place[1]}:${place[2]}`
    said.set(line, `${said.get(line) ?? ''}${error}\n`)
  }
  return said
}

function wrongUses(): readonly WrongUse[] {
  const said = compiled()
  return files.flatMap((file) => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n')
    return lines.flatMap((line, index) => {
      const wanted = /\/\/ @ts-expect-error ?(.*)$/.exec(line)?.[1]
      if (wanted === undefined) return []
      const place = `${file}:${index + 2}`
      return [{ place, code: (lines[index + 1] ?? '').trim(), wanted, said: said.get(place) ?? '' }]
    })
  })
}

describe('a wrong use', () => {
  afterAll(() => rmSync(copies, { recursive: true, force: true }))
  const uses = wrongUses()

  it.each(uses)('at $place says what is wrong: $code', ({ wanted, said }) => {
    expect(wanted).not.toBe('')
    expect(said).toContain(wanted)
  })

  it('reads as a sentence of ours in most cases', () => {
    const sentences = uses.filter(({ wanted, said }) => said.includes(`TopologyTypeError<"${wanted}">`))
    expect(sentences.length).toBeGreaterThanOrEqual(80)
    expect(new Set(sentences.map(({ wanted }) => wanted)).size).toBeGreaterThanOrEqual(40)
  })
})
