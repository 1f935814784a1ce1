import type { PartitionRows } from './partition-rows.ts'

/** The partitions that have rows to send, first come, first served. */
export interface SendQueue {
  push(partition: PartitionRows): void
  /** Takes the next one that may be sent now. */
  next(): PartitionRows | undefined
  putBack(partition: PartitionRows): void
  /** A request of this partition is under way, or has ended. */
  sent(key: string): void
  done(key: string): void
}

/** `isOrdered`: no more than one request of a partition under way, so that none overtakes another. */
export function sendQueue(isOrdered: boolean): SendQueue {
  const queue = new Fifo<PartitionRows>()
  if (!isOrdered) {
    return {
      push: (partition) => queue.push(partition),
      next: () => queue.shift(),
      putBack: (partition) => queue.unshift(partition),
      sent: () => {},
      done: () => {},
    }
  }
  const underWay = new Map<string, PartitionRows[]>()
  return {
    push: (partition) => queue.push(partition),
    next() {
      for (;;) {
        const partition = queue.shift()
        const waiting = partition && underWay.get(partition.key)
        if (waiting === undefined) return partition
        waiting.push(partition!)
      }
    },
    putBack: (partition) => queue.unshift(partition),
    sent: (key) => void underWay.set(key, []),
    done(key) {
      const waiting = underWay.get(key) ?? []
      underWay.delete(key)
      for (const partition of waiting.reverse()) queue.unshift(partition)
    },
  }
}

/** A queue whose `shift` does not move what is behind. */
class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0

  push(item: T): void {
    this.#items.push(item)
  }

  unshift(item: T): void {
    if (this.#head > 0) this.#items[--this.#head] = item
    else this.#items.unshift(item)
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
