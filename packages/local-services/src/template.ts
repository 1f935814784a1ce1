import { readFile } from 'node:fs/promises'
import { ServicesError } from './services-error.ts'

/** Replaces every `@NAME@` of a template. A name without a value, or a value without a place, is a mistake. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  const used = new Set<string>()
  const filled = template.replace(/@([A-Z][A-Z_]*)@/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw invalid(`A template asks for @${name}@, which has no value`)
    used.add(name)
    return value
  })
  const idle = Object.keys(values).filter((name) => !used.has(name))
  if (idle.length > 0) throw invalid(`A template has no place for ${idle.map((name) => `@${name}@`).join(', ')}`)
  return filled
}

export async function fillTemplateFile(file: string, values: Readonly<Record<string, string>>): Promise<string> {
  return fillTemplate(await readFile(file, 'utf8'), values)
}

function invalid(what: string): ServicesError {
  return new ServicesError({
    code: 'TEMPLATE_INVALID',
    what,
    hint: 'Mend the template in packages/local-services/config.',
  })
}
