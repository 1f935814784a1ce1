export { createLmdbStores, type LmdbStoreOptions } from './lmdb-stores.ts'
export { createMemoryStores } from './memory-stores.ts'
export type { StoreFactory, StoreOf } from './store-factory.ts'
