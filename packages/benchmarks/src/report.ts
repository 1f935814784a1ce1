import { markdownTable } from './markdown-table.ts'
import type { Goal, Section } from './measurement.ts'

/** The report: where and with what it was measured, then a table per section with its goals. */
export function reportText(machine: Readonly<Record<string, string>>, sections: readonly Section[]): string {
  const facts = markdownTable([{ title: 'Machine' }, { title: '' }], Object.entries(machine))
  return [facts, ...sections.map(sectionText)].join('\n\n')
}

/** A goal, and whether it was reached, in a line. */
export function goalText({ text, reached, isReached }: Goal): string {
  return `${text}: ${reached} ${isReached ? '✓' : '✗ missed'}`
}

function sectionText({ title, columns, rows, goals, notes }: Section): string {
  const parts = [`### ${title}`, markdownTable(columns, rows)]
  if (goals.length > 0) parts.push(goals.map((goal) => `- ${goalText(goal)}`).join('\n'))
  if (notes.length > 0) parts.push(notes.join('\n'))
  return parts.join('\n\n')
}
