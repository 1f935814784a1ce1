import { main } from './cli/command-line.ts'
import { queriesCommand } from './commands/queries-command.ts'

await main(queriesCommand)
