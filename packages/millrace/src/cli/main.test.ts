import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { main } from './main.ts'

let folder: string
const entry = join(import.meta.dirname, '../index.ts')

const modules = {
  'topologies.mjs': `
    import { cassandraTable, int, text, topology } from ${JSON.stringify(entry)}
    const table = cassandraTable('films.ratings', { columns: { name: text(), rating: int() }, partitionKey: ['name'] })
    export const ratings = topology('ratings', (t) => t.source('test').sinkCassandra(table))
    export const copying = topology('copying', (t) => t.source('a').to('b'))
    export default ratings
    export const notATopology = { plan: 1 }
  `,
  'plain.mjs': `
    import { topology } from ${JSON.stringify(entry)}
    export default topology('plain', (t) => t.source('a').to('b'))
  `,
  'nothing.mjs': 'export const answer = 42',
  'broken.mjs': 'throw new RangeError("at load\\n  time")',
  'wrong.mjs': `
    import { topology } from ${JSON.stringify(entry)}
    export default topology('wrong', () => {})
  `,
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'))
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text)
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.restoreAllMocks())

async function cli(...args: readonly string[]) {
  let [out, err] = ['', '']
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text)
    return true
  })
  const code = await main(args.map((arg) => (arg.endsWith('.mjs') ? join(folder, arg) : arg)))
  vi.restoreAllMocks()
  return { code, out, err }
}

describe('millrace', () => {
  it('describes every topology of a module once', async () => {
    const { code, out, err } = await cli('describe', 'topologies.mjs')
    expect([code, err]).toEqual([0, ''])
    await expect(out).toMatchFileSnapshot('golden/describe.txt')
  })

  it('describes one export as a Mermaid flowchart', async () => {
    const { code, out } = await cli('describe', 'topologies.mjs', '--export', 'copying', '--mermaid')
    expect(code).toBe(0)
    expect(out).toMatch(/^flowchart TD\n/)
    expect(out).not.toContain('sinkCassandra')
  })

  it('describes a topology for viewers of Kafka Streams topologies', async () => {
    const { code, out } = await cli('describe', 'plain.mjs', '--format', 'kafka-streams')
    expect(code).toBe(0)
    expect(out).toMatch(/^Topologies:\n   Sub-topology: 0\n {4}Source: a \(topics: \[a\]\)\n/)
  })

  it('explains what operations do to keys and state', async () => {
    const { code, out, err } = await cli('explain', 'plain.mjs')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^Topology plain \(application id plain\)\n {2}At least once/)
  })

  it('prints the CQL of the tables that a module writes', async () => {
    const { code, out } = await cli('ddl', 'topologies.mjs')
    expect(code).toBe(0)
    await expect(out).toMatchFileSnapshot('golden/ddl.cql')
  })

  it('says in CQL that there is no table', async () => {
    const { code, out } = await cli('ddl', 'plain.mjs')
    expect([code, out]).toEqual([0, '-- no topology of this module writes a table\n'])
  })

  it('prints its usage when it is asked for', async () => {
    const { code, out, err } = await cli('--help')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^Usage: millrace <command> <module>/)
  })

  it.each([
    ['no command', [], 'Name a command.'],
    ['an unknown command', ['draw', 'plain.mjs'], 'Unknown command: draw'],
    ['a command that only an object has', ['toString', 'plain.mjs'], 'Unknown command: toString'],
    ['an unknown format', ['describe', 'plain.mjs', '--format', 'svg'], '--format takes one of text, mermaid,'],
    ['two formats', ['describe', 'plain.mjs', '--mermaid', '--format', 'text'], '--format takes one of'],
    ['no module', ['describe'], 'Give one module to describe.'],
    ['two modules', ['ddl', 'plain.mjs', 'plain.mjs'], 'Give one module to ddl.'],
    ['an unknown option', ['describe', 'plain.mjs', '--color'], "Unknown option '--color'"],
    ['an option without its value', ['describe', 'plain.mjs', '--export'], '--export'],
    ['an export that is not there', ['describe', 'topologies.mjs', '--export', 'other'], 'it has '],
  ])('answers %s with its usage and exit code 2', async (_what, args, said) => {
    const { code, out, err } = await cli(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(said)
    expect(err).toContain('Usage: millrace')
    expect(err).not.toMatch(/^\s+at /m)
  })

  it.each([
    ['a file that is not there', 'missing.mjs', 'No such file'],
    ['a module without a topology', 'nothing.mjs', 'The module exports no topology'],
    ['a module that throws', 'broken.mjs', 'The module cannot be loaded: at load time'],
    ['a topology that is wrong', 'wrong.mjs', "Topology 'wrong' reads nothing"],
  ])('answers %s with one line and exit code 1', async (_what, file, said) => {
    const { code, out, err } = await cli('describe', file)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(said)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })
})
