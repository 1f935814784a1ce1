import { expect, it } from 'vitest'
import { createReadableLogger } from './readable-logger.ts'

it('writes one line of text per entry, from its level on', () => {
  const lines: string[] = []
  const logger = createReadableLogger({ level: 'info', write: (line) => lines.push(line) }).child({
    app: 'a',
    topic: 't',
  })
  logger.debug({}, 'not this')
  logger.info({}, 'Joined')
  logger.warn({ offset: 3, error: new TypeError('oops'), partition: undefined }, 'Skipped')
  expect(lines).toEqual(['Joined (topic=t)', 'warn: Skipped (topic=t, offset=3, error=oops)'])
})
