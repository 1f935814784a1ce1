import { fileURLToPath } from 'node:url'

/** The templates that this package ships; the same folder seen from sources and from the build. */
export const configDir: string = fileURLToPath(new URL('../config/', import.meta.url))

export const composeFile: string = fileURLToPath(new URL('../../../docker-compose.yml', import.meta.url))

/** Data, logs and pids of the servers that outlive this process, and the class paths that all of them share. */
export const defaultDataDir: string = fileURLToPath(new URL('../../../.services', import.meta.url))

/** The numbered schema files of the project. */
export const cqlDir: string = fileURLToPath(new URL('../../../cql/', import.meta.url))
