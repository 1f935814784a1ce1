import { StreamsError } from '../errors/index.ts'

/** Kafka's rule for topic and group names, which all our names follow too. */
const legal = /^[a-zA-Z0-9._-]{1,249}$/

/** Throws NAME_INVALID unless Kafka would take the name. */
export function checkName(name: string, what: string, callSite?: string): void {
  if (legal.test(name) && name !== '.' && name !== '..') return
  throw new StreamsError({
    code: 'NAME_INVALID',
    what: `${what} '${name}' is not a legal name`,
    hint: 'Use 1 to 249 of the characters a-z A-Z 0-9 . _ - .',
    callSite,
  })
}

/**
 * The id of an operation that the user did not name: the path from its first source, so that a change elsewhere never
 * renames it. Siblings of the same kind under the same parent are told apart by their order under that parent.
 */
export function pathId(parent: string | undefined, operation: string, taken: ReadonlySet<string>): string {
  const path = parent === undefined ? operation : `${parent}/${operation}`
  let id = path
  for (let sibling = 2; taken.has(id); sibling++) id = `${path}-${sibling}`
  return id
}
