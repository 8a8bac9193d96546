/** Raw requests to two fronts, one with the short way past Apollo Server and one without: they answer with the same bytes. */
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { buildSchema, type GraphQLFormattedError, graphql } from 'graphql'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IstmoError } from '../../contract/errors.ts'
import { createAdmission } from '../admit/admission.ts'
import { createMemoryBuckets } from '../admit/rate.ts'
import { readDocument } from '../admit/read-document.ts'
import { NO_LIMITS } from '../admit/testing.ts'
import { aCaller } from '../testing.ts'
import { createFront, type Front } from './front.ts'
import type { OperationRunner } from './operations.ts'

const SCHEMA = buildSchema('type Query { hello(name: String): String } type Mutation { change: String }')
const HELLO = '{ hello }'
const LISTED = 'query Listed($name: String) { hello(name: $name) }'
const ORIGIN = 'https://tools.example'

const runner: OperationRunner = {
  apiSchema: SCHEMA,
  readDocument: async (source) => readDocument(source, SCHEMA, null),
  async execute({ source, operationName, variables: variableValues }, { isDryRun, language, evidence, caller }) {
    if (variableValues.name === 'often') throw new IstmoError('RATE_LIMITED', undefined, { retryAfterSeconds: 3 })
    const rootValue = { hello: ({ name }: { name?: string }) => `hello ${name}`, change: () => 'changed' }
    const { data, errors } = await graphql({ schema: SCHEMA, source, operationName, variableValues, rootValue })
    const extensions = { isDryRun, language, hasEvidence: evidence !== undefined, subject: caller?.subject ?? null }
    return { data: data ?? null, errors: errors as readonly GraphQLFormattedError[], extensions }
  },
}

async function open(isFast: boolean): Promise<{ readonly front: Front; readonly port: number }> {
  const list = new Map([['id-1', LISTED]])
  const admission = createAdmission({
    limits: { ...NO_LIMITS, variables: 3 },
    documents: () => ({ list, mode: 'log', onUnlisted: () => undefined }),
    callerRate: null,
    takeToken: createMemoryBuckets(),
    inFlight: { ofCaller: 10, ofAll: 10 },
    entryBudget: { network: null, all: null },
  })
  const front = await createFront({
    ...{ runner, admission, isFast, log: pino({ level: 'silent' }), requestDeadlineMs: 60_000, graphiql: false },
    ...{ status: () => ({}), publicKeys: {}, corsOrigins: [ORIGIN] },
    async authenticate({ authorization: [token] }) {
      if (token === 'Bearer wrong') throw new IstmoError('TOKEN_INVALID')
      const caller = token === undefined ? null : aCaller()
      return { caller, grounds: null, groundsRejected: null, ...(token === 'DPoP old' && { nextNonce: 'next' }) }
    },
  })
  const { port } = await front.listen('127.0.0.1', 0)
  return { front, port }
}

let fast: Awaited<ReturnType<typeof open>>
let slow: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  fast = await open(true)
  slow = await open(false)
})
afterAll(() => Promise.all([fast.front.close(), slow.front.close()]))

/** Sends bytes and returns what comes back until the other side closes, without the date and the request's id. */
function send(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.on('error', reject).on('end', () => {
      socket.end()
      resolve(received.replace(/^Date: .+$/m, '').replace(/^Istmo-Request-Id: .+$/m, ''))
    })
  })
}

function post(body: string | Buffer, headers: readonly string[] = [], first = 'POST /graphql HTTP/1.1'): Buffer {
  const type = headers.some((line) => /^content-type/i.test(line)) ? [] : ['Content-Type: application/json']
  const head = [first, 'Host: a', 'Connection: close', `Content-Length: ${body.length}`, ...type, ...headers]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)])
}

const json = (body: object): string => JSON.stringify(body)
const hello = json({ query: HELLO })
const listed = (variables: object): string => json({ documentId: 'id-1', variables })

describe('the short way and the long way write the same bytes', () => {
  it.each<[string, Buffer]>([
    ['for a query', post(hello)],
    ['for a query with non-ASCII text', post(json({ query: LISTED, variables: { name: 'Núñez 𝕏' } }), [])],
    ['in Spanish', post(hello, ['Accept-Language: es'])],
    ['for a page of a listed origin', post(hello, [`Origin: ${ORIGIN}`])],
    ['for a page of another origin', post(hello, ['Origin: https://other.example'])],
    ['for the newer media type', post(hello, ['Accept: application/graphql-response+json'])],
    ['for a type that the gateway does not have', post(hello, ['Accept: text/html'])],
    ['for two lines of Accept', post(hello, ['Accept: text/html', 'Accept: application/json'])],
    ['for a trusted document by its id', post(listed({ name: 'x' }))],
    ['for a trusted document with too many variables', post(listed({ name: 'x', a: 1, b: 2, c: 3 }))],
    ['for an id that is not listed', post(json({ documentId: 'id-2' }))],
    ['for a caller with a token', post(hello, ['Authorization: Bearer right'])],
    ['for a caller with an old nonce', post(hello, ['Authorization: DPoP old'])],
    ['for a wrong token', post(hello, ['Authorization: Bearer wrong'])],
    ['for a caller who wants evidence', post(hello, ['Authorization: Bearer right', 'Istmo-Evidence: legs'])],
    ['for a dry run', post(hello, ['Istmo-Dry-Run: ?1'])],
    ['for no dry run', post(hello, ['Istmo-Dry-Run: ?0'])],
    ['for a dry run in another form', post(hello, ['Istmo-Dry-Run: 1'])],
    ['for unknown evidence', post(hello, ['Istmo-Evidence: all'])],
    ['for an error of the engine', post(json({ query: LISTED, variables: { name: 'often' } }))],
    ['for a compressed body', post(gzipSync(hello), ['Content-Encoding: gzip'])],
    ['for a body that is not JSON', post('{')],
    ['for a body that is not UTF-8', post(Buffer.from([0x22, 0xff, 0x22]))],
    ['for a body with a byte order mark', post(`\ufeff${hello}`)],
    ['for an empty body', post('')],
    ['for a body that is too large', post(json({ query: ' '.repeat(300_000) }))],
    ['for a form', post(hello, ['Content-Type: text/plain'])],
    ['for a batch', post(json([{ query: HELLO }]))],
    ['for a mutation', post(json({ query: 'mutation { change }' }))],
    ['for a request of HTTP/1.0', post(hello, [], 'POST /graphql HTTP/1.0')],
    ['for a query in the address', post(hello, [], 'POST /graphql?query={hello} HTTP/1.1')],
    ['by GET', post('', ['Apollo-Require-Preflight: 1'], 'GET /graphql?query={hello} HTTP/1.1')],
    [
      'by GET without a preflight request',
      post('', ['Content-Type: text/plain'], 'GET /graphql?query={hello} HTTP/1.1'),
    ],
    ['for two hosts', post(hello, ['Host: b'])],
  ])('%s', async (_, bytes) => {
    // The second time, the short way knows what came the first time.
    for (let times = 0; times < 2; times++) {
      const [short, long] = await Promise.all([send(fast.port, bytes), send(slow.port, bytes)])
      expect(short).toMatch(/^HTTP\/1\.1 \d{3} /)
      expect(short).toBe(long)
    }
  })
})
