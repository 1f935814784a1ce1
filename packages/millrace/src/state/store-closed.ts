import { StreamsError } from '../errors/index.ts'

export function storeClosed(storeName: string): StreamsError {
  return new StreamsError({
    code: 'STORE_CLOSED',
    what: 'The store is closed',
    hint: 'Use a store only while its task runs, and keep none beyond it.',
    storeName,
  })
}
