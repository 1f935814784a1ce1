import { callSite } from './call-site.ts'
import { checkName } from './names.ts'

/** What happens to a record that cannot be read, processed or written. */
export type Policy =
  | { readonly kind: 'fail' }
  | { readonly kind: 'skip' }
  | { readonly kind: 'dead-letter'; readonly topic: string }

/** Stop the app with an error that names the record. The default everywhere: nothing is lost silently. */
export const fail: Policy = Object.freeze({ kind: 'fail' })

/** Leave the record out, count it (`records-skipped`) and log it. */
export const skip: Policy = Object.freeze({ kind: 'skip' })

/**
 * Write the record's raw key and value to `topic`, with the reason in its headers (`millrace.error.*`), count it
 * (`dead-letters`) and go on. The topic must exist; the offset is committed only after the dead letter is acknowledged.
 * Throws NAME_INVALID.
 */
export function deadLetter(topic: string): Policy {
  checkName(topic, 'Topic', callSite())
  return Object.freeze({ kind: 'dead-letter', topic })
}
