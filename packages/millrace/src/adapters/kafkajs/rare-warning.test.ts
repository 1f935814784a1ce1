import { expect, it } from 'vitest'
import type { Logger } from '../../ports/index.ts'
import { RareWarning } from './rare-warning.ts'

function warningAfter(afterMs: number) {
  const time = { nowMs: 1_000 }
  const clock = { nowMs: () => time.nowMs, schedule: () => () => {}, yield: async () => {} }
  const said: number[] = []
  const silent = (): void => {}
  const logger: Logger = {
    debug: silent,
    info: silent,
    warn: () => said.push(time.nowMs),
    error: silent,
    child: () => logger,
  }
  return { time, said, warning: new RareWarning(clock, logger, afterMs) }
}

it('speaks at once, and then every ten seconds', () => {
  const { time, said, warning } = warningAfter(0)
  for (; time.nowMs <= 25_000; time.nowMs += 500) warning.failed('it fails', new TypeError('broken'))
  expect(said).toEqual([1_000, 11_000, 21_000])
})

it('says nothing of what heals soon, and counts anew after that', () => {
  const { time, said, warning } = warningAfter(3_000)
  for (; time.nowMs < 20_000; time.nowMs += 500) {
    warning.failed('it fails', new TypeError('broken'))
    if (time.nowMs % 2_000 === 0) warning.healed()
  }
  expect(said).toEqual([])
  for (; time.nowMs < 30_000; time.nowMs += 500) warning.failed('it fails', new TypeError('broken'))
  expect(said).toEqual([21_500])
})
