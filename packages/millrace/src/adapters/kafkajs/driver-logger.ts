import kafkajs, { type LogEntry, type logCreator } from 'kafkajs'
import type { Logger } from '../../ports/index.ts'

/** What these report is thrown as well, and then handled and logged by this adapter. */
const noisy = new Set(['Connection', 'ConnectionPool', 'BrokerPool', 'Broker', 'Cluster', 'RequestQueue'])

/** Sends what kafkajs logs to our logger; its progress reports and its echo of handled errors become debug lines. */
export function createLogCreator(logger: Logger): logCreator {
  return () => (entry: LogEntry) => {
    const { message, timestamp: _timestamp, logger: _logger, ...fields } = entry.log
    const line = { ...fields, kafkajs: entry.namespace || 'Client' }
    if (entry.level > kafkajs.logLevel.WARN || noisy.has(entry.namespace)) logger.debug(line, message)
    else if (entry.level === kafkajs.logLevel.WARN) logger.warn(line, message)
    else logger.error(line, message)
  }
}
