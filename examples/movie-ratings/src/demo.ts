import { main } from './cli/command-line.ts'
import { demoCommand } from './commands/demo-command.ts'

await main(demoCommand)
