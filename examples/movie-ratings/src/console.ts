import { main } from './cli/command-line.ts'
import { consoleCommand } from './commands/console-command.ts'

await main(consoleCommand)
