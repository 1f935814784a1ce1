import { describe, expect, it } from 'vitest'
import { StartupError, StreamsError } from '../../errors/index.ts'
import type { Logger } from '../../ports/logger.ts'
import { createPinoLogger, type PinoLoggerOptions } from './pino-logger.ts'

function logged(options: PinoLoggerOptions, run: (logger: Logger) => void): string[] {
  const lines: string[] = []
  run(createPinoLogger({ ...options, destination: { write: (line) => void lines.push(line) } }))
  return lines
}

function fieldsOf(run: (logger: Logger) => void): unknown[] {
  return logged({ level: 'debug' }, run).map((line) => JSON.parse(line) as unknown)
}

describe('createPinoLogger', () => {
  it('writes one JSON object a line, with level and ISO time', () => {
    const lines = logged({}, (logger) => logger.warn({ topic: 'test', offset: 42 }, 'late'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\{.*\}\n$/)
    expect(JSON.parse(lines[0]!)).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/) as string,
      topic: 'test',
      offset: 42,
      msg: 'late',
    })
  })

  it('writes levels from the asked one upwards', () => {
    const all = (logger: Logger): void => {
      logger.debug({}, 'd')
      logger.info({}, 'i')
      logger.warn({}, 'w')
      logger.error({}, 'e')
    }
    const counts = (['debug', 'info', 'warn', 'error', 'silent'] as const).map((level) => logged({ level }, all).length)
    expect([logged({}, all).length, ...counts]).toEqual([3, 4, 3, 2, 1, 0])
  })

  it('adds the fields of a child to its lines, and to those of its children', () => {
    expect(fieldsOf((logger) => logger.child({ a: 1 }).child({ b: 2 }).info({ c: 3 }, 'm'))).toMatchObject([
      { a: 1, b: 2, c: 3, msg: 'm' },
    ])
  })

  it('writes errors with code, hint, context and causes, under any name', () => {
    const cause = Object.assign(new TypeError('refused'), { code: 'ECONNREFUSED' })
    const options = { code: 'TRANSPORT_UNREACHABLE', what: 'No answer', hint: 'Start it.', retriable: true } as const
    const error = new StreamsError({ ...options, address: '127.0.0.1:1', cause })
    const expected = {
      type: 'StreamsError',
      code: 'TRANSPORT_UNREACHABLE',
      message: 'No answer (address=127.0.0.1:1). Start it.',
      hint: 'Start it.',
      retriable: true,
      context: { address: '127.0.0.1:1' },
      cause: { type: 'TypeError', message: 'refused', code: 'ECONNREFUSED' },
      stack: expect.stringContaining('pino-logger.test.ts') as string,
    }
    const lines = fieldsOf((logger) => {
      logger.error({ err: error }, 'm')
      logger.error({ reason: error }, 'm')
      logger.child({ error }).error({}, 'm')
    })
    expect(lines).toMatchObject([{ err: expected }, { reason: expected }, { error: expected }])
  })

  it('writes every fault of a start that failed', () => {
    const faults = [{ code: 'TOPIC_MISSING', where: 'topic test', what: 'is missing', hint: 'Create it.' }] as const
    expect(fieldsOf((logger) => logger.error({ error: new StartupError('app', faults) }, 'm'))).toMatchObject([
      { error: { type: 'StartupError', faults } },
    ])
  })

  it('survives cycles, bigints and circular causes', () => {
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    const error = new Error('round')
    error.cause = error
    expect(fieldsOf((logger) => logger.info({ loop, big: 1n, error }, 'm'))).toHaveLength(1)
  })

  it('writes lines for people when they are asked for', () => {
    const cause = new TypeError('deep')
    const error = new StreamsError({ code: 'PROCESS_FAILED', what: 'It broke', hint: 'Mend it.', cause })
    const lines = logged({ pretty: true }, (logger) => {
      logger.info({ topic: 'test', offsets: [1, 2] }, 'committed')
      logger.error({ error }, 'failed')
    })
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}committed {2}topic=test offsets=\[1,2\]\n$/)
    expect(lines[1]).toMatch(
      / ERROR failed\n {2}StreamsError: It broke\. Mend it\.\n {6}at [^]*\n {2}Caused by TypeError: deep\n {6}at /,
    )
  })

  it('refuses a level that does not exist', () => {
    expect(() => createPinoLogger({ level: 'loud' as never })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})
