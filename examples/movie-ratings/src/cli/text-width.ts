const zeroWidth = /\p{Mn}|\p{Me}|\p{Cf}/u
const doubleWidth =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

/** How many columns of a terminal a text takes. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

/** The text in at most `width` columns; what is cut off shows as `…`. */
export function fitted(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let fits = ''
  let taken = 0
  for (const character of text) {
    taken += characterWidth(character)
    if (taken > width - 1) break
    fits += character
  }
  return `${fits}…`
}

/** Text that cannot steer the terminal. A no-break space at an end shows, because it tells two titles apart. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '�').replace(/^\u00a0|\u00a0$/g, '⍽')
}

function characterWidth(character: string): number {
  if (character >= ' ' && character <= '~') return 1
  if (zeroWidth.test(character)) return 0
  return doubleWidth.test(character) ? 2 : 1
}
