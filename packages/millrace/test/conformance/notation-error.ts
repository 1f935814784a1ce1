/** A line of a case file that is not in the notation. */
export function notation(file: string, line: number, text: string): Error {
  return new Error(`${file}:${line} is not in the notation of conformance cases: ${JSON.stringify(text)}`)
}
