import { arch, cpus, loadavg, release, totalmem, type } from 'node:os'
import { packageVersion } from './server-versions.ts'

/** What the figures of a run depend on besides the code. */
export function describeMachine(): Record<string, string> {
  const [first] = cpus()
  return {
    CPU: `${first?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${arch()}`,
    Memory: `${(totalmem() / 1024 ** 3).toFixed(1)} GiB`,
    System: `${type()} ${release()}`,
    'Load at start': (loadavg()[0] ?? 0).toFixed(2),
    Node: process.version,
    kafkajs: packageVersion('kafkajs'),
    'cassandra-driver': packageVersion('cassandra-driver'),
    millrace: packageVersion('millrace'),
  }
}
