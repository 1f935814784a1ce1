import { faker } from '@faker-js/faker/locale/en'

const namesSeed = 2025

/** The people who rate: ten invented ones, the same in every run, and one more at the end. */
export function raters(lastName: string = defaultRater): readonly string[] {
  faker.seed(namesSeed)
  return [...Array.from({ length: 10 }, () => `${faker.person.firstName()} ${faker.person.lastName()}`), lastName]
}

/** The author of the system that this example reproduces. */
export const defaultRater = 'Evangelia Panourgia'
