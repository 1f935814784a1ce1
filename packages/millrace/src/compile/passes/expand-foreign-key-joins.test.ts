import { describe, expect, it } from 'vitest'
import { string, topology } from '../../index.ts'
import type { PlanNode } from '../../plan/index.ts'
import { expandForeignKeyJoins } from './expand-foreign-key-joins.ts'

const texts = { key: string(), value: string() }

function expanded(type: 'inner' | 'left') {
  const app = topology('app', (t) => {
    const [left, right] = [t.table('left', texts), t.table('right', texts)]
    left
      .joinTable(right, { type, on: (value) => value, select: (value) => value, value: string(), name: 'with-right' })
      .toStream()
      .to('out')
  })
  return { before: app.plan.nodes, after: expandForeignKeyJoins(app.plan.nodes) }
}

describe('expandForeignKeyJoins()', () => {
  it('puts the way to the right side and back in the place of the join, whose id the last node keeps', () => {
    const { before, after } = expanded('inner')
    const { id, parents } = before.find((node) => node.kind === 'foreign-key-join')!
    const own = after.filter((node) => node.id === id || node.id.startsWith(`${id}/`))
    const [left, right] = parents
    expect(own.slice(0, 5).map((node) => [node.kind, node.id, ...node.parents])).toEqual([
      ['subscription-send', `${id}/send`, left],
      ['repartition', `${id}/registration`, `${id}/send`],
      ['subscription-join', `${id}/subscriptions`, `${id}/registration`, right],
      ['repartition', `${id}/response`, `${id}/subscriptions`],
      ['response-join', id, `${id}/response`, left],
    ])
    expect(after).toHaveLength(before.length + 4)
    expect(own.every((node) => Object.isFrozen(node) && Object.isFrozen(node.parents))).toBe(true)
  })

  it('names the topics after the join, and lets null keys through only under left', () => {
    const topics = (['inner', 'left'] as const).map((type) =>
      expanded(type).after.flatMap((node) =>
        node.kind === 'repartition' && node.name.includes('subscription') ? [[node.name, node.keepsNullKeys]] : [],
      ),
    )
    expect(topics[0]).toEqual([
      ['with-right-subscription-registration', false],
      ['with-right-subscription-response', false],
    ])
    expect(topics[1]?.map(([, keepsNullKeys]) => keepsNullKeys)).toEqual([true, false])
  })

  it('leaves everything else as it is', () => {
    const { before, after } = expanded('inner')
    const others: readonly PlanNode[] = before.filter((node) => node.kind !== 'foreign-key-join')
    expect(after.filter((node) => others.includes(node))).toEqual(others)
  })
})
