/** What the changelog knows of a cell. */
export const inChangelog = 0
/** It holds an older value, or the cell is to be deleted there. */
export const changed = 1
/** It has never heard of it: if it is deleted before anyone asks for changes, there is nothing to tell. */
export const added = 2
/** It holds what somebody else wrote. */
export const touched = 3
/** It holds a retraction that somebody else wrote. */
export const retracted = 4

export type ChangeState = typeof inChangelog | typeof changed | typeof added | typeof touched | typeof retracted
