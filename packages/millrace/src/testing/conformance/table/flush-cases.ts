import { faultOf, type TableCase } from './table-case.ts'

export const flushCases: readonly TableCase[] = [
  {
    title: 'resolves flush when there is nothing to write',
    async run({ expect, ratings }) {
      const table = await ratings()
      await table.writer.flush()
      expect(table.writer.pendingRows).toBe(0)
    },
  },
  {
    title: 'has every row readable when flush resolves, also those of a second flush at the same time',
    async run({ expect, ratings }) {
      const table = await ratings()
      for (let index = 0; index < 300; index++) table.write({ movie: `film ${index}` })
      const first = table.writer.flush()
      for (let index = 300; index < 500; index++) table.write({ movie: `film ${index}` })
      await table.writer.flush()
      expect(await table.aggregate('count')).toBe(500)
      await first
      expect(table.writer.pendingRows).toBe(0)
    },
  },
  {
    title: 'starts to write at maxRows without being asked',
    async run({ expect, ratings, until }) {
      const table = await ratings({ maxRows: 10 })
      for (let index = 0; index < 10; index++) table.write({ movie: `film ${index}` })
      await until('ten rows are written', () => table.writer.stats.writtenRows === 10)
      expect(await table.aggregate('count')).toBe(10)
    },
  },
  {
    title: 'starts to write at maxBytes without being asked',
    async run({ expect, ratings, until }) {
      const table = await ratings({ maxBytes: 10_000 })
      for (let index = 0; index < 3; index++) table.write({ movie: `film ${index}`, note: 'n'.repeat(5_000) })
      await until('rows are written', () => table.writer.stats.writtenRows > 0)
      expect(await table.aggregate('count')).toBeGreaterThan(0)
    },
  },
  {
    title: 'starts to write after everyMs without being asked',
    async run({ expect, ratings, until }) {
      const table = await ratings({ everyMs: 20 })
      table.write({ rating: 4 })
      expect(table.writer.pendingRows).toBe(1)
      await until('the row is written', () => table.writer.pendingRows === 0)
      expect(await table.rows(['rating'])).toEqual([{ rating: 4 }])
    },
  },
  {
    title: 'says that it is full, or has written, before pending rows grow without end; drained ends it',
    async run({ expect, ratings }) {
      const table = await ratings({ maxRows: 50 })
      let most = 0
      for (let index = 0; index < 2_000; index++) {
        table.write({ name: `user ${index % 40}`, movie: `film ${index}` })
        most = Math.max(most, table.writer.pendingRows)
        if (!table.writer.isFull) continue
        await table.writer.drained()
        expect(table.writer.isFull).toBe(false)
      }
      await table.writer.flush()
      expect(most <= 50 * 4).toBe(true)
      expect(table.writer.pendingBytes).toBe(0)
      expect(await table.reader.count()).toBe(2_000)
    },
  },
  {
    title: 'resolves drained when there is nothing to do',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({})
      await table.writer.drained()
      expect(table.writer.isFull).toBe(false)
    },
  },
  {
    title: 'forgets pending rows on abort; what waits rejects, what comes later throws SINK_CLOSED',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({ rating: 4 })
      table.writer.abort()
      expect(table.writer.pendingRows).toBe(0)
      expect(await faultOf(() => table.writer.flush())).toBe('SINK_CLOSED')
      expect(await faultOf(() => table.write({}))).toBe('SINK_CLOSED')
      expect(await table.rows(['rating'])).toEqual([])
    },
  },
  {
    title: 'lets other writers go on after one has aborted',
    async run({ expect, ratings, store }) {
      const table = await ratings()
      const sink = store.sink(table.table, { everyMs: 1_000, maxRows: 10, maxBytes: 1_000_000, writeTime: 'record' })
      await sink.open()
      const lost = sink.writer({ onRejected: () => {} })
      for (let index = 0; index < 100; index++) {
        lost.write({ name: 'Ben', hour: 'x', at: 1, movie: `film ${index}` }, 1, {
          topic: 't',
          partition: 1,
          offset: index,
        })
        table.write({ movie: `film ${index}` })
      }
      lost.abort()
      await table.writer.flush()
      expect(await table.aggregate('count')).toBe(100)
    },
  },
  {
    title: 'rejects open with SINK_UNREACHABLE when no server answers',
    async run({ expect, unreachable, uniqueName, ratings }) {
      const { table } = await ratings()
      const sink = unreachable!.sink(
        { ...table, table: uniqueName('none').split('.')[1]! },
        {
          everyMs: 1_000,
          maxRows: 10,
          maxBytes: 1_000,
          writeTime: 'record',
        },
      )
      expect(await faultOf(() => sink.open())).toBe('SINK_UNREACHABLE')
      await unreachable!.close()
    },
  },
]
