import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { ProviderName } from '@millrace/local-services'
import { type CassandraAddress, withClient } from './cassandra-address.ts'

// A broker does not tell its release; whoever starts it knows.
const versionSources: Readonly<Partial<Record<ProviderName, { readonly file: string; readonly pattern: RegExp }>>> = {
  jvm: {
    file: '../../local-services/config/kafka/pom.xml',
    pattern: /<artifactId>kafka_[\d.]+<\/artifactId>[^]*?<version>([^<]+)<\/version>/,
  },
  docker: { file: '../../../docker-compose.yml', pattern: /apache\/kafka:(\S+)/ },
}

export async function kafkaVersion(provider: ProviderName): Promise<string> {
  const source = versionSources[provider]
  if (source === undefined) return 'unknown version'
  const text = await readFile(new URL(source.file, import.meta.url), 'utf8').catch(() => '')
  return source.pattern.exec(text)?.[1] ?? 'unknown version'
}

export function cassandraVersion(cassandra: CassandraAddress): Promise<string> {
  return withClient(cassandra, async (client) => {
    const { rows } = await client.execute('SELECT release_version FROM system.local')
    return String(rows[0]?.['release_version'])
  })
}

/** The version of an installed package. */
export function packageVersion(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }
  return version
}
