import { spawn } from 'node:child_process'
import { mkdir, open } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answers } from '../handshake.ts'
import { logSize, readLogSince, readLogTail } from '../log-tail.ts'
import { isAlive, signal, waitUntilGone, type OwnProcess } from '../own-process.ts'
import { runCommand } from '../run-command.ts'
import { ServicesError } from '../services-error.ts'
import type { JvmService, Place } from './jvm-service.ts'

/** How long a server may take to stop before it is killed. */
const stopTimeoutMs = 20_000

export interface LaunchOptions {
  readonly service: JvmService
  readonly place: Place
  readonly javaCommand: string
  readonly classPath: readonly string[]
}

/** The mark by which a process of this folder is known. */
export function processMark(dir: string): string {
  return `-Dmillrace.dir=${dir}`
}

/** Writes the configuration, runs the preparation if there is one, and starts the process; does not wait for it. */
export async function launch({ service, place, javaCommand, classPath }: LaunchOptions): Promise<OwnProcess> {
  const mark = processMark(place.dir)
  for (const name of ['config', 'data', 'logs']) await mkdir(join(place.dir, name), { recursive: true })
  await service.writeConfig(place)
  const preparation = await service.preparation(place)
  const cp = ['-cp', classPath.join(delimiter)]
  if (preparation !== undefined) {
    const args = [mark, ...preparation.jvmOptions, ...cp, preparation.mainClass, ...preparation.args]
    const { exitCode, output } = await runCommand(javaCommand, args, { timeoutMs: 60_000 })
    if (exitCode !== 0) {
      const logLines = output.trim().split('\n').slice(-8)
      throw failed(service, 'could not prepare its storage', `Delete ${place.dir} if its data is not needed.`, logLines)
    }
  }
  const output = await open(join(place.dir, 'logs', 'stdout.log'), 'a')
  try {
    const args = [mark, ...service.jvmOptions(place, classPath), ...cp, service.mainClass, ...service.args(place)]
    const child = spawn(javaCommand, args, { detached: true, cwd: place.dir, stdio: ['ignore', output.fd, output.fd] })
    child.on('error', () => {})
    child.unref()
    if (child.pid === undefined) throw failed(service, `cannot be started with ${javaCommand}`, 'Check JAVA_HOME.', [])
    return { pid: child.pid, mark }
  } finally {
    await output.close()
  }
}

/** Waits until a launched process says that it is ready and answers; `logFrom` is how long its log was before. */
export async function waitUntilReady(
  { service, place }: Pick<LaunchOptions, 'service' | 'place'>,
  own: OwnProcess,
  options: { readonly logFrom: number; readonly timeoutMs: number },
): Promise<void> {
  const log = join(place.dir, 'logs', service.logFile)
  const deadline = Date.now() + options.timeoutMs
  for (;;) {
    const isReady = (await readLogSince(log, options.logFrom)).includes(service.readyText)
    if (isReady && (await answers(service.name, place))) return
    if (!(await isAlive(own))) {
      const hint = `The whole log is ${log}; if the data is not needed, start afresh (--fresh).`
      throw failed(service, 'died while starting', hint, await lastLines(service, place, options.logFrom))
    }
    if (Date.now() > deadline) {
      await stopProcess(own)
      const what = `was not ready after ${options.timeoutMs / 1000} s and has been stopped`
      throw failed(service, what, `The whole log is ${log}.`, await lastLines(service, place, options.logFrom))
    }
    await sleep(100)
  }
}

/** SIGTERM, and SIGKILL to what is still there after 20 s. A frozen process is woken first: it could not obey. */
export async function stopProcess(own: OwnProcess): Promise<void> {
  await signal(own, 'SIGCONT')
  await signal(own, 'SIGTERM')
  if (!(await waitUntilGone(own, stopTimeoutMs))) await killProcess(own)
}

export async function killProcess(own: OwnProcess): Promise<void> {
  await signal(own, 'SIGKILL')
  await waitUntilGone(own, stopTimeoutMs)
}

export async function currentLogSize({ service, place }: Pick<LaunchOptions, 'service' | 'place'>): Promise<number> {
  return logSize(join(place.dir, 'logs', service.logFile))
}

async function lastLines(service: JvmService, place: Place, logFrom: number): Promise<string[]> {
  const logs = join(place.dir, 'logs')
  const ownLog = (await readLogSince(join(logs, service.logFile), logFrom)).trimEnd().split('\n')
  // frames of a stack trace say least to whoever reads this in a terminal
  const telling = ownLog.filter((line) => line !== '' && !/^\s+at /.test(line))
  return telling.length > 0 ? telling.slice(-12) : readLogTail(join(logs, 'stdout.log'), 12)
}

function failed(service: JvmService, what: string, hint: string, logLines: readonly string[]): ServicesError {
  return new ServicesError({ code: 'START_FAILED', what: `${service.name} ${what}`, hint, logLines })
}
