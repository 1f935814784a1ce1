import { numberOption, textOption } from '../cli/option.ts'
import { defaultCatalogueFile } from '../catalogue.ts'
import { defaultRater } from '../generator/raters.ts'

/** What decides which ratings are made. */
export const ratingOptions = {
  seed: numberOption({
    help: 'the same seed gives the same films and marks',
    placeholder: '<n>',
    default: undefined,
    defaultText: 'another one each time',
    min: 0,
    max: 4_294_967_295,
  }),
  name: textOption({ help: 'the eleventh rater', placeholder: '<name>', default: defaultRater }),
  titles: textOption({
    help: 'file of titles, one per line and no header, instead of those of the catalogue',
    placeholder: '<file>',
    default: undefined,
  }),
  catalogue: catalogueOption(),
}

/** The file with what is known about the films. */
export function catalogueOption() {
  return textOption({
    help: 'CSV file of films',
    placeholder: '<file>',
    default: defaultCatalogueFile,
    defaultText: 'data/films.csv of this example',
  })
}
