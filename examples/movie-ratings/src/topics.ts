/** The topic that ratings come from. */
export const ratingsTopic = 'test'

/** The topic that takes records which are not ratings. */
export const invalidTopic = 'test.invalid'
