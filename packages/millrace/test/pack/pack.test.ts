import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const home = resolve(import.meta.dirname, '../..')
const workspace = resolve(home, '../..')
const bin = (name: string): string => join(home, 'node_modules/.bin', name)
const tsc = join(workspace, 'node_modules/.bin/tsc')

let folder: string
let project: string
let tarball: string

/** What a command prints; rejects with that when it fails. */
async function command(file: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, { cwd, maxBuffer: 16 * 1024 * 1024 })
    return `${stdout}${stderr}`
  } catch (thrown) {
    const { stdout, stderr } = thrown as { readonly stdout?: string; readonly stderr?: string }
    throw new TypeError(`${file} ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`, { cause: thrown })
  }
}

const plain = `
import { embedded, json, run, topology, StreamsError } from 'millrace'
import { testDriver, silentLogger } from 'millrace/testing'
import * as ports from 'millrace/ports'

const doubling = topology('doubling', (t) => {
  t.source('in', { value: json() }).mapValues((n) => n * 2).to('out')
})
const driver = testDriver(doubling)
driver.input('in').send('k', 21)
const app = await run(doubling, { embedded: embedded(), logger: silentLogger, signals: false })
await app.close()
console.log(JSON.stringify({
  value: driver.output('out').records()[0].value,
  state: app.state,
  ports: typeof ports,
  error: new StreamsError({ code: 'NAME_INVALID', what: 'No', hint: 'Do.' }).message,
}))
`

const typed = `
import { cassandraTable, int, json, run, text, topology, type KStream, type RunOptions } from 'millrace'
import { testDriver, type TestRecord } from 'millrace/testing'
import type { Clock, Transport } from 'millrace/ports'

interface Rating { readonly name: string; readonly stars: number }
const table = cassandraTable('films.ratings', { columns: { name: text(), stars: int() }, partitionKey: ['name'] })
export const ratings = topology('ratings', (t) => {
  const stream: KStream<string | null, Rating> = t.source('in', { value: json<Rating>() })
  stream.sinkCassandra(table)
  // @ts-expect-error column 'stars' is missing
  stream.mapValues((rating) => ({ name: rating.name })).sinkCassandra(table)
})
export const records: readonly TestRecord[] = testDriver(ratings).output('out').records()
export const start = (options: RunOptions, _clock: Clock, _transport: Transport) => run(ratings, options)
`

const tsconfig = {
  compilerOptions: {
    module: 'NodeNext',
    target: 'ES2022',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    types: ['node'],
  },
  files: ['program.ts'],
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-pack-'))
  project = join(folder, 'project')
  await command(tsc, ['-b', join(home, 'tsconfig.build.json')], workspace)
  await command('npx', ['--yes', 'pnpm@10.34.8', 'pack', '--pack-destination', folder], home)
  tarball = join(
    folder,
    readdirSync(folder).find((file) => file.endsWith('.tgz'))!,
  )
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  await command('npm', ['install', ...quiet, tarball], project)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the packed library', () => {
  it('runs in plain JavaScript from all of its entries', async () => {
    writeFileSync(join(project, 'program.js'), plain)
    expect(JSON.parse(await command('node', ['program.js'], project))).toEqual({
      value: 42,
      state: 'closed',
      ports: 'object',
      error: 'No. Do.',
    })
  })

  it('type-checks in a strict project, its own declarations included', async () => {
    mkdirSync(join(project, 'node_modules/@types'), { recursive: true })
    const types = join(project, 'node_modules/@types/node')
    rmSync(types, { recursive: true, force: true })
    symlinkSync(realpathSync(join(workspace, 'node_modules/@types/node')), types)
    writeFileSync(join(project, 'program.ts'), typed)
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(tsconfig))
    expect(await command(tsc, ['-p', project, '--pretty', 'false'], project)).toBe('')
  })

  it('has a command line', async () => {
    const out = await command(
      'node',
      ['node_modules/millrace/bin/millrace.js', 'describe', 'topology.js'],
      project,
    ).catch(String)
    expect(out).toContain('No such file (file=topology.js)')
    writeFileSync(
      join(project, 'topology.js'),
      "import { topology } from 'millrace'\nexport default topology('t', (t) => t.source('a').to('b'))\n",
    )
    const installed = join(project, 'node_modules/.bin/millrace')
    expect(await command(installed, ['describe', 'topology.js'], project)).toMatch(/^Topology t\n/)
  })

  it('holds neither sources nor tests', async () => {
    const files = readdirSync(join(project, 'node_modules/millrace'), { recursive: true, encoding: 'utf8' })
    expect(files.filter((file) => /(\.test\.|\.test-d\.|tsbuildinfo|\.map$|^src)/.test(file))).toEqual([])
    expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([])
  })

  it('passes publint', async () => {
    expect(await command(bin('publint'), ['run', tarball, '--strict'], home)).toContain('All good')
  })

  it('gives every way to import it the right types, as far as attw sees', async () => {
    const out = await command(bin('attw'), [tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii'], home)
    expect(out.match(/node16 \(from ESM\): OK \(ESM\)/g)).toHaveLength(3)
    expect(out.match(/bundler: OK/g)).toHaveLength(4)
  })
})
