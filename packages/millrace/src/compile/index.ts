export { compile } from './compile.ts'
export type { CompiledTopology, SubTopology } from './compiled-topology.ts'
export { describeMermaid } from './describe-mermaid.ts'
export { describeText } from './describe-text.ts'
