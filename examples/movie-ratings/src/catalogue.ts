import { fileURLToPath } from 'node:url'
import { csvInteger, csvTable, csvText } from 'millrace'

/** The catalogue of this example: films, people and all, are invented. */
export const defaultCatalogueFile: string = fileURLToPath(new URL('../data/films.csv', import.meta.url))

/** Films by title, which is taken as it stands: neither trimmed nor re-cased. What the file leaves empty is unset. */
export function catalogue(file: string = defaultCatalogueFile) {
  return csvTable(file, {
    key: 'title',
    columns: {
      show_id: csvText({ empty: 'undefined' }),
      director: csvText({ empty: 'undefined' }),
      country: csvText({ empty: 'undefined' }),
      release_year: csvInteger({ empty: 'undefined' }),
      // the rating of a film's audience, not the mark that someone gave it
      rating_category: csvText({ from: 'rating', empty: 'undefined' }),
      duration: csvInteger({ empty: 'undefined' }),
    },
    // a title that is listed twice is one film: the first row counts
    onDuplicateKey: 'first',
    reload: true,
  })
}

export type Catalogue = ReturnType<typeof catalogue>
