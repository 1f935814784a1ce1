import { describe, expect, it } from 'vitest'
import { runCommand } from './run-command.ts'

async function run(...args: readonly string[]) {
  let [out, err] = ['', '']
  const write = (text: string): void => {
    out += text
  }
  const code = await runCommand(args, { isInteractive: false, write }, (text) => {
    err += text
  })
  return { code, out, err }
}

describe('npm run top-of-the-hour', () => {
  it('runs on the embedded broker, prints the hours that are over and checks every row', async () => {
    const { code, out, err } = await run('--hours', '3', '--count', '900', '--seed', '2', '--top', '2')
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toContain('900 ratings sent, 900 read')
    expect(out.match(/^2025-03-27 \d\d:00 UTC, \d+ films$/gm)).toEqual([
      expect.stringContaining('08:00'),
      expect.stringContaining('09:00'),
      expect.stringContaining('10:00'),
    ])
    expect(out).toMatch(/^All \d+ rows are right/m)
  })

  it('explains itself with --help', async () => {
    const { code, out, err } = await run('--help')
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('Usage: npm run top-of-the-hour -- [options]')
    expect(out).toContain('hours of simulated time (default: 6)')
  })

  it.each([
    [['--cuont', '5'], "Unknown option '--cuont'"],
    [['--count', 'many'], "Option '--count' takes a whole number from 1 to 1000000, not 'many'"],
    [['--hours', '0'], 'from 1 to 8760'],
    [['--top', ''], 'from 1 to 100'],
    [['--seed'], 'argument missing'],
    [['stray'], "Unexpected argument 'stray'"],
  ])('answers %j with usage and exit code 2', async (args, reason) => {
    const { code, out, err } = await run(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(reason)
    expect(err).toContain('Usage: ')
    expect(err).not.toMatch(/\n\s+at /)
  })
})
