import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { runCommand } from '../run-command.ts'
import type { Report, ServiceName } from '../service.ts'
import { ServicesError } from '../services-error.ts'
import { ticking } from '../ticking.ts'

const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath'

/** Maven is not safe to run twice at a time on one repository. */
let lastMavenRun: Promise<unknown> = Promise.resolve()

export interface ClassPathOptions {
  readonly service: ServiceName
  readonly pom: string
  /** Where the answer is kept: the next start needs neither Maven nor a network. */
  readonly cacheDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report: Report
}

/** The jars of a server. Maven resolves them once; afterwards the list is read from the cache. */
export async function resolveClassPath(options: ClassPathOptions): Promise<readonly string[]> {
  const cached = await readCachedClassPath(options.service, options.pom, options.cacheDir)
  if (cached !== undefined) return cached
  const run = lastMavenRun.then(() => runMaven(options))
  lastMavenRun = run.catch(() => {})
  await run
  const resolved = await readCachedClassPath(options.service, options.pom, options.cacheDir)
  if (resolved !== undefined) return resolved
  throw new ServicesError({
    code: 'MAVEN_FAILED',
    what: `Maven named jars of ${options.service} that are not there`,
    hint: 'Delete the local Maven repository, or the part of it that is broken, and try again.',
  })
}

/** The jars as an earlier start found them; undefined when they were never asked for or one has gone since. */
export async function readCachedClassPath(
  service: ServiceName,
  pom: string,
  cacheDir: string,
): Promise<readonly string[] | undefined> {
  try {
    const jars = (await readFile(await cacheFile(service, pom, cacheDir), 'utf8')).trim().split(delimiter)
    await Promise.all(jars.map((jar) => access(jar)))
    return jars
  } catch {
    return undefined
  }
}

async function cacheFile(service: ServiceName, pom: string, cacheDir: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12)
  return join(cacheDir, `${service}-${hash}.txt`)
}

async function runMaven({ service, pom, cacheDir, env, report }: ClassPathOptions): Promise<void> {
  await mkdir(cacheDir, { recursive: true })
  const file = await cacheFile(service, pom, cacheDir)
  const unfinished = `${file}.${process.pid}.new`
  let jars = 0
  report('asking Maven for the jars; the first time it downloads them')
  const result = await ticking(
    report,
    (seconds) => (jars === 0 ? `still asking Maven (${seconds} s)` : `${jars} jars downloaded (${seconds} s)`),
    () =>
      runCommand('mvn', ['-B', '-f', pom, goal, '-DincludeScope=runtime', `-Dmdep.outputFile=${unfinished}`], {
        env,
        onLine: (line) => {
          if (/Downloaded from .*\.jar/.test(line)) jars += 1
        },
      }),
  )
  const log = join(cacheDir, `${service}-maven.log`)
  await writeFile(log, result.output)
  if (result.exitCode !== 0) {
    throw new ServicesError({
      code: 'MAVEN_FAILED',
      what: `Maven could not fetch the jars of ${service}`,
      hint: `Check the network and Maven's settings; all it said is in ${log}.`,
      logLines: result.output
        .split('\n')
        .filter((line) => line.includes('ERROR'))
        .slice(0, 3),
    })
  }
  await rename(unfinished, file)
}
