import { faultOf, hour, type TableCase } from './table-case.ts'

export const writeCases: readonly TableCase[] = [
  {
    title: 'writes a row over one with the same primary key',
    async run({ expect, ratings }) {
      const table = await ratings()
      const { writer } = table
      table.write({ rating: 3 }, { time: 1 })
      await writer.flush()
      table.write({ rating: 9 }, { time: 2 })
      await writer.flush()
      expect(await table.rows(['movie', 'rating'])).toEqual([{ movie: 'Baby Dolls', rating: 9 }])
    },
  },
  {
    title: 'keeps the row with the later record time, whatever the order of writes',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({ rating: 9 }, { time: 2 })
      await table.writer.flush()
      table.write({ rating: 3 }, { time: 1 })
      await table.writer.flush()
      expect(await table.rows(['rating'])).toEqual([{ rating: 9 }])
    },
  },
  {
    title: 'keeps the later record time within one flush, too',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({ rating: 9 }, { time: 2 })
      table.write({ rating: 3 }, { time: 1 })
      await table.writer.flush()
      expect(await table.rows(['rating'])).toEqual([{ rating: 9 }])
    },
  },
  {
    title: 'lets the offset decide between two rows of one record time',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({ rating: 9 }, { offset: 7 })
      await table.writer.flush()
      table.write({ rating: 3 }, { offset: 6 })
      await table.writer.flush()
      expect(await table.rows(['rating'])).toEqual([{ rating: 9 }])
    },
  },
  {
    title: 'settles two rows of one write time by the greater value, in one flush or in two',
    async run({ expect, ratings }) {
      const table = await ratings()
      const origin = { offset: 5 }
      table.write({ rating: 9, movie: 'a' }, origin)
      table.write({ rating: 3, movie: 'a' }, origin)
      table.write({ rating: 3, movie: 'b' }, origin)
      table.write({ rating: 9, movie: 'b' }, origin)
      table.write({ rating: 9, movie: 'c' }, origin)
      await table.writer.flush()
      table.write({ rating: 3, movie: 'c' }, origin)
      await table.writer.flush()
      expect(await table.rows(['movie', 'rating'])).toEqual([
        { movie: 'a', rating: 9 },
        { movie: 'b', rating: 9 },
        { movie: 'c', rating: 9 },
      ])
    },
  },
  {
    title: "orders by offset alone with writeTime 'offset'",
    async run({ expect, ratings }) {
      const table = await ratings({ writeTime: 'offset' })
      table.write({ rating: 9 }, { time: 1, offset: 12 })
      await table.writer.flush()
      table.write({ rating: 3 }, { time: 2, offset: 11 })
      await table.writer.flush()
      expect(await table.rows(['rating'])).toEqual([{ rating: 9 }])
    },
  },
  {
    title: "takes what arrives last with writeTime 'none', also within one flush and a flush under way",
    async run({ expect, ratings }) {
      const table = await ratings({ writeTime: 'none' })
      table.write({ rating: 1, note: 'first' }, { time: 9 })
      table.write({ rating: 2 }, { time: 8 })
      const first = table.writer.flush()
      for (let rating = 3; rating < 200; rating++) table.write({ rating }, { time: 7 })
      await Promise.all([first, table.writer.flush()])
      expect(await table.rows(['rating', 'note'])).toEqual([{ rating: 199, note: 'first' }])
    },
  },
  {
    title: 'leaves a cell as it is for undefined or a column left out, and deletes it for null',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({ rating: 3, stars: 1.5, note: 'good' }, { time: 1 })
      await table.writer.flush()
      table.write({ rating: undefined, note: null }, { time: 2 })
      await table.writer.flush()
      expect(await table.rows(['rating', 'stars', 'note'])).toEqual([{ rating: 3, stars: 1.5, note: null }])
    },
  },
  {
    title: 'keeps a tombstone over a value that is older',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({ rating: 3, note: null }, { time: 2 })
      await table.writer.flush()
      table.write({ note: 'late' }, { time: 1 })
      await table.writer.flush()
      expect(await table.rows(['rating', 'note'])).toEqual([{ rating: 3, note: null }])
    },
  },
  {
    title: 'keeps a row whose cells are all unset or deleted',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({})
      await table.writer.flush()
      expect(await table.rows(['movie', 'rating'])).toEqual([{ movie: 'Baby Dolls', rating: null }])
    },
  },
  {
    title: 'does not write a row that a later one of the same flush covers, and counts it',
    async run({ expect, ratings }) {
      const table = await ratings()
      for (let time = 0; time < 50; time++) table.write({ rating: time, note: 'x' }, { time })
      await table.writer.flush()
      const { supersededRows, writtenRows } = table.writer.stats
      expect({ supersededRows, writtenRows }).toEqual({ supersededRows: 49, writtenRows: 1 })
      expect(await table.rows(['rating'])).toEqual([{ rating: 49 }])
    },
  },
  {
    title: 'loses no cell when rows of one key set different columns',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({ rating: 3 }, { time: 1 })
      table.write({ note: 'later' }, { time: 2 })
      table.write({ stars: 0.5, rating: 1 }, { time: 0 })
      await table.writer.flush()
      expect(await table.rows(['rating', 'note', 'stars'])).toEqual([{ rating: 3, note: 'later', stars: 0.5 }])
    },
  },
  {
    title: 'writes many rows of few partitions, and few of many',
    async run({ expect, ratings }) {
      const table = await ratings({ maxRows: 200 })
      for (let index = 0; index < 1_000; index++) {
        const name = index % 2 === 0 ? 'Ann' : `user ${index}`
        table.write({ name, movie: `film ${index}`, rating: index % 10, note: 'n'.repeat(500) })
        if (table.writer.isFull) await table.writer.drained()
      }
      await table.writer.flush()
      expect(await table.reader.count()).toBe(1_000)
      expect(await table.aggregate('count')).toBe(500)
      expect(table.writer.stats.writtenRows).toBe(1_000)
    },
  },
  {
    title: 'refuses a row that does not fit at once, names the column, and keeps nothing of it',
    async run({ expect, ratings }) {
      const table = await ratings()
      const { writer } = table
      expect(await faultOf(() => table.write({ rating: 90.7 }))).toBe('ROW_INVALID rating')
      expect(await faultOf(() => table.write({ rating: '9' }))).toBe('ROW_INVALID rating')
      expect(await faultOf(() => table.write({ stars: Number.NaN }))).toBe('ROW_INVALID stars')
      expect(await faultOf(() => table.write({ votes: 2 ** 60 }))).toBe('ROW_INVALID votes')
      expect(await faultOf(() => table.write({ at: new Date(Number.NaN) }))).toBe('ROW_INVALID at')
      expect(await faultOf(() => table.write({ movie: undefined }))).toBe('ROW_INVALID movie')
      expect(await faultOf(() => table.write({ name: null }))).toBe('ROW_INVALID name')
      expect(writer.pendingRows).toBe(0)
      await writer.flush()
      expect(await table.rows(['movie'])).toEqual([])
    },
  },
  {
    title: 'hands a row that the table refuses to the listener, and writes its neighbours',
    async run({ expect, ratings }) {
      const table = await ratings()
      for (let index = 0; index < 20; index++) {
        const movie = index === 7 ? 'x'.repeat(70_000) : `film ${index}`
        table.write({ movie }, { offset: 100 + index })
      }
      await table.writer.flush()
      expect(table.rejected.map(({ origin, code }) => [origin.offset, code])).toEqual([[107, 'SINK_WRITE_FAILED']])
      expect(await table.aggregate('count')).toBe(19)
      expect(table.writer.stats.rejectedRows).toBe(1)
      expect(table.writer.pendingRows).toBe(0)
    },
  },
  {
    title: 'rejects flush with what the listener throws',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.onRejected = new RangeError('refused')
      table.write({ movie: 'x'.repeat(70_000) })
      const thrown = await table.writer.flush().catch((error: unknown) => error)
      expect(thrown).toBe(table.onRejected)
    },
  },
  {
    title: 'writes two writers of one sink at a time',
    async run({ expect, ratings, store }) {
      const table = await ratings()
      const other = store.sink(table.table, { everyMs: 1_000, maxRows: 10, maxBytes: 1_000_000, writeTime: 'record' })
      await other.open()
      const second = other.writer({ onRejected: () => {} })
      for (let index = 0; index < 100; index++) {
        table.write({ movie: `film ${index}` })
        second.write({ name: 'Ben', hour, at: 1, movie: `film ${index}` }, 1, {
          topic: 't',
          partition: 1,
          offset: index,
        })
      }
      await Promise.all([table.writer.flush(), second.flush()])
      expect(await table.reader.count()).toBe(200)
      await other.close()
    },
  },
]
