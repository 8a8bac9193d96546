/** A client who leaves before the answer: the gateway knows it, writes nothing, and counts it. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { buildSchema } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { Hangup } from '../../contract/hangup.ts'
import { readDocument } from '../admit/read-document.ts'
import type { AnsweredRequest } from '../types/front.ts'
import { createFront } from './front.ts'

const SCHEMA = buildSchema('type Query { hello: String }')
const BODY = JSON.stringify({ query: '{ hello }' })
const HEAD = `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`

describe('a client who leaves', () => {
  it.each([
    ['while the operation runs', 'HANGUP', true],
    ['after the answer', 'NONE', false],
  ])('%s is noted as %s', async (_, code, leavesEarly) => {
    const asked = Promise.withResolvers<Hangup>()
    const released = Promise.withResolvers<void>()
    const answered = Promise.withResolvers<AnsweredRequest>()
    const front = await createFront({
      runner: {
        apiSchema: SCHEMA,
        readDocument: (source) => readDocument(source, SCHEMA, null),
        async execute(__, { hangup }) {
          asked.resolve(hangup)
          await released.promise
          return { data: { hello: 'hello' } }
        },
      },
      ...{ log: pino({ level: 'silent' }), requestDeadlineMs: 60_000, graphiql: false, corsOrigins: [] },
      ...{ status: () => ({}), publicKeys: {} },
      authenticate: async () => ({ caller: null, grounds: null, groundsRejected: null }),
      onAnswered: answered.resolve,
    })
    try {
      const { port } = await front.listen('127.0.0.1', 0)
      const socket = connect(port, '127.0.0.1').on('error', () => undefined)
      socket.write(HEAD + BODY)
      const hangup = await asked.promise
      const gone = new Promise<void>((onGone) => hangup.watch({ onGone }))
      if (leavesEarly) {
        socket.destroy()
        await gone
      }
      released.resolve()
      if (!leavesEarly) {
        const [bytes] = (await once(socket, 'data')) as [Buffer]
        expect(String(bytes)).toContain('{"data":{"hello":"hello"}}')
        socket.destroy()
      }
      expect(await answered.promise).toMatchObject({ route: '/graphql', code })
      expect(hangup.isGone).toBe(leavesEarly)
    } finally {
      await front.close()
    }
  })
})
