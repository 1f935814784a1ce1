import { fitted } from './text-width.ts'
import type { Terminal } from './terminal.ts'

/** One line that is drawn again as work goes on. Where there is no terminal only the last state is written. */
export interface Progress {
  show(text: string): void
  /** Leaves the line as it is to be read later. */
  end(text: string): void
}

export function createProgress(terminal: Terminal): Progress {
  const draw = (text: string) => terminal.write(`\r\u001b[2K${fitted(text, terminal.columns)}`)
  return {
    show: (text) => {
      if (terminal.isInteractive) draw(text)
    },
    end: (text) => {
      if (terminal.isInteractive) draw(text)
      else terminal.write(text)
      terminal.write('\n')
    },
  }
}
