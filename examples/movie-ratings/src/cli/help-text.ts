import type { Command, Options } from './command-line.ts'
import { wrapped } from './wrapped.ts'

const width = 80

/** What `--help` prints. */
export function helpText<O extends Options>(command: Command<O>): string {
  const entries: [string, string][] = Object.entries(command.options).map(([name, option]) => [
    `--${name}${option.placeholder === undefined ? '' : ` ${option.placeholder}`}`,
    option.defaultText === undefined ? option.help : `${option.help} (default: ${option.defaultText})`,
  ])
  entries.push(['-h, --help', 'print this'])
  return [
    ...wrapped(command.summary, width),
    '',
    `Usage: ${command.usage} [options]`,
    '',
    'Options:',
    ...aligned(entries),
    '',
    'Examples:',
    ...command.examples.flatMap(([line, explanation]) => [`  # ${explanation}`, `  ${line}`]),
    '',
  ].join('\n')
}

function aligned(entries: readonly [string, string][]): string[] {
  const left = Math.max(...entries.map(([name]) => name.length))
  return entries.flatMap(([name, help]) =>
    wrapped(help, width - left - 4).map((line, index) => `  ${(index === 0 ? name : '').padEnd(left)}  ${line}`),
  )
}
