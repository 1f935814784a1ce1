import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCommand } from './run-command.ts'

/** A process that carries a mark of ours on its command line: a pid alone may belong to somebody else by now. */
export interface OwnProcess {
  readonly pid: number
  readonly mark: string
}

export async function isAlive({ pid, mark }: OwnProcess): Promise<boolean> {
  return `${await commandLine(pid)} `.includes(`${mark} `)
}

/** Sends a signal if the process is still there and still ours; tells whether it did. */
export async function signal(own: OwnProcess, name: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(own))) return false
  try {
    process.kill(own.pid, name)
    return true
  } catch {
    // it went away in between
    return false
  }
}

/** Waits until the process is gone; tells whether it was in time. */
export async function waitUntilGone(own: OwnProcess, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (await isAlive(own)) {
    if (Date.now() > deadline) return false
    await sleep(50)
  }
  return true
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    // empty for a zombie, which counts as gone
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
  }
  const { exitCode, output } = await runCommand('ps', ['-ww', '-p', String(pid), '-o', 'command='], { timeoutMs: 5000 })
  return exitCode === 0 ? output : ''
}
