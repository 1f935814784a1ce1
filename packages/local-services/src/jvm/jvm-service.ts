import type { CommitLogSync, ServiceName } from '../service.ts'
import type { JavaRange } from './java.ts'

/** Where one server lives: its folder, its addresses, and how it was asked to run. */
export interface Place {
  /** Holds `data/`, `logs/`, `config/` and `service.json`. */
  readonly dir: string
  readonly host: string
  readonly port: number
  readonly internalPort: number
  readonly heapMb: number
  readonly commitLogSync: CommitLogSync
}

/** A step that runs to its end before the server starts, e.g. formatting its storage. */
interface JavaStep {
  readonly jvmOptions: readonly string[]
  readonly mainClass: string
  readonly args: readonly string[]
}

/** How one kind of server is run from its jars. */
export interface JvmService {
  readonly name: ServiceName
  readonly java: JavaRange
  readonly pom: string
  /** The log that carries `readyText`, inside `logs/`. */
  readonly logFile: string
  /** Stands in the log once the server is ready for clients. */
  readonly readyText: string
  readonly mainClass: string
  writeConfig(place: Place): Promise<void>
  /** What has to run first, if anything. */
  preparation(place: Place): Promise<JavaStep | undefined>
  jvmOptions(place: Place, classPath: readonly string[]): readonly string[]
  args(place: Place): readonly string[]
}
