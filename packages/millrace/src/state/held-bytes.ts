/**
 * Bytes as a string of one character per byte. Against a Buffer it takes 16 bytes around its content instead of about
 * a hundred, keeps no pool alive, compares in unsigned byte order with `<`, and a Map can look it up.
 */
export function latin1Of(bytes: Buffer): string {
  return (bytes as Buffer & { latin1Slice(from: number, to: number): string }).latin1Slice(0, bytes.length)
}

/** A copy: nobody else holds its memory. */
export function bytesOf(held: string): Buffer {
  return Buffer.from(held, 'latin1')
}
