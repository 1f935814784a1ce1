import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Address } from '../address.ts'
import { ServicesError } from '../services-error.ts'
import { FrameConnection } from './frame-connection.ts'
import { splitCql } from './split-cql.ts'

const headerBytes = 9
const opcode = { error: 0x00, startup: 0x01, ready: 0x02, query: 0x07, result: 0x08 }

/** Runs the statements of CQL files, in order. */
export async function applyCqlFiles(address: Address, files: readonly string[]): Promise<void> {
  const connection = new FrameConnection(address, headerBytes, (header) => headerBytes + header.readInt32BE(5))
  try {
    await expectAnswer(connection, startupFrame(), opcode.ready, 'the connection')
    for (const file of files) {
      for (const statement of splitCql(await readFile(file, 'utf8'))) {
        await expectAnswer(connection, queryFrame(statement), opcode.result, basename(file))
      }
    }
  } finally {
    connection.close()
  }
}

async function expectAnswer(
  connection: FrameConnection,
  request: Buffer,
  expected: number,
  source: string,
): Promise<void> {
  const answer = await connection.exchange(request)
  if (answer.readUInt8(4) === expected) return
  const isError = answer.readUInt8(4) === opcode.error
  // an error carries its code and then a string with a length of two bytes
  const said = isError
    ? answer.toString('utf8', headerBytes + 6, headerBytes + 6 + answer.readUInt16BE(headerBytes + 4))
    : 'an answer of another kind'
  throw new ServicesError({
    code: 'START_FAILED',
    what: `Cassandra refuses ${source}: ${said}`,
    hint: 'Mend the file, or start with --fresh if an older table stands in the way.',
  })
}

/** A request of the native protocol v4. */
function frame(kind: number, body: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(4, 0)
  header.writeUInt8(kind, 4)
  header.writeInt32BE(body.length, 5)
  return Buffer.concat([header, body])
}

function startupFrame(): Buffer {
  const words = ['CQL_VERSION', '3.0.0'].map((word) =>
    Buffer.concat([Buffer.from([0, word.length]), Buffer.from(word)]),
  )
  return frame(opcode.startup, Buffer.concat([Buffer.from([0, 1]), ...words]))
}

function queryFrame(statement: string): Buffer {
  const text = Buffer.from(statement)
  const length = Buffer.alloc(4)
  length.writeInt32BE(text.length)
  // consistency ONE, no flags
  return frame(opcode.query, Buffer.concat([length, text, Buffer.from([0, 1, 0])]))
}
