import { StreamsError } from 'millrace'
import { runDemo } from '../demo/run-demo.ts'
import { helpText, readOptions, UsageError } from './options.ts'
import type { Terminal } from './progress.ts'

const exitCodes = { done: 0, failed: 1, wrongUsage: 2 } as const

/** Runs the program and gives its exit code: 0, 1 when it failed or found a wrong answer, 2 for a wrong option. */
export async function runCommand(
  args: readonly string[],
  terminal: Terminal,
  error: (text: string) => void,
): Promise<number> {
  try {
    const options = readOptions(args)
    if (options === 'help') {
      terminal.write(helpText)
      return exitCodes.done
    }
    return (await runDemo(options, terminal, error)) ? exitCodes.done : exitCodes.failed
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      error(
        `${thrown.message}.\n\nUsage: npm run top-of-the-hour -- [options]\nTry 'npm run top-of-the-hour -- --help'.\n`,
      )
      return exitCodes.wrongUsage
    }
    error(`\n${failureText(thrown)}\n`)
    return exitCodes.failed
  }
}

function failureText(thrown: unknown): string {
  if (thrown instanceof StreamsError && thrown.code === 'LIFECYCLE_INVALID') return 'Stopped before the end.'
  if (thrown instanceof StreamsError) return thrown.message
  // not one of the library's: a fault in this program, so its stack is what helps
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
