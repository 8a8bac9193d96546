/** Requests in bytes, as no usual client sends them. */
import { connect, type Socket } from 'node:net'
import { buildSchema } from 'graphql'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { IstmoError } from '../../contract/errors.ts'
import { readDocument } from '../admit/read-document.ts'
import { createFront, type Front, type FrontOptions } from './front.ts'
import type { OperationRunner } from './operations.ts'

const SCHEMA = buildSchema('type Query { hello: String }')
const BODY = JSON.stringify({ query: '{ hello }' })

const fronts: Front[] = []
afterEach(async () => {
  for (const front of fronts.splice(0)) await front.close()
})

/** Opens a front whose operations end when `execute` says so, and a connection to it. */
async function open(execute: OperationRunner['execute'], over: Partial<FrontOptions> = {}) {
  const front = await createFront({
    runner: { apiSchema: SCHEMA, readDocument: (source) => readDocument(source, SCHEMA, null), execute },
    ...{ log: pino({ level: 'silent' }), requestDeadlineMs: 60_000, graphiql: false, corsOrigins: [] },
    ...{ status: () => ({}), publicKeys: {} },
    async authenticate({ authorization }) {
      if (authorization.length > 0) throw new IstmoError('TOKEN_INVALID')
      return { caller: null, grounds: null, groundsRejected: null }
    },
    ...over,
  })
  fronts.push(front)
  const { port } = await front.listen('127.0.0.1', 0)
  return { front, socket: connect(port, '127.0.0.1') }
}

const hello: OperationRunner['execute'] = async () => ({ data: { hello: 'hello' } })
const post = (length: number, ...lines: readonly string[]): string =>
  ['POST /graphql HTTP/1.1', 'Host: a', 'Content-Type: application/json', `Content-Length: ${length}`, ...lines]
    .map((line) => `${line}\r\n`)
    .join('')

/** Reads all that comes until the other side closes. */
const readAll = async (socket: Socket): Promise<string> => (await socket.toArray()).join('')

describe('a request', () => {
  it('with two lines of Host is rejected, because a proxy may have trusted the other one', async () => {
    const { socket } = await open(hello)
    socket.write(`${post(BODY.length, 'Host: b', 'Connection: close')}\r\n${BODY}`)
    const text = await readAll(socket)
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain('"BAD_REQUEST"')
  })

  it('that is rejected before its body came has its connection closed, so that nobody reads the rest as the next one', async () => {
    const { socket } = await open(hello)
    socket.write(`${post(100, 'Authorization: Bearer bad')}\r\n{`)
    const text = await readAll(socket)
    expect(text).toMatch(/^HTTP\/1\.1 401 /)
    expect(text).toMatch(/^connection: close\r$/im)
  })

  it('is told that the gateway stops, behind the answer of one that came before', async () => {
    const started = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const execute = async () => {
      started.resolve()
      await released.promise
      return { data: { hello: 'late' } }
    }
    const onArrival: FrontOptions['onArrival'] = ({ route }) => {
      if (route === '/status') released.resolve()
    }
    const { front, socket } = await open(execute, { onArrival })
    socket.write(`${post(BODY.length)}\r\n${BODY}`)
    await started.promise
    const closed = front.close()
    socket.write('GET /status HTTP/1.1\r\nHost: a\r\n\r\n')
    const text = await readAll(socket)
    expect(text).toContain('{"data":{"hello":"late"}}')
    expect(text).toContain('"SHUTTING_DOWN"')
    await closed
  })
})
