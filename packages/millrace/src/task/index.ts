export { GlobalTable } from './global-table.ts'
export { Task, taskId } from './task.ts'
export type { TaskHost } from './task-host.ts'
