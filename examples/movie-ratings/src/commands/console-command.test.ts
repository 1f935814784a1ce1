import { connectTransport, embedded, run, systemClock } from 'millrace'
import { expect, it, onTestFinished } from 'vitest'
import { createReadableLogger } from '../cli/readable-logger.ts'
import { createTopics } from '../create-topics.ts'
import { sendRatings } from '../generator/send-ratings.ts'
import { ratingsTopic } from '../topics.ts'
import { ratingsOnScreen } from './console-command.ts'

it('prints a line per rating and goes past what is none', async () => {
  const server = embedded()
  const transport = await connectTransport({ embedded: server })
  onTestFinished(() => transport.close())
  await createTopics(transport)
  const rating = { name: 'Ann', movie: 'Odd\u001b[2J Socks', timestamp: '2025-03-27T09:56:10.841672', rating: 9 }
  async function* feed() {
    yield ['{oops', JSON.stringify(rating)].map((value) => ({ key: 'Ann', value }))
  }
  await sendRatings({ transport, topic: ratingsTopic, feed: feed(), clock: systemClock })
  const lines: string[] = []
  const log: string[] = []
  const app = await run(
    ratingsOnScreen('earliest', (line) => lines.push(line)),
    {
      embedded: server,
      signals: false,
      logger: createReadableLogger({ level: 'warn', write: (line) => log.push(line) }),
    },
  )
  await app.caughtUp()
  await app.close()
  expect(lines).toEqual(['2025-03-27 09:56:10.841  Ann                        9  Odd�[2J Socks\n'])
  expect(log).toEqual([expect.stringContaining('Cannot read as JSON')])
})
