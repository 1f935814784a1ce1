import { parseInstant } from 'millrace'
import { UsageError } from './usage-error.ts'

/** One option of a command: how it is described, and how its text becomes a value. */
export interface Option<Value> {
  readonly help: string
  readonly isFlag: boolean
  /** What stands for the value in the usage, e.g. `<n>`. */
  readonly placeholder?: string
  readonly defaultText?: string
  /** The value of this text, or the default when the option was not given. Throws UsageError. */
  read(text: string | undefined, name: string): Value
}

interface Described<Value> {
  readonly help: string
  readonly placeholder: string
  readonly default: Value
  readonly defaultText?: string
}

function valueOption<Value>(options: Described<Value>, parse: (text: string, name: string) => Value): Option<Value> {
  const { help, placeholder } = options
  const text = options.defaultText ?? (options.default === undefined ? undefined : String(options.default))
  return {
    help,
    placeholder,
    isFlag: false,
    ...(text === undefined ? {} : { defaultText: text }),
    read: (given, name) => (given === undefined ? options.default : parse(given, name)),
  }
}

export function flag(help: string): Option<boolean> {
  return { help, isFlag: true, read: (text) => text === 'true' }
}

export function textOption<Default extends string | undefined>(options: Described<Default>): Option<string | Default> {
  return valueOption<string | Default>(options, (text, name) => {
    if (text === '') throw new UsageError(`Option '--${name}' is empty`)
    return text
  })
}

/** A number; `integer` unless said otherwise. */
export function numberOption<Default extends number | undefined>(
  options: Described<Default> & { readonly min: number; readonly max?: number; readonly fraction?: boolean },
): Option<number | Default> {
  return valueOption<number | Default>(options, (text, name) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    const fits = value >= options.min && value <= (options.max ?? Number.MAX_SAFE_INTEGER)
    if (!fits || (options.fraction !== true && !Number.isInteger(value)))
      throw new UsageError(`Option '--${name}' takes ${rangeText(options)}, not '${text}'`)
    return value
  })
}

function rangeText({ min, max, fraction }: { min: number; max?: number; fraction?: boolean }): string {
  const kind = fraction === true ? 'a number' : 'a whole number'
  return max === undefined ? `${kind} of at least ${min}` : `${kind} from ${min} to ${max}`
}

export function choiceOption<const Choice extends string>(
  choices: readonly Choice[],
  options: Described<Choice>,
): Option<Choice> {
  return valueOption(options, (text, name) => {
    const found = choices.find((choice) => choice === text)
    if (found === undefined) throw new UsageError(`Option '--${name}' takes ${choices.join(', ')}; not '${text}'`)
    return found
  })
}

/** Addresses, separated by commas. */
export function addressesOption(options: Described<readonly string[]>): Option<readonly string[]> {
  const described = { ...options, defaultText: options.default.join(',') }
  return valueOption(described, (text, name) => {
    const addresses = splitAddresses(text)
    if (addresses.length === 0) throw new UsageError(`Option '--${name}' names no address`)
    return addresses
  })
}

export function splitAddresses(text: string): readonly string[] {
  return text
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '')
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A duration such as `500ms`, `30s`, `1m`, `2h`; in ms. */
export function durationOption(options: Described<number> & { readonly defaultText: string }): Option<number> {
  return valueOption(options, (text, name) => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
    const durationMs = Number(amount) * (unitsMs[unit ?? ''] ?? Number.NaN)
    if (!(durationMs > 0))
      throw new UsageError(`Option '--${name}' takes a duration such as 500ms, 30s or 1m, not '${text}'`)
    return durationMs
  })
}

/** An ISO time; one without an offset is read as UTC. In ms since the epoch. */
export function instantOption(options: Described<undefined>): Option<number | undefined> {
  return valueOption<number | undefined>(options, (text, name) => {
    const atMs = parseInstant(text, { zone: 'UTC' })
    if (atMs !== undefined) return atMs
    throw new UsageError(`Option '--${name}' takes a time such as 2025-03-27T08:00, not '${text}'`)
  })
}

/** An hour as it stands in the table. */
export function hourOption(options: Described<undefined>): Option<string | undefined> {
  return valueOption<string | undefined>(options, (text, name) => {
    if (text.endsWith(':00') && text.charAt(10) === ' ' && parseInstant(text, { zone: 'UTC' }) !== undefined)
      return text
    throw new UsageError(`Option '--${name}' takes an hour such as '2025-03-27 10:00', not '${text}'`)
  })
}
