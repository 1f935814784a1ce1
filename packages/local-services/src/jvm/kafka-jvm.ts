import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { configDir } from '../paths.ts'
import { fillTemplateFile } from '../template.ts'
import type { JvmService, Place } from './jvm-service.ts'

// one cluster id for all: nothing but this machine ever meets it
const clusterId = 'TWlsbHJhY2VMb2NhbDAwMA'

const properties = (place: Place): string => join(place.dir, 'config', 'server.properties')

const logOptions = (place: Place): string[] => [
  `-Dmillrace.logs=${join(place.dir, 'logs')}`,
  `-Dlog4j2.configurationFile=${pathToFileURL(join(configDir, 'kafka', 'log4j2.properties')).href}`,
]

/** Kafka as one KRaft process, broker and controller together. */
export const kafkaJvm: JvmService = {
  name: 'kafka',
  java: { min: 17 },
  pom: join(configDir, 'kafka', 'pom.xml'),
  logFile: 'server.log',
  readyText: 'Kafka Server started',
  mainClass: 'kafka.Kafka',
  async writeConfig(place) {
    const text = await fillTemplateFile(join(configDir, 'kafka', 'server.properties.template'), {
      HOST: place.host,
      PORT: String(place.port),
      INTERNAL_PORT: String(place.internalPort),
      DATA_DIR: join(place.dir, 'data'),
    })
    await writeFile(properties(place), text)
  },
  async preparation(place) {
    const isFormatted = await access(join(place.dir, 'data', 'meta.properties')).then(
      () => true,
      () => false,
    )
    if (isFormatted) return undefined
    return {
      // a quarter of a second less than with the full compiler
      jvmOptions: ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+PerfDisableSharedMem', ...logOptions(place)],
      mainClass: 'kafka.tools.StorageTool',
      args: ['format', '--cluster-id', clusterId, '--config', properties(place)],
    }
  },
  jvmOptions: (place) => [
    '-Xms256m',
    `-Xmx${place.heapMb}m`,
    '-XX:+UseG1GC',
    '-XX:MaxGCPauseMillis=20',
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:+PerfDisableSharedMem',
    '-Djava.awt.headless=true',
    ...logOptions(place),
  ],
  args: (place) => [properties(place)],
}
