import { describe, expect, it } from 'vitest'
import type { OutgoingRecord } from '../../ports/index.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { LogCleaner } from './log-cleaner.ts'
import { PartitionLog } from './partition-log.ts'
import { topicConfigOf } from './topic-config.ts'

const limits = { maxBatchRecords: 1_024, maxBatchBytes: 1_048_576 }

function record(key: string, value: string | null = 'v'): OutgoingRecord {
  return { key: Buffer.from(key), value: value === null ? null : Buffer.from(value), timestamp: 0, headers: [] }
}

function logWith(config: Readonly<Record<string, string>>): { log: PartitionLog; clock: ManualClock } {
  const clock = new ManualClock()
  return { clock, log: new PartitionLog('t', 0, new LogCleaner(topicConfigOf('t', config), clock)) }
}

/** Enough records of one key to fill segments and to have the log compacted. */
function fill(log: PartitionLog, segments = 4): void {
  for (let index = 0; index < segments; index++) log.append(Array.from({ length: 1_024 }, () => record('filler')))
}

function keysOf(log: PartitionLog): Set<string> {
  const keys = new Set<string>()
  for (let offset = log.startOffset; ;) {
    const batch = log.read(offset, limits)
    if (!batch) return keys
    for (let index = 0; index < batch.count; index++) keys.add(String(batch.key(index)))
    offset = batch.nextOffset
  }
}

describe('a compacted log', () => {
  it('holds at most about twice its keys, however long it lives', () => {
    const { log } = logWith({ 'cleanup.policy': 'compact' })
    for (let round = 0; round < 400; round++) {
      log.append(Array.from({ length: 1_000 }, (_, index) => record(`k${(round * 1_000 + index) % 5_000}`)))
      expect(log.retainedRecords).toBeLessThan(2 * 5_000 + 2 * 1_024)
    }
    expect(log.endOffset).toBe(400_000)
    expect(log.startOffset).toBe(0)
    expect(keysOf(log).size).toBe(5_000)
  })

  it('leaves records alone until they are older than the lag', () => {
    const { log, clock } = logWith({ 'cleanup.policy': 'compact', 'min.compaction.lag.ms': '60000' })
    fill(log, 8)
    expect(log.retainedRecords).toBe(8 * 1_024)
    clock.advance(60_000)
    fill(log, 1)
    expect(log.retainedRecords).toBeLessThan(3 * 1_024)
  })

  it('keeps a tombstone for its time after its key was compacted, then forgets it', () => {
    const { log, clock } = logWith({ 'cleanup.policy': 'compact', 'delete.retention.ms': '5000' })
    log.append([record('gone', 'value'), record('gone', null)])
    // However long it was not compacted: a reader may have seen the value only now.
    clock.advance(100_000)
    fill(log)
    expect(log.read(0, limits)?.offset(0)).toBe(1)
    expect(keysOf(log)).toContain('gone')
    clock.advance(4_999)
    fill(log)
    expect(keysOf(log)).toContain('gone')
    clock.advance(1)
    fill(log)
    expect([...keysOf(log)]).toEqual(['filler'])
  })

  it('compacts nothing behind the beginning of an open transaction, whose records may yet be taken back', () => {
    const { log } = logWith({ 'cleanup.policy': 'compact' })
    const transaction = {}
    log.append([record('key', 'committed')])
    log.append([record('key', 'open')], transaction)
    fill(log)
    log.endTransaction(transaction, 'abort')
    fill(log)
    const batch = log.read(0, limits, 'read_committed')
    expect([batch?.offset(0), String(batch?.key(0)), String(batch?.value(0))]).toEqual([0, 'key', 'committed'])
    expect(log.retainedRecords).toBeLessThan(3 * 1_024)
  })

  it('leaves a batch true that was read before', () => {
    const { log } = logWith({ 'cleanup.policy': 'compact' })
    log.append(Array.from({ length: 1_000 }, (_, index) => record('same', `v${index}`)))
    const batch = log.read(0, limits)
    fill(log)
    expect([batch?.count, batch?.offset(999), String(batch?.value(999))]).toEqual([1_000, 999, 'v999'])
    expect(log.read(0, limits)?.offset(0)).toBe(999)
  })
})

describe('a log with a retention time', () => {
  it('forgets segments whose last record is older by the clock, whatever the times of the records', () => {
    const { log, clock } = logWith({ 'cleanup.policy': 'delete', 'retention.ms': '10000' })
    fill(log, 2)
    clock.advance(9_999)
    fill(log, 1)
    expect([log.startOffset, log.endOffset]).toEqual([0, 3 * 1_024])
    clock.advance(1)
    fill(log, 1)
    expect(log.startOffset).toBe(2 * 1_024)
  })

  it('forgets and compacts where its policy says both', () => {
    const { log, clock } = logWith({ 'cleanup.policy': 'compact,delete', 'retention.ms': '10000' })
    log.append([record('old')])
    fill(log)
    expect(keysOf(log)).toContain('old')
    expect(log.retainedRecords).toBeLessThan(4 * 1_024)
    clock.advance(10_001)
    fill(log)
    expect([...keysOf(log)]).toEqual(['filler'])
    expect(log.startOffset).toBeGreaterThan(0)
  })
})

describe('the config of a topic', () => {
  it.each([
    [{ 'cleanup.policy': 'compat' }, /cleanup.policy=compat/],
    [{ 'retention.ms': 'week' }, /retention.ms=week/],
    [{ 'min.compaction.lag.ms': '-2' }, /min.compaction.lag.ms=-2/],
  ])('is refused where it is %j', (config, message) => {
    expect(() => topicConfigOf('t', config)).toThrow(message)
  })

  it('deletes nothing for its age unless it says so', () => {
    expect(topicConfigOf('t')).toMatchObject({ isCompacted: false, isDeleted: true, retentionMs: null })
    expect(topicConfigOf('t', { 'cleanup.policy': 'compact', 'retention.ms': '1' }).retentionMs).toBeNull()
  })
})
