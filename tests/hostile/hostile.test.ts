import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGatewayConfig } from '../../gateway/config.ts'
import { type Gateway, startGateway } from '../../gateway/main.ts'
import { casesOf, MARKER, reply, replyData, type ScriptedServer, serveScript } from './hostile-country.ts'

const QUERY = '{ cases(first: 5) { edges { node { id country } } outcomes { country reach code } } }'
const LEG_DEADLINE_MS = 400
const CAP_BYTES = 50_000

let folder: string
let gateway: Gateway
let good: ScriptedServer
let hostile: ScriptedServer

const behave = replyData(casesOf('HN', 2))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-hostile-'))
  good = await serveScript(replyData(casesOf('GT', 1)))
  hostile = await serveScript(behave)
  for (const [country, { url }] of Object.entries({ GT: good, HN: hostile })) {
    const subgraph = `{ url: "${url}", deadlineMs: ${country === 'HN' ? LEG_DEADLINE_MS : 10_000}, maxAnswerBytes: ${CAP_BYTES} }`
    const domains = `{ cases: ${subgraph}, persons: ${subgraph}, legal: ${subgraph} }`
    await writeFile(
      join(folder, `${country}.yaml`),
      `country: ${country}\nname: { es: x, en: x }\ndomains: ${domains}\n`,
    )
  }
  const supergraph = join(import.meta.dirname, '../../supergraph.graphql')
  const config = readGatewayConfig({ supergraph, countries: folder, port: '0', anonymous: true }, {})
  gateway = await startGateway(config, pino({ level: 'silent' }))
})

afterAll(async () => {
  await gateway.close()
  await Promise.all([good.close(), hostile.close()])
  await rm(folder, { recursive: true })
})

interface Answer {
  readonly data: { readonly cases: { readonly edges: readonly unknown[]; readonly outcomes: readonly unknown[] } }
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

async function ask(signal?: AbortSignal): Promise<{ readonly text: string; readonly answer: Answer }> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
    ...(signal === undefined ? {} : { signal }),
  })
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return { text, answer: JSON.parse(text) }
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
  ['redirects', bad, (request, response) => reply('', 307, { location: `${good.url}?x` })(request, response)],
  ['sends too much', bad, reply({ data: { x: MARKER.repeat(2_000) } })],
  ['sends a gzip bomb', bad, reply(bomb, 200, { 'content-encoding': 'gzip' })],
  ['hangs', late, (request) => void request.resume()],
  ['drips', late, drip],
  ['resets the connection', broken, ({ socket }) => void socket.resetAndDestroy()],
  ['cuts its body', broken, truncate],
  ['sends no JSON', bad, reply(`{"data": ${MARKER}`)],
  ['sends HTML with 200', bad, reply(`<pre>${MARKER}</pre>`, 200, html)],
  ['sends HTML with 500', bad, reply(`<pre>${MARKER}</pre>`, 500, html)],
  ['refuses', { reach: 'DENIED', code: 'REFUSED_BY_NODE' }, reply({ errors: [{ message: MARKER }] }, 403)],
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
  ['sends more rows than asked', bad, replyData(casesOf('HN', 1, 2, 3, 4, 5, 6, 7, 8))],
]

describe('a country that', () => {
  it.each(ACTS)('%s costs its own rows alone, and is asked again', async (_, outcome, listener) => {
    hostile.answer = listener
    const { text, answer } = await ask()
    expect(answer.data.cases.outcomes).toEqual([
      { country: 'GT', ...ANSWERED },
      { country: 'HN', ...outcome },
    ])
    expect(answer.data.cases.edges).toEqual([GT_ROW])
    expect(text).not.toMatch(/SELECT|María|node\.js|127\.0\.0\.1|http:|<pre/)
    await expectWhole()
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
  ])('%s gets none of it into the answer', async (_, listener) => {
    hostile.answer = listener
    const { text, answer } = await ask()
    expect(answer.data.cases.edges).toEqual([GT_ROW, HN_ROW])
    expect(text).not.toMatch(/SELECT|María|LEG_DEADLINE/)
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
    await expectWhole()
  })
})

async function expectWhole(): Promise<void> {
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

it('a client that hangs up ends its legs', async () => {
  const client = new AbortController()
  const closed = new Promise((resolve) => {
    hostile.answer = ({ socket }) => {
      socket.once('close', resolve)
      client.abort()
    }
  })
  await expect(ask(client.signal)).rejects.toThrow()
  await closed
  await expectWhole()
})
