import type { DestinationStream } from 'pino'

/**
 * Turns JSON lines into `09:56:10.841 WARN  message  topic=test offset=42`, and the stack of an error below.
 * Made here because pino-pretty would be one more package to install everywhere.
 */
export function prettyDestination(destination: DestinationStream): DestinationStream {
  return {
    write(line) {
      destination.write(pretty(line))
    },
  }
}

function pretty(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const parts: string[] = []
  const stacks: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    const stack = stackOf(value)
    if (stack === undefined) parts.push(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    else stacks.push(stack)
  }
  const details = parts.length > 0 ? `  ${parts.join(' ')}` : ''
  const below = stacks.map((stack) => `\n  ${stack.replaceAll('\n', '\n  ')}`).join('')
  return `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}${details}${below}\n`
}

function stackOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('stack' in value)) return undefined
  const cause = 'cause' in value ? stackOf(value.cause) : undefined
  return `${String(value.stack)}${cause === undefined ? '' : `\nCaused by ${cause}`}`
}
