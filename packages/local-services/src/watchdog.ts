import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { configDir } from './paths.ts'

/** Ends a server and deletes its folder when this process is gone, whatever ended it: a `kill -9` included. */
export interface Watchdog {
  /** The process to end; undefined while there is none. */
  watch(pid: number | undefined): void
  /** Lets the watchdog go without doing anything. */
  release(): void
}

/** The shell script that does it. */
export const watchdogScript: string = join(configDir, 'watchdog.sh')

/** Starts a watchdog over a temporary folder, outside our process group so that Ctrl-C spares it. */
export function startWatchdog(temporaryDir: string): Watchdog {
  const child = spawn('/bin/sh', [watchdogScript, temporaryDir], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // without a watchdog the server still runs; it would then outlive this process if it is not disposed
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
  return {
    watch: (pid) => {
      child.stdin.write(`${pid ?? ''}\n`)
    },
    release: () => {
      child.stdin.end('release\n')
    },
  }
}
