import { firstValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { type AppState, Lifecycle } from './lifecycle.ts'

const states: readonly AppState[] = [
  'created',
  'starting',
  'restoring',
  'running',
  'rebalancing',
  'closing',
  'closed',
  'failed',
]

const paths: Readonly<Record<AppState, readonly AppState[]>> = {
  created: [],
  starting: ['starting'],
  restoring: ['starting', 'restoring'],
  running: ['starting', 'running'],
  rebalancing: ['starting', 'rebalancing'],
  closing: ['starting', 'running', 'closing'],
  closed: ['starting', 'running', 'closing', 'closed'],
  failed: ['starting', 'failed'],
}

function lifecycleIn(state: AppState): Lifecycle {
  const lifecycle = new Lifecycle()
  for (const step of paths[state]) lifecycle.to(step)
  return lifecycle
}

describe('Lifecycle', () => {
  it('allows what its table draws and nothing else', () => {
    const table = states.map((from) => [from, states.filter((to) => to !== from && lifecycleIn(from).can(to))])
    expect(Object.fromEntries(table)).toEqual({
      created: ['starting', 'failed'],
      starting: ['restoring', 'running', 'rebalancing', 'closing', 'failed'],
      restoring: ['running', 'rebalancing', 'closing', 'failed'],
      running: ['restoring', 'rebalancing', 'closing', 'failed'],
      rebalancing: ['restoring', 'running', 'closing', 'failed'],
      closing: ['closed', 'failed'],
      closed: [],
      failed: [],
    })
  })

  it('refuses any other change and stays where it was', () => {
    const lifecycle = lifecycleIn('closed')
    expect(() => lifecycle.to('running')).toThrow('An app that is closed cannot become running')
    expect(lifecycle.state).toBe('closed')
  })

  it('shows every change once and completes at the end', async () => {
    const lifecycle = new Lifecycle()
    const seen = firstValueFrom(lifecycle.state$.pipe(toArray()))
    for (const state of ['starting', 'running', 'running', 'rebalancing', 'running', 'failed'] as const) {
      lifecycle.to(state)
    }
    expect(await seen).toEqual(['created', 'starting', 'running', 'rebalancing', 'running', 'failed'])
  })
})
