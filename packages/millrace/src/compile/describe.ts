import { StreamsError } from '../errors/index.ts'
import type { CompiledTopology } from './compiled-topology.ts'
import { describeKafkaStreams } from './describe-kafka-streams.ts'
import { describeMermaid } from './describe-mermaid.ts'
import { describeText } from './describe-text.ts'

/** Indented text, a Mermaid flowchart, or the text form that viewers of Kafka Streams' topologies draw. */
export type DescribeFormat = 'text' | 'mermaid' | 'kafka-streams'

const writers: Readonly<Record<DescribeFormat, (topology: CompiledTopology) => string>> = {
  text: describeText,
  mermaid: describeMermaid,
  'kafka-streams': describeKafkaStreams,
}

export const describeFormats: readonly DescribeFormat[] = ['text', 'mermaid', 'kafka-streams']

/** The topology in one of the formats. Throws OPTION_INVALID for another. */
export function describe(topology: CompiledTopology, format: DescribeFormat): string {
  if (!Object.hasOwn(writers, format)) {
    throw new StreamsError({
      code: 'OPTION_INVALID',
      what: `describe() does not know the format '${format}'`,
      hint: `Use one of ${describeFormats.join(', ')}.`,
    })
  }
  return writers[format](topology)
}
