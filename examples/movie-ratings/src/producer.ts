import { main } from './cli/command-line.ts'
import { producerCommand } from './commands/producer-command.ts'

await main(producerCommand)
