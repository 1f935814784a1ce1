import { skip, string, type KStream, type SourceOptions, type TopologyBuilder } from 'millrace'
import type { ProcessorContext } from 'millrace/ports'
import { texts } from '../topologies/text.ts'
import { minus, plus, type Spec } from './spec.ts'

type Build = (t: TopologyBuilder, spec: Spec) => void
type Context = Pick<ProcessorContext<string | null, string, never>, 'forward' | 'schedule' | 'streamTime' | 'wallClock'>

/** Schedules what the options name: s1 and s2 on stream time, w1 and w2 on the wall clock. */
function schedule(context: Context, { options }: Spec): void {
  for (const name of ['s1', 's2', 'w1', 'w2'].filter((one) => options[one] !== undefined)) {
    const type = name.startsWith('s') ? 'stream-time' : 'wall-clock'
    const every = Number(options[name])
    let calls = 0
    const cancel = context.schedule(every, type, (time) => {
      const value = `${time}/${context.streamTime}/${context.wallClock}/-`
      context.forward({ key: name, value, timestamp: time })
      calls++
      if (calls === Number(options['cancel'])) cancel()
      if (calls === Number(options['again'])) context.schedule(every + 3, type, telling(context, `${name}b`))
    })
  }
}

function telling(context: Context, key: string): (time: number) => void {
  return (time) => context.forward({ key, value: String(time), timestamp: time })
}

const punctuation: Build = (t, spec) => {
  const { inproc } = spec.options
  t.source('in', texts)
    .process<string | null, string>((context) => {
      schedule(context, spec)
      return {
        process({ key, value }) {
          context.forward({ key, value: `${value}/${context.streamTime}` })
          if (inproc === undefined || !value.endsWith('3')) return
          context.schedule(7, inproc === '1' ? 'stream-time' : 'wall-clock', telling(context, 'p'))
        },
      }
    })
    .to('out', texts)
}

/** The event time of a value, which may be none: then the record is left out, or has the partition's. */
function timed({ options }: Spec): SourceOptions<string, string> {
  const { ext } = options
  if (ext === undefined) return texts
  const at: SourceOptions<string, string>['at'] = (value, { partitionTime }) => {
    const time = ((Number(value) * 7) % 40) - 6
    return time < 0 && ext === '2' ? partitionTime : time
  }
  return { ...texts, onInvalid: skip, at }
}

/** Sends `topic:ms:value` parts to topics that are read again, so that several inputs have records at a time. */
const severalInputs: Build = (t, spec) => {
  const parts = t.source('in', texts).process<string, string>((context) => ({
    process({ value }) {
      for (const part of value.split(',')) {
        const [key, time, text] = part.split(':') as [string, string, string]
        context.forward({ key, value: text, timestamp: Number(time) })
      }
    },
  }))
  parts.to((_value, key) => key, { ...texts, topics: ['a', 'b', 'c'] })
  const [a, b, c] = ['a', 'b', 'c'].map((topic) => t.source(topic, timed(spec))) as [Texts, Texts, Texts]
  const one = (stream: Texts): KStream<string, string> => stream.selectKey(() => 'k')
  const values = { leftValue: string(), rightValue: string() }
  const { mode } = spec.options
  if (mode === 'merge')
    a.merge(b)
      .mapValues((value) => `m${value}`)
      .to('out', texts)
  else if (mode === 'table') {
    one(a).joinTable(one(b).toTable(texts), { type: 'left', select: minus, value: string() }).to('out', texts)
  } else
    one(a)
      .joinStream(one(b), { type: 'inner', within: 1000, select: plus, ...values })
      .to('out', texts)
  c.mapValues((value) => `c${value}`).to('out', texts)
}

type Texts = KStream<string | null, string>

export const tasks: Readonly<Record<string, Build>> = { pu: punctuation, rt: severalInputs }
