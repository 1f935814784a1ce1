import { StreamsError } from '../errors/index.ts'

/** A DESERIALIZE_FAILED about one record of `topic`. */
export function deserializeFailed(topic: string, what: string, hint: string, cause?: unknown): StreamsError {
  return new StreamsError({ code: 'DESERIALIZE_FAILED', what, hint, topic, cause })
}

/** A SERIALIZE_FAILED about one record of `topic`. */
export function serializeFailed(topic: string, what: string, hint: string, cause?: unknown): StreamsError {
  return new StreamsError({ code: 'SERIALIZE_FAILED', what, hint, topic, cause })
}
