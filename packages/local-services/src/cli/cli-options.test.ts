import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { defaultDataDir } from '../paths.ts'
import { parseCliOptions } from './cli-options.ts'

it('means both services with their defaults when nothing is said', () => {
  expect(parseCliOptions(['up'], {})).toEqual({
    command: 'up',
    services: ['kafka', 'cassandra'],
    ports: {},
    dataDir: defaultDataDir,
    fresh: false,
    providers: ['given', 'docker', 'jvm'],
    bare: false,
    lines: 20,
  })
})

it.each([
  [['up', '--kafka'], ['kafka']],
  [['up', '--cassandra'], ['cassandra']],
  [
    ['up', '--kafka', '--cassandra'],
    ['kafka', 'cassandra'],
  ],
])('reads which services %j means', (args, services) => {
  expect(parseCliOptions(args, {})).toMatchObject({ services })
})

it('takes ports, folder and provider from options', () => {
  const args = ['up', '--kafka-port', '1', '--cassandra-port=2', '--data', 'here', '--provider', 'jvm', '--fresh']
  expect(parseCliOptions(args, {})).toMatchObject({
    ports: { kafka: 1, cassandra: 2 },
    dataDir: resolve('here'),
    providers: ['jvm'],
    fresh: true,
  })
})

it('takes from the environment what no option names', () => {
  const env = {
    KAFKA_PORT: '1',
    CASSANDRA_PORT: '2',
    MILLRACE_SERVICES_DATA: '/there',
    MILLRACE_SERVICES_PROVIDER: 'docker',
  }
  expect(parseCliOptions(['up', '--kafka-port', '3'], env)).toMatchObject({
    ports: { kafka: 3, cassandra: 2 },
    dataDir: resolve('/there'),
    providers: ['docker'],
  })
})

it.each([
  [[], 'Say what to do.'],
  [['start'], 'There is no command "start".'],
  [['up', 'now'], '"now" is one word too many.'],
  [['up', '--kafka-port', 'x'], '--kafka-port is "x"; it must be a whole number from 1 to 65535.'],
  [['up', '--kafka-port', '70000'], '--kafka-port is "70000"; it must be a whole number from 1 to 65535.'],
  [['up', '--provider', 'podman'], '--provider is "podman"; it can be given, docker, jvm.'],
  [['up', '--fresch'], "Unknown option '--fresch'."],
])('says what is wrong with %j', (args, fault) => {
  expect(parseCliOptions(args, {})).toEqual({ fault })
})

it('shows the help whatever else is asked', () => {
  expect(parseCliOptions(['--help'], {})).toMatchObject({ command: 'help' })
  expect(parseCliOptions(['up', '-h'], {})).toMatchObject({ command: 'help' })
})
