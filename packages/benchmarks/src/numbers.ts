/** A whole number with separators: 1,234,567. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** A number with so many decimals; `-` where there is none. */
export function decimal(value: number, decimals = 1): string {
  return Number.isFinite(value) ? value.toFixed(decimals) : '-'
}
