import { StreamsError } from 'millrace'
import { describe, expect, it } from 'vitest'
import { command, runCommand } from './command-line.ts'
import { choiceOption, durationOption, flag, numberOption } from './option.ts'

async function run(args: readonly string[], failure?: Error) {
  const seen: unknown[] = []
  let stdout = ''
  let stderr = ''
  const definition = command({
    usage: 'mill',
    summary: 'Grinds.',
    options: {
      count: numberOption({ help: 'how many', placeholder: '<n>', default: 3, min: 1 }),
      every: durationOption({ help: 'how often', placeholder: '<t>', default: 30_000, defaultText: '30s' }),
      grain: choiceOption(['rye', 'oat'], { help: 'which', placeholder: '<grain>', default: 'rye' }),
      fast: flag('faster'),
    },
    examples: [['mill --count 5', 'five']],
    async run(values) {
      seen.push(values)
      if (failure !== undefined) throw failure
    },
  })
  const code = await runCommand(definition, args, {
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
  })
  return { code, stdout, stderr, seen }
}

describe('runCommand', () => {
  it('gives values and defaults to the command', async () => {
    const { code, seen } = await run(['--count', '5', '--fast'])
    expect(code).toBe(0)
    expect(seen).toEqual([{ count: 5, every: 30_000, grain: 'rye', fast: true }])
  })

  it.each([
    [['--cuont', '5'], "Unknown option '--cuont'"],
    [['--count', 'many'], "Option '--count' takes a whole number of at least 1, not 'many'"],
    [['--count', '0'], 'at least 1'],
    [['--count', ''], 'at least 1'],
    [['--every', '30'], 'a duration such as'],
    [['--grain', 'sand'], 'rye, oat'],
    [['--count'], 'argument missing'],
    [['stray'], "Unexpected argument 'stray'"],
  ])('answers %j with usage, exit code 2 and no stack trace', async (args, reason) => {
    const { code, stdout, stderr, seen } = await run(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(reason)
    expect(stderr).toContain('Usage: mill [options]')
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(seen).toEqual([])
  })

  it('explains itself with --help', async () => {
    const { code, stdout, seen } = await run(['--help'])
    expect(code).toBe(0)
    expect(seen).toEqual([])
    expect(stdout).toContain('how often (default: 30s)')
    expect(stdout).toContain('# five\n  mill --count 5')
  })

  it('answers a failure of the library with its message and exit code 1', async () => {
    const failure = new StreamsError({ code: 'TOPIC_MISSING', what: 'No topic', hint: 'Create it.', topic: 'test' })
    const { code, stderr } = await run([], failure)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^No topic \(topic=test\)\. Create it\.\n\nTo create topics and table here: .*\n$/)
  })

  it('keeps the stack of a failure that is not the library’s', async () => {
    const { code, stderr } = await run([], new TypeError('oops'))
    expect(code).toBe(1)
    expect(stderr).toMatch(/TypeError: oops\n\s+at /)
  })
})
