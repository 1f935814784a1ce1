import { spawnSync } from 'node:child_process'
import { composeFile } from '../paths.ts'
import type { Server, ServiceName } from '../service.ts'
import { composeOrThrow, type ComposeProject } from './compose.ts'

export interface ContainerServerOptions {
  readonly project: ComposeProject
  readonly isNew: boolean
  readonly isEphemeral: boolean
  readonly start: () => Promise<void>
}

/** A server that runs in a container of the project's docker-compose.yml. */
export class ContainerServer implements Server {
  readonly provider = 'docker'
  readonly service: ServiceName
  readonly addresses: readonly string[]
  readonly pid = undefined
  readonly isNew: boolean
  private readonly options: ContainerServerOptions
  private readonly removeAtExit: () => void

  constructor(options: ContainerServerOptions) {
    const { project, isNew, isEphemeral } = options
    this.options = options
    this.service = project.service
    this.addresses = [`127.0.0.1:${project.port}`]
    this.isNew = isNew
    this.removeAtExit = () => {
      spawnSync('docker', ['compose', '-f', composeFile, '-p', project.name, 'down', '--volumes', '--timeout', '1'])
    }
    if (isEphemeral) process.once('exit', this.removeAtExit)
  }

  async stop(): Promise<void> {
    await this.run('stop')
  }

  async kill(): Promise<void> {
    await this.run('kill')
  }

  async pause(): Promise<void> {
    await this.run('pause')
  }

  async resume(): Promise<void> {
    await this.run('unpause')
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.options.start()
  }

  async dispose(): Promise<void> {
    if (!this.options.isEphemeral) return this.stop()
    process.removeListener('exit', this.removeAtExit)
    await composeOrThrow(this.options.project, ['down', '--volumes'], { timeoutMs: 60_000 })
  }

  private async run(command: string): Promise<void> {
    await composeOrThrow(this.options.project, [command, this.service], { timeoutMs: 60_000 })
  }
}
