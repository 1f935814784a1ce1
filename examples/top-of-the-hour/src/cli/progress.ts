/** Where a program writes to. */
export interface Terminal {
  /** Whether a line may be drawn again over itself. */
  readonly isInteractive: boolean
  write(text: string): void
}

/** One line that is drawn again as work goes on; where there is no terminal, only its last state is written. */
export function createProgress(terminal: Terminal): { show(text: string): void; end(text: string): void } {
  const clear = terminal.isInteractive ? '\r\u001b[2K' : ''
  return {
    show: (text) => {
      if (terminal.isInteractive) terminal.write(`${clear}${text}`)
    },
    end: (text) => terminal.write(`${clear}${text}\n`),
  }
}
