// node .ci/types-cost.mjs [--record]
//
// Type-checks each example as its author would, against the built declarations, and prints what that costs the
// compiler. Fails when an example needs over a quarter more type instantiations than recorded in types-cost.json;
// `--record` writes what was counted. Time depends on the machine and is only printed.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

const record = new URL('./types-cost.json', import.meta.url)
/** @type {Record<string, number>} type instantiations by example */
const recorded = JSON.parse(readFileSync(record, 'utf8'))
const tsc = 'node_modules/typescript/bin/tsc'
// one thread: several would count what each of them instantiates again
const flags = '--noEmit --composite false --incremental false --singleThreaded --extendedDiagnostics'.split(' ')

/** @param {string} example */
function cost(example) {
  const project = `examples/${example}/tsconfig.build.json`
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', project, ...flags], { encoding: 'utf8' })
  const figure = (/** @type {string} */ name) => Number(new RegExp(`^${name}: +([\\d.]+)`, 'm').exec(stdout)?.[1])
  if (status !== 0) throw new Error(stdout)
  return { instantiations: figure('Instantiations'), types: figure('Types'), seconds: figure('Total time') }
}

console.log(
  `tsc ${spawnSync(process.execPath, [tsc, '--version'], { encoding: 'utf8' }).stdout.trim()}, ${cpus()[0]?.model}`,
)
console.log('| example | instantiations | recorded | types | seconds |\n|---|---:|---:|---:|---:|')
for (const example of Object.keys(recorded)) {
  const { instantiations, types, seconds } = cost(example)
  const before = recorded[example] ?? 0
  console.log(`| ${example} | ${instantiations} | ${before} | ${types} | ${seconds} |`)
  if (process.argv.includes('--record')) recorded[example] = instantiations
  else if (!(instantiations <= before * 1.25)) process.exitCode = 1
}
if (process.argv.includes('--record')) writeFileSync(record, `${JSON.stringify(recorded, undefined, 2)}\n`)
if (process.exitCode === 1)
  console.error('Over a quarter above what is recorded: mend the types, or record it with --record.')
