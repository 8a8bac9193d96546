import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { casesOf, MARKER, reply, replyData, type ScriptedServer } from './hostile-country.ts'
import { type HostileGateway, startHostileGateway } from './hostile-gateway.ts'

const QUERY = '{ cases(first: 5) { edges { node { id country } } outcomes { country reach code } } }'
const CAP_BYTES = 50_000
/** The deadline of the hostile country, in milliseconds: long enough for a wrong answer on a busy machine. */
const LATE_MS = 4_000

let gateway: HostileGateway
let hostile: ScriptedServer

const behave = replyData(casesOf('HN', 2))

beforeAll(async () => {
  gateway = await startHostileGateway(CAP_BYTES, LATE_MS)
  hostile = gateway.hostile
  gateway.good.answer = replyData(casesOf('GT', 1))
})
afterAll(() => gateway.close())

interface Answer {
  readonly data: { readonly cases: { readonly edges: readonly unknown[]; readonly outcomes: readonly unknown[] } }
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

async function ask(signal?: AbortSignal) {
  const { status, text, requestId } = await gateway.ask({ query: QUERY, ...(signal === undefined ? {} : { signal }) })
  expect(status, text).toBe(200)
  return { text, requestId, answer: JSON.parse(text) as Answer }
}

const GT_ROW = { node: { id: 'GT:1', country: 'GT' } }
const HN_ROW = { node: { id: 'HN:2', country: 'HN' } }
const ANSWERED = { reach: 'ANSWERED', code: null }

function casesWith(change: (cases: ReturnType<typeof casesOf>['cases']) => void): ReturnType<typeof casesOf> {
  const data = casesOf('HN', 2)
  change(data.cases)
  return data
}

const JSON_TYPE = { 'content-type': 'application/json' }
const bad = { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
const broken = { reach: 'UNAVAILABLE', code: 'CONNECTION' }
const late = { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' }
const foreign = { reach: 'UNAVAILABLE', code: 'FOREIGN_RECORD' }
const dropped = { reach: 'ANSWERED', code: 'ROWS_DROPPED' }
const html = { 'content-type': 'text/html' }
const bomb = gzipSync(JSON.stringify({ data: { x: 'x'.repeat(5_000_000) } }))

const drip: RequestListener = (_, response) => {
  response.writeHead(200, JSON_TYPE)
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}
const truncate: RequestListener = (_, response) => {
  response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' })
  response.write(`{"data": "${MARKER}`, () => response.socket?.destroy())
}

const ACTS: [string, object, RequestListener][] = [
  ['redirects', bad, (request, response) => reply('', 307, { location: `${gateway.good.url}?x` })(request, response)],
  ['sends too much', bad, reply({ data: { x: MARKER.repeat(2_000) } })],
  ['sends a gzip bomb', bad, reply(bomb, 200, { 'content-encoding': 'gzip' })],
  ['hangs', late, (request) => void request.resume()],
  ['drips', late, drip],
  ['resets the connection', broken, ({ socket }) => void socket.resetAndDestroy()],
  ['cuts its body', broken, truncate],
  ['sends a text that is not JSON', bad, reply(`{"data": ${MARKER}`)],
  ['sends HTML with 200', bad, reply(`<pre>${MARKER}</pre>`, 200, html)],
  ['sends HTML with 500', bad, reply(`<pre>${MARKER}</pre>`, 500, html)],
  ['denies the leg', { reach: 'DENIED', code: 'REFUSED_BY_NODE' }, reply({ errors: [{ message: MARKER }] }, 403)],
  ['sends null for the connection', bad, replyData({ cases: null }, [{ message: MARKER, path: ['cases'] }])],
  [
    'sends null for a node',
    dropped,
    replyData(casesWith(({ edges }) => Object.assign(edges[0] ?? {}, { node: null }))),
  ],
  ['sends a string for a list', bad, replyData(casesWith((cases) => Object.assign(cases, { edges: MARKER })))],
  ['sends a list for an object', bad, replyData({ cases: [MARKER] })],
  ['sends a record of another country', foreign, replyData(casesOf('GT', 9))],
  ['sends a row twice', bad, replyData(casesOf('HN', 2, 2))],
  ['sends more rows than requested', bad, replyData(casesOf('HN', 1, 2, 3, 4, 5, 6, 7, 8))],
]

describe('a country that', () => {
  it.each(ACTS)('%s costs only its own rows, and its next good answer is used', async (_, outcome, listener) => {
    hostile.answer = listener
    const before = gateway.log.length
    const { text, answer, requestId } = await ask()
    expect(answer.data.cases.outcomes).toEqual([
      { country: 'GT', ...ANSWERED },
      { country: 'HN', ...outcome },
    ])
    expect(answer.data.cases.edges).toEqual([GT_ROW])
    expect(text).not.toMatch(/SELECT|María|node\.js|127\.0\.0\.1|http:|<pre/)
    const lines = gateway.log.slice(before).map((line) => JSON.parse(line))
    const legLine = expect.objectContaining({ requestId, country: 'HN', domain: 'cases' })
    expect(lines).toContainEqual(legLine)
    expect(gateway.log.slice(before).join('')).not.toMatch(/SELECT|María|node\.js|<pre|(HN|GT):\d/)
    await expectCompleteAnswer()
  })

  it.each<[string, RequestListener]>([
    [
      'forges outcomes',
      replyData(casesWith((cases) => Object.assign(cases, { outcomes: [{ country: 'GT', ...late }] }))),
    ],
    ['adds fields', replyData({ ...casesWith((cases) => Object.assign(cases, { secret: MARKER })), other: MARKER })],
    [
      'adds the names that every object has',
      reply(
        JSON.stringify({ data: casesOf('HN', 2) }).replace(
          '{"cases":{',
          `{"__proto__":{"x":1},"constructor":"${MARKER}","cases":{"__proto__":{"edges":"${MARKER}"},`,
        ),
      ),
    ],
    [
      'sends ten thousand errors beside its rows',
      replyData(
        casesOf('HN', 2),
        Array.from({ length: 10_000 }, (_, i) => (i < 100 ? { message: MARKER, path: ['cases', 'edges', i] } : {})),
      ),
    ],
  ])('%s gets nothing of that into the answer', async (_, listener) => {
    hostile.answer = listener
    const { text, answer } = await ask()
    expect(answer.data.cases.edges).toEqual([GT_ROW, HN_ROW])
    expect(text).not.toMatch(/SELECT|María|LEG_DEADLINE/)
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
    await expectCompleteAnswer()
  })
})

async function expectCompleteAnswer(): Promise<void> {
  hostile.answer = behave
  const { answer } = await ask()
  expect(answer.errors).toBeUndefined()
  expect(answer.data.cases).toEqual({
    edges: [GT_ROW, HN_ROW],
    outcomes: [
      { country: 'GT', ...ANSWERED },
      { country: 'HN', ...ANSWERED },
    ],
  })
}

it('the gateway ends the legs of a client that hangs up', async () => {
  const client = new AbortController()
  const closed = new Promise((resolve) => {
    hostile.answer = ({ socket }) => {
      socket.once('close', resolve)
      client.abort()
    }
  })
  await expect(ask(client.signal)).rejects.toThrow()
  await closed
  await expectCompleteAnswer()
})
