import { atMs, hour, type Ratings, type TableCase } from './table-case.ts'

export const readCases: readonly TableCase[] = [
  {
    title: 'gives the rows of one partition in clustering order, the named columns only',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({ at: atMs + 1, movie: 'b', rating: 1 })
      table.write({ at: atMs, movie: 'c', rating: 2 })
      table.write({ at: atMs, movie: 'B', rating: 3 })
      table.write({ at: atMs - 1, movie: 'z', rating: 4 })
      table.write({ name: 'Ben', rating: 5 })
      await table.writer.flush()
      expect(await table.rows(['movie', 'rating'])).toEqual([
        { movie: 'z', rating: 4 },
        { movie: 'B', rating: 3 },
        { movie: 'c', rating: 2 },
        { movie: 'b', rating: 1 },
      ])
      expect(await table.rows(['movie'], 'Ann', 2)).toEqual([{ movie: 'z' }, { movie: 'B' }])
      expect(await table.rows(['movie'], 'nobody')).toEqual([])
    },
  },
  {
    title: 'orders text by its UTF-8 bytes',
    async run({ expect, ratings }) {
      const table = await ratings()
      const titles = ['😀', '\uFF5E', 'é', 'e', 'Z', 'a', '', 'ab']
      for (const movie of titles) table.write({ movie })
      await table.writer.flush()
      expect(await table.rows(['movie'])).toEqual(
        ['', 'Z', 'a', 'ab', 'e', 'é', '\uFF5E', '😀'].map((movie) => ({ movie })),
      )
    },
  },
  {
    title: 'gives every type back as it was written',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({ rating: -(2 ** 31), stars: -0.1, votes: 2n ** 63n - 1n, seen: false, note: 'Consequences\u00a0' })
      await table.writer.flush()
      expect(await table.rows(['name', 'hour', 'at', 'rating', 'stars', 'votes', 'seen', 'note'])).toEqual([
        {
          name: 'Ann',
          hour,
          at: new Date(atMs),
          rating: -(2 ** 31),
          stars: -0.1,
          votes: 2n ** 63n - 1n,
          seen: false,
          note: 'Consequences\u00a0',
        },
      ])
    },
  },
  {
    title: 'takes a number for a bigint and a Date for a timestamp',
    async run({ expect, ratings }) {
      const table = await ratings()
      table.write({ at: new Date(atMs), votes: Number.MAX_SAFE_INTEGER })
      await table.writer.flush()
      expect(await table.rows(['at', 'votes'])).toEqual([
        { at: new Date(atMs), votes: BigInt(Number.MAX_SAFE_INTEGER) },
      ])
    },
  },
  {
    title: 'cuts the average of whole numbers towards zero, and gives the exact one, too',
    async run({ expect, ratings }) {
      const table = await ratings()
      await rate(table, 'Ann', [8, 4, 10, 7, 7])
      await rate(table, 'Ben', [-8, -4, -10, -7, -7])
      expect(await table.aggregate('avg', 'rating')).toBe(7)
      expect(await table.aggregate('exactAvg', 'rating')).toBe(7.2)
      expect(await table.aggregate('avg', 'rating', 'Ben')).toBe(-7)
      expect(await table.aggregate('avg', 'votes')).toBe(7)
      expect(await table.aggregate('avg', 'stars')).toBe(7.2)
    },
  },
  {
    title: 'computes count, min, max and sum, and leaves nulls out',
    async run({ expect, ratings }) {
      const table = await ratings()
      await rate(table, 'Ann', [8, 4, 10])
      table.write({ movie: 'unrated' })
      await table.writer.flush()
      expect(await table.aggregate('count')).toBe(4)
      expect(await table.aggregate('count', 'rating')).toBe(3)
      expect(await table.aggregate('min', 'rating')).toBe(4)
      expect(await table.aggregate('max', 'votes')).toBe(10)
      expect(await table.aggregate('sum', 'rating')).toBe(22)
      expect(await table.aggregate('sum', 'stars')).toBe(22)
      expect(await table.aggregate('avg', 'rating')).toBe(7)
    },
  },
  {
    title: 'answers for an empty partition: averages and sums are 0, the minimum is NaN',
    async run({ expect, ratings }) {
      const table = await ratings()
      expect(await table.aggregate('avg', 'rating')).toBe(0)
      expect(await table.aggregate('exactAvg', 'rating')).toBe(0)
      expect(await table.aggregate('count')).toBe(0)
      expect(await table.aggregate('sum', 'votes')).toBe(0)
      expect(await table.aggregate('min', 'rating')).toBe(Number.NaN)
      expect(await table.aggregate('max', 'stars')).toBe(Number.NaN)
    },
  },
  {
    title: 'does not overflow when it sums an int column',
    async run({ expect, ratings }) {
      const table = await ratings()
      await rate(table, 'Ann', [2 ** 31 - 1, 2 ** 31 - 1, 2])
      expect(await table.aggregate('sum', 'rating')).toBe(2 ** 32)
    },
  },
  {
    title: 'samples rows of any partition, at most as many as asked, and counts all',
    async run({ expect, ratings }) {
      const table = await ratings()
      for (let index = 0; index < 30; index++) table.write({ name: `user ${index % 3}`, movie: `film ${index}` })
      await table.writer.flush()
      const rows = await table.reader.sample(20)
      expect(rows.length).toBe(20)
      expect(Object.keys(rows[0]!).sort()).toEqual(Object.keys(table.table.columns).sort())
      expect((await table.reader.sample(50)).length).toBe(30)
      expect(await table.reader.count()).toBe(30)
    },
  },
]

async function rate(table: Ratings, name: string, ratings: readonly number[]): Promise<void> {
  for (const [index, rating] of ratings.entries()) {
    table.write({ name, movie: `film ${index}`, rating, stars: rating, votes: rating })
  }
  await table.writer.flush()
}
