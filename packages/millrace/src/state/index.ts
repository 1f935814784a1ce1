export type { StoreFactory, StoreOf } from './store-factory.ts'
