import { chaosCommand } from './chaos/chaos-command.ts'
import { main } from './cli/command-line.ts'

await main(chaosCommand)
