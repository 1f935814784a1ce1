export { GlobalTable } from './global-table.ts'
export type { PartitionQueue } from './partition-queue.ts'
export { type InputPosition, Task, taskId } from './task.ts'
export type { TaskHost } from './task-host.ts'
