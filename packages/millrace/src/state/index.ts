export { createLmdbStores, type LmdbStoreOptions } from './lmdb-stores.ts'
export { createMemoryStores } from './memory-stores.ts'
export { isPersistentStore, type PersistentStore } from './persistent-store.ts'
export type { StoreFactory, StoreOf } from './store-factory.ts'
