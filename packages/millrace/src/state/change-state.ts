/** What the changelog knows of a cell. */
export const inChangelog = 0
/** It holds an older value, or the cell is to be deleted there. */
export const changed = 1
/** It has never heard of it: if it is deleted before anyone asks for changes, there is nothing to tell. */
export const added = 2

export type ChangeState = typeof inChangelog | typeof changed | typeof added
