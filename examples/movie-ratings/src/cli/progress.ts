import type { Terminal } from './terminal.ts'
import { fitted, printable } from './text-width.ts'

/** One line that is drawn again as work goes on. Where there is no terminal only the last state is written. */
export interface Progress {
  show(text: string): void
  /** A line of its own, above the one that is drawn again. */
  say(text: string): void
  /** Leaves the line as it is to be read later. */
  end(text: string): void
}

export function createProgress(terminal: Terminal): Progress {
  let shown = ''
  const clear = terminal.isInteractive ? '\r\u001b[2K' : ''
  const draw = (text: string): void => terminal.write(`${clear}${fitted(printable(text), terminal.columns)}`)
  return {
    show: (text) => {
      if (!terminal.isInteractive) return
      shown = text
      draw(text)
    },
    say: (text) => {
      terminal.write(`${clear}${text}\n`)
      if (shown !== '') draw(shown)
    },
    end: (text) => {
      shown = ''
      terminal.write(`${clear}${text}\n`)
    },
  }
}
