export { compile } from './compile.ts'
export type { CompiledTopology, SubTopology } from './compiled-topology.ts'
export { describe, describeFormats, type DescribeFormat } from './describe.ts'
export { explain } from './explain.ts'
