// A process that is killed with a transaction open: one is committed, the next is not ended. Prints when it is there.
import { createKafkajsTransport } from '../../dist/adapters/kafkajs/index.js'
import { systemClock } from '../../dist/runtime/system-clock.js'

const [brokers, transactionalId, groupId, topic] = process.argv.slice(2)
const silent = () => {}
const logger = { debug: silent, info: silent, warn: silent, error: silent, child: () => logger }
const transport = createKafkajsTransport({ brokers: brokers.split(',') }, { clock: systemClock, logger })
const record = (value) => ({ key: null, value: Buffer.from(value), timestamp: 1_743_069_370_841, headers: [] })

await transport.connect()
const producer = transport.transactionalProducer({ clientId: 'holder', transactionalId })
await producer.init()
for (const [index, value] of ['kept', 'left open'].entries()) {
  await producer.send([{ topic, partition: 0, records: [record(value)] }])
  await producer.sendOffsets(groupId, [{ topic, partition: 0, offset: index + 1, metadata: value }])
  if (index === 0) await producer.commit()
}
process.stdout.write('open\n')
setInterval(silent, 1_000)
