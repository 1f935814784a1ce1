import type { StandardSchemaV1 } from '@standard-schema/spec'

const shownIssues = 5

/** Runs a schema of any library. Answers as the schema does: at once, or with a promise. Throws what the schema throws. */
export function validate<S extends StandardSchemaV1>(
  schema: S,
  value: unknown,
):
  | StandardSchemaV1.Result<StandardSchemaV1.InferOutput<S>>
  | Promise<StandardSchemaV1.Result<StandardSchemaV1.InferOutput<S>>> {
  return schema['~standard'].validate(value)
}

/** What is wrong and where, on one line: `rating: expected number; tags[2]: too long`. The first five issues. */
export function issuesText(issues: readonly StandardSchemaV1.Issue[]): string {
  const texts = issues.slice(0, shownIssues).map((issue) => {
    const path = pathText(issue.path ?? [])
    const message = issue.message.replace(/\s*\n\s*/g, ' ')
    return path === '' ? message : `${path}: ${message}`
  })
  if (issues.length > shownIssues) texts.push(`and ${issues.length - shownIssues} more`)
  return texts.join('; ')
}

function pathText(path: readonly (PropertyKey | StandardSchemaV1.PathSegment)[]): string {
  let text = ''
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.key : segment
    if (typeof key === 'number') text += `[${key}]`
    else text += text === '' ? String(key) : `.${String(key)}`
  }
  return text
}
