import { composeFile } from '../paths.ts'
import { runCommand, type CommandOptions, type CommandResult } from '../run-command.ts'
import type { ServiceName } from '../service.ts'
import { ServicesError } from '../services-error.ts'

/** One set of containers: its name, and the ports that it shows to this machine. */
export interface ComposeProject {
  readonly name: string
  readonly service: ServiceName
  readonly port: number
}

/** Runs `docker compose` on the project's file. */
export function compose(
  project: ComposeProject,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const port = { [`${project.service.toUpperCase()}_PORT`]: String(project.port) }
  const command = ['compose', '-f', composeFile, '-p', project.name, ...args]
  return runCommand('docker', command, { ...options, env: { ...options.env, ...port } })
}

/** The same, and an exit code other than 0 is an error that shows the last lines. */
export async function composeOrThrow(
  project: ComposeProject,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<void> {
  const { exitCode, output, timedOut } = await compose(project, args, options)
  if (exitCode === 0) return
  throw new ServicesError({
    code: 'DOCKER_FAILED',
    what: `docker compose ${args.join(' ')} ${timedOut ? 'took too long' : 'failed'}`,
    hint: 'Mend what Docker says, or use --provider jvm.',
    logLines: output.trim().split('\n').slice(-10),
  })
}

let daemon: Promise<string | undefined> | undefined

/** Why Docker cannot be used, in a few words; undefined when it can. Asked once per process. */
export function findDockerObstacle(): Promise<string | undefined> {
  daemon ??= askDocker()
  return daemon
}

async function askDocker(): Promise<string | undefined> {
  const { exitCode } = await runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 5000 })
  if (exitCode !== 0) return 'no Docker daemon answers'
  const plugin = await runCommand('docker', ['compose', 'version'], { timeoutMs: 5000 })
  return plugin.exitCode === 0 ? undefined : 'Docker has no compose plugin'
}
