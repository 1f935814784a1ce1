import { StreamsError } from '../errors/index.ts'
import type { TableSinkNode } from '../plan/index.ts'
import { unusable } from './callback.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function tableSink(node: TableSinkNode, _forward: Forward, services: ProcessorServices): Forward {
  const writer = services.sink(node.id)
  const { record } = services
  return (_key, value, timestamp) => {
    if (typeof value !== 'object' || value === null) {
      return services.threw(node, unusable('the operation before sinkCassandra()', 'an object with the columns', value))
    }
    try {
      writer.write(value, timestamp, record.origin())
    } catch (thrown) {
      if (!(thrown instanceof StreamsError) || thrown.code !== 'ROW_INVALID') throw thrown
      services.failed(node, node.onRejected, thrown)
    }
  }
}
