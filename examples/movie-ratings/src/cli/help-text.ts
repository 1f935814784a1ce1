import type { Command, Options } from './command-line.ts'

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

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > columns) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}
