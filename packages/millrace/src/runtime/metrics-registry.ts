import type { Counter, MetricName, Metrics } from '../ports/metrics.ts'

export interface CounterReading {
  readonly name: MetricName
  readonly node: string
  readonly value: number
}

/** All counters of one app. */
export class MetricsRegistry implements Metrics {
  readonly #counters = new Map<string, Counter & { readonly name: MetricName; readonly node: string }>()

  counter(name: MetricName, node: string): Counter {
    const id = `${name} ${node}`
    let counter = this.#counters.get(id)
    if (counter === undefined) {
      counter = { name, node, value: 0 }
      this.#counters.set(id, counter)
    }
    return counter
  }

  readings(): readonly CounterReading[] {
    return [...this.#counters.values()].map(({ name, node, value }) => ({ name, node, value }))
  }

  total(name: MetricName): number {
    let total = 0
    for (const counter of this.#counters.values()) if (counter.name === name) total += counter.value
    return total
  }
}
