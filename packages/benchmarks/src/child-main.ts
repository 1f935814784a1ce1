import { type FromSide, type SideControl, sides, type ToSide } from './sides.ts'

// Entry of a child process: runs the one side that its parent names, answers and ends.

type Run = (input: unknown, control: SideControl) => Promise<unknown>

let stop = (): void => {}
const stopped = new Promise<void>((resolve) => {
  stop = resolve
})

process.on('message', (message: ToSide) => {
  if (message.kind === 'stop') return stop()
  runSide(message).then(
    (result) => answer({ kind: 'result', result }, 0),
    (thrown: unknown) => answer({ kind: 'failed', reason: reasonOf(thrown) }, 1),
  )
})
// without its parent a measurement is of no use to anybody
process.on('disconnect', () => process.exit(1))

async function runSide(message: Extract<ToSide, { kind: 'start' }>): Promise<unknown> {
  const { run } = await sides[message.name]()
  return (run as Run)(message.input, { ready: () => process.send?.({ kind: 'ready' } satisfies FromSide), stopped })
}

function answer(message: FromSide, exitCode: number): void {
  process.send?.(message, () => process.exit(exitCode))
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
