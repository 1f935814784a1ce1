import { type ErrorCode, StartupError, type StreamsError } from 'millrace'

const unreachable: readonly ErrorCode[] = ['TRANSPORT_UNREACHABLE', 'SINK_UNREACHABLE']
const missing: readonly ErrorCode[] = ['TOPIC_MISSING', 'TABLE_MISSING']

/** What to try in this project; empty where there is nothing to add to the error's own hint. */
export function failureHint(error: StreamsError): string {
  const codes = error instanceof StartupError ? error.faults.map(({ code }) => code) : [error.code]
  if (codes.some((code) => unreachable.includes(code)))
    return '\n\nTo start Kafka and Cassandra here: docker compose up --wait, or npm run services -- up'
  if (codes.some((code) => missing.includes(code)))
    return '\n\nTo create topics and table here: docker compose up --wait, or npm run services -- up; only the topics: pipeline.js --create-topics'
  return ''
}
