import { fileURLToPath } from 'node:url'
import { csvTable, integer, text } from 'millrace'

/** The catalogue of this example: films, people and all, are invented. */
export const defaultCatalogueFile: string = fileURLToPath(new URL('../data/films.csv', import.meta.url))
