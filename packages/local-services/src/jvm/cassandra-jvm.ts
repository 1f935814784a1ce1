import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { configDir } from '../paths.ts'
import type { CommitLogSync } from '../service.ts'
import { fillTemplateFile } from '../template.ts'
import type { JvmService, Place } from './jvm-service.ts'

const commitLogLines: Readonly<Record<CommitLogSync, string>> = {
  group: 'commitlog_sync: group\ncommitlog_sync_group_window: 5ms',
  batch: 'commitlog_sync: batch',
  periodic: 'commitlog_sync: periodic\ncommitlog_sync_period: 10s',
}

const yaml = (place: Place): string => join(place.dir, 'config', 'cassandra.yaml')
const temporary = (place: Place): string => join(place.dir, 'tmp')

/** Cassandra as one node that is its own seed. */
export const cassandraJvm: JvmService = {
  name: 'cassandra',
  // 5.0 is made for 11 and 17; from 18 on the security manager that it installs is gone
  java: { min: 17, max: 17 },
  pom: join(configDir, 'cassandra', 'pom.xml'),
  logFile: 'system.log',
  readyText: 'Starting listening for CQL clients',
  mainClass: 'org.apache.cassandra.service.CassandraDaemon',
  async writeConfig(place) {
    await mkdir(temporary(place), { recursive: true })
    const text = await fillTemplateFile(join(configDir, 'cassandra', 'cassandra.yaml.template'), {
      HOST: place.host,
      PORT: String(place.port),
      INTERNAL_PORT: String(place.internalPort),
      COMMIT_LOG_SYNC: commitLogLines[place.commitLogSync],
    })
    await writeFile(yaml(place), text)
  },
  preparation: () => Promise.resolve(undefined),
  jvmOptions: (place, classPath) => [
    // started as root it locks its heap in memory: small at first
    '-Xms256m',
    `-Xmx${place.heapMb}m`,
    '-XX:+UseG1GC',
    '-XX:MaxGCPauseMillis=100',
    '-XX:+ParallelRefProcEnabled',
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:+PerfDisableSharedMem',
    `@${join(configDir, 'cassandra', 'jvm17.options')}`,
    ...classPath.filter((jar) => /^jamm-[\d.]+\.jar$/.test(basename(jar))).map((jar) => `-javaagent:${jar}`),
    `-Djava.io.tmpdir=${temporary(place)}`,
    `-Dcassandra.config=${pathToFileURL(yaml(place)).href}`,
    `-Dcassandra.storagedir=${join(place.dir, 'data')}`,
    `-Dcassandra.logdir=${join(place.dir, 'logs')}`,
    `-Dmillrace.logs=${join(place.dir, 'logs')}`,
    `-Dlogback.configurationFile=${pathToFileURL(join(configDir, 'cassandra', 'logback.xml')).href}`,
    // a lone node has nobody to gossip with
    '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    '-Dcassandra.ring_delay_ms=0',
    '-Dcassandra.superuser_setup_delay_ms=0',
    '-Dcassandra.shutdown_announce_in_ms=0',
    '-Dcassandra-foreground=yes',
  ],
  args: () => [],
}
