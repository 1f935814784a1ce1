/** What a stream can show. */
export interface Terminal {
  /** Width to lay text out for: never more than 100, and 100 where the output is not a terminal. */
  readonly columns: number
  /** Whether a line may be drawn again over itself. */
  readonly isInteractive: boolean
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly write: (text: string) => void
}

const widest = 100

/** The terminal behind a stream: colours only there, and not where NO_COLOR is set. */
export function createTerminal(
  stream: NodeJS.WriteStream = process.stdout,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Terminal {
  const isInteractive = stream.isTTY && env.TERM !== 'dumb'
  const isStyled = isInteractive && (env.NO_COLOR ?? '') === ''
  const styled = (code: number) => (text: string) => (isStyled ? `\u001b[${code}m${text}\u001b[0m` : text)
  return {
    // one column stays free: a line as wide as the terminal wraps in some of them
    columns: isInteractive ? Math.max(40, Math.min(widest, stream.columns - 1)) : widest,
    isInteractive,
    bold: styled(1),
    dim: styled(2),
    write: (text) => void stream.write(text),
  }
}
