import { runCommand } from './cli/run-command.ts'

// `… | head` closes our output early: that is the reader's right, not a fault
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
const code = await runCommand(
  process.argv.slice(2),
  {
    isInteractive: process.stdout.isTTY && process.env.TERM !== 'dumb',
    write: (text) => void process.stdout.write(text),
  },
  (text) => void process.stderr.write(text),
)
process.exitCode = code
