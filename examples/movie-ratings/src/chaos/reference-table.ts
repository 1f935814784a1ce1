import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { parse } from 'fast-csv'
import type { RatingMessage } from '../generator/ratings.ts'

/** The part of a primary key that a table is read by. */
export interface PartitionKey {
  readonly name: string
  readonly hour_bucket: string
}

/** A film as the catalogue's file has it. */
export type Film = Readonly<Record<string, string>>

const columns = [
  'name',
  'hour_bucket',
  'timestamp',
  'movie',
  'rating',
  'show_id',
  'director',
  'country',
  'release_year',
  'rating_category',
  'duration',
] as const

/**
 * What the table must hold, computed from the ratings and the catalogue's file by nothing but this class: no code of
 * the library takes part, or a mistake in it would stand on both sides.
 */
export class ReferenceTable {
  readonly #films: ReadonlyMap<string, Film>
  readonly #partitions = new Map<string, { readonly key: PartitionKey; readonly rows: Map<string, string> }>()
  #rows = 0

  constructor(films: ReadonlyMap<string, Film>) {
    this.#films = films
  }

  /** Rows in all. */
  get rowCount(): number {
    return this.#rows
  }

  get partitionKeys(): readonly PartitionKey[] {
    return [...this.#partitions.values()].map(({ key }) => key)
  }

  /** Takes a rating, in the order in which the records stand in their topic. */
  add(rating: RatingMessage): void {
    const key = partitionOf(rating)
    const id = JSON.stringify(key)
    const partition = this.#partitions.get(id) ?? { key, rows: new Map<string, string>() }
    this.#partitions.set(id, partition)
    const { rows } = partition
    const before = rows.size
    rows.set(rowKey(rating), this.#row(rating, key))
    this.#rows += rows.size - before
  }

  /** The rows of one partition as `rowText` gives them, by `rowKey`. */
  rowsOf(key: PartitionKey): ReadonlyMap<string, string> {
    return this.#partitions.get(JSON.stringify(key))?.rows ?? new Map<string, string>()
  }

  #row(rating: RatingMessage, key: PartitionKey): string {
    const film = this.#films.get(rating.movie)
    const text = (column: string): string | null => (film?.[column] ? film[column] : null)
    const integer = (column: string): number | null => (film?.[column] ? Number(film[column]) : null)
    return rowText({
      ...key,
      timestamp: new Date(millisOf(rating)),
      movie: rating.movie,
      rating: rating.rating,
      show_id: text('show_id'),
      director: text('director'),
      country: text('country'),
      release_year: integer('release_year'),
      rating_category: text('rating'),
      duration: integer('duration'),
    })
  }
}

export function partitionOf({ name, timestamp }: RatingMessage): PartitionKey {
  return { name, hour_bucket: `${timestamp.slice(0, 13).replace('T', ' ')}:00` }
}

/** What tells the rows of one partition apart. */
export function rowKey({ timestamp, movie }: { readonly timestamp: string | Date; readonly movie: string }): string {
  const text = typeof timestamp === 'string' ? timestamp.slice(0, 23) : timestamp.toISOString().slice(0, 23)
  return `${text} ${movie}`
}

/** Every column of a row, in one text: two rows are equal where their texts are. */
export function rowText(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(columns.map((column) => row[column] ?? null))
}

/** The films of a catalogue's file by title; of a title that stands there twice the first. */
export async function readFilms(file: string): Promise<ReadonlyMap<string, Film>> {
  const films = new Map<string, Film>()
  // an error of the file reaches the loop through the parser, which `pipeline` destroys with it
  const rows: AsyncIterable<Film> = pipeline(createReadStream(file), parse({ headers: true }), () => {})
  for await (const row of rows) {
    const { title = '' } = row
    if (!films.has(title)) films.set(title, row)
  }
  return films
}

function millisOf({ timestamp }: RatingMessage): number {
  return Date.parse(`${timestamp.slice(0, 23)}Z`)
}
