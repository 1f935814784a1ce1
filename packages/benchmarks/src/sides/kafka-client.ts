import kafkajs from 'kafkajs'

const { Kafka, logLevel } = kafkajs

/** A client as one makes it by hand: defaults, but silent. */
export function kafkaClient(brokers: readonly string[]): kafkajs.Kafka {
  return new Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: logLevel.ERROR })
}

/** Settles when `work` has called one of its callbacks; rejects when the consumer gives up for good. */
export function whileRunning<Result>(
  consumer: kafkajs.Consumer,
  work: (resolve: (result: Result) => void) => Promise<void>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error)
    })
    work(resolve).catch(reject)
  })
}
