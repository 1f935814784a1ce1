import { describe, expect, it } from 'vitest'
import { topology } from '../index.ts'
import { compile } from '../compile/index.ts'
import type { LogFields, Logger } from '../ports/index.ts'
import { silentLogger } from '../testing/index.ts'
import { ScriptedTransport } from '../testing/scripted-transport.ts'
import { startPositions } from './start-positions.ts'

const compiled = compile(
  topology('t', (t) => {
    t.source('old').to('out')
    t.source('new', { startAt: 'latest' }).to('out')
  }).plan,
)
const { admin } = new ScriptedTransport({}, { 'old/0': [10, 50], 'new/0': [10, 50] })

async function startOf(topic: string, committed?: number) {
  const warnings: LogFields[] = []
  const logger: Logger = { ...silentLogger, warn: (fields) => warnings.push(fields) }
  const commits = committed === undefined ? [] : [{ topic, partition: 0, offset: committed, metadata: '' }]
  const [position] = await startPositions(compiled, [{ topic, partition: 0 }], commits, admin, logger)
  return { offset: position?.offset, warnings }
}

describe('startPositions', () => {
  it.each([
    ['old', undefined, 10],
    ['new', undefined, 50],
    ['old', 30, 30],
    ['new', 30, 30],
    ['old', 10, 10],
    ['old', 50, 50],
  ])('reads %s, committed at %s, from %s', async (topic, committed, offset) => {
    expect(await startOf(topic, committed)).toEqual({ offset, warnings: [] })
  })

  it.each([
    ['old', 9, 10],
    ['old', 51, 10],
    ['new', 9, 50],
    ['new', 51, 50],
  ])('starts %s over, with a warning, when %s is not in its log', async (topic, committed, offset) => {
    const start = await startOf(topic, committed)
    expect(start.offset).toBe(offset)
    expect(start.warnings).toMatchObject([{ topic, partition: 0, committed, earliest: 10, latest: 50, start: offset }])
  })

  it('asks for nothing when there is nothing to start', async () => {
    expect(await startPositions(compiled, [], [], admin, silentLogger)).toEqual([])
  })
})
