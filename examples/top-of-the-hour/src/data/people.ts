import type { User } from '../schemas.ts'

/** The users, by name. */
export const users: ReadonlyMap<string, User> = new Map(
  Object.entries({
    'Ann Vassiliou': { country: 'Greece' },
    'Bob Quispe': { country: 'Peru' },
    'Chiyo Arai': { country: 'Japan' },
    'Dele Okafor': { country: 'Nigeria' },
    'Elif Kaya': { country: 'Turkey' },
    'Finn Halvorsen': { country: 'Norway' },
    'Grace Mbeki': { country: 'South Africa' },
    'Hugo Lindqvist': { country: 'Sweden' },
    'Inês Duarte': { country: 'Portugal' },
    'Jun Park': { country: 'South Korea' },
  }),
)

/** People who rate films and are no users: the inner join leaves out a film whose fan is one of them. */
export const guests: readonly string[] = ['Kit (guest)', 'Lou (guest)']
