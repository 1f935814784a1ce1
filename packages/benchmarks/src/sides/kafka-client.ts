import kafkajs from 'kafkajs'

const { Kafka, logLevel } = kafkajs

/** A client as one makes it by hand: defaults, but silent. */
export function kafkaClient(brokers: readonly string[]): kafkajs.Kafka {
  return new Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: logLevel.ERROR })
}
