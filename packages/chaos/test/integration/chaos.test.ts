import { type KafkaServer, startKafka } from '@millrace/local-services'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { type ChaosEventKind, type ChaosPlanOptions, chaosPlan } from '../../src/chaos-plan.ts'
import type { ChaosSettings } from '../../src/chaos-settings.ts'
import { ChaosSystem } from '../../src/chaos-system.ts'
import { runChaos } from '../../src/run-chaos.ts'

const seed = Number(process.env.MILLRACE_SEED ?? 5)
const ratings = 30_000
const limitMs = 240_000

const say = (line: string): void => {
  if (process.env.MILLRACE_TEST_LOG) console.log(line)
}

const shared = inject('servers').kafka
const reason = 'skipped' in shared ? ` [skipped: ${shared.skipped}]` : ''
const given = 'skipped' in shared ? [] : shared.brokers

const base = {
  topology: 'by-film',
  guarantee: 'at-least-once',
  storage: 'memory',
  sharesFolder: false,
  standbyReplicas: 0,
  instances: 1,
  commitEveryMs: 300,
  sessionTimeoutMs: 6_000,
  partitions: 8,
  ratings,
  seed,
} as const satisfies Omit<ChaosSettings, 'brokers'>

const none = { kills: 0, zombies: 0, brokerKills: 0, brokerPauses: 0 }

/** Runs it and gives what was wrong, with the kinds of events that happened. */
async function chaos(
  settings: Partial<ChaosSettings>,
  faults: Partial<ChaosPlanOptions>,
  kafka?: KafkaServer,
): Promise<{ readonly faults: readonly string[]; readonly events: readonly string[]; readonly repeated: number }> {
  const system = await ChaosSystem.create({ ...base, brokers: kafka?.brokers ?? given, ...settings })
  onTestFinished(() => system.close())
  const plan = chaosPlan({ seed, ratings, ...none, ...faults })
  const result = await runChaos({ system, kafka, plan, processes: 3, say })
  expect(result.counts).toBeGreaterThan(2_000)
  return {
    faults: result.faults,
    events: result.phases.slice(1).map(({ event }) => event),
    repeated: result.repeatedResults,
  }
}

const killed: readonly ChaosEventKind[] = ['kill', 'join', 'kill', 'leave', 'kill']

describe.skipIf(reason !== '')(`a stateful app in chaos (seed ${seed})${reason}`, { timeout: limitMs }, () => {
  it('counts exactly by its own key, in memory, with three kills', async () => {
    const { faults, events } = await chaos({ topology: 'by-key' }, { kills: 3 })
    expect(faults).toEqual([])
    expect(events).toEqual(killed)
  })

  it('counts exactly behind a repartition topic, on disk and with standby replicas, with three kills', async () => {
    const { faults, events } = await chaos({ storage: 'persistent', standbyReplicas: 1 }, { kills: 3 })
    expect(faults).toEqual([])
    expect(events).toEqual(killed)
  })

  it('shows each result exactly once under exactly-once, with three kills', async () => {
    const { faults, events, repeated } = await chaos({ guarantee: 'exactly-once', commitEveryMs: 200 }, { kills: 3 })
    expect(faults).toEqual([])
    expect(events).toEqual(killed)
    expect(repeated).toBe(0)
  })

  it.each(['at-least-once', 'exactly-once'] as const)(
    'is not corrupted by a process that stood still until its tasks had moved: %s',
    async (guarantee) => {
      const { faults, events } = await chaos({ guarantee }, { zombies: 1 })
      expect(faults).toEqual([])
      expect(events).toEqual(['zombie'])
    },
  )

  it('goes on by itself when the broker is killed and comes back', async () => {
    const kafka = await startKafka({ ephemeral: true, providers: ['docker', 'jvm'] })
    onTestFinished(() => kafka.dispose())
    const { faults, events } = await chaos({}, { brokerKills: 1 }, kafka)
    expect(faults).toEqual([])
    expect(events).toEqual(['broker-kill'])
  })
})
