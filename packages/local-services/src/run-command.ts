import { spawn } from 'node:child_process'

export interface CommandResult {
  /** undefined when the command could not be run at all, or was ended because it took too long. */
  readonly exitCode: number | undefined
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string
  readonly timedOut: boolean
}

export interface CommandOptions {
  /** Default: no limit. */
  readonly timeoutMs?: number
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Called with each line of the output as it comes. */
  readonly onLine?: (line: string) => void
}

/** Runs a program to its end, without a shell and without standard input; never throws. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } })
    let output = ''
    let rest = ''
    let timedOut = false
    const take = (chunk: string): void => {
      output += chunk
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) options.onLine?.(line)
    }
    const onTimeout = (): void => {
      timedOut = true
      child.kill('SIGKILL')
    }
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(onTimeout, options.timeoutMs)
    const finish = (exitCode: number | undefined): void => {
      clearTimeout(timer)
      resolve({ exitCode, output, timedOut })
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    child.once('error', () => finish(undefined))
    child.once('close', (code) => finish(code ?? undefined))
  })
}
