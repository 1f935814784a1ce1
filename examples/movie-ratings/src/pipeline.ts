import { main } from './cli/command-line.ts'
import { pipelineCommand } from './commands/pipeline-command.ts'

await main(pipelineCommand)
