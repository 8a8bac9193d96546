/** What a collector gets from a gateway, over real HTTP; what it does not get; and that without one nothing is loaded. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { startGateway } from '../main.ts'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { readGatewayConfig } from '../process/config.ts'

const SECRET = 'Ana Luz Cifuentes'
const PERSON = 'HN:P-770077'
const QUERY = `query SecretName($id: ID!) {
  cases(first: 1) { edges { node { id } } }
  person(id: $id) { names { full } }
}`
const CLIENT_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${CLIENT_TRACE}-00f067aa0ba902b7-01`

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly attributes: readonly { key: string; value: { stringValue?: string; intValue?: number } }[]
  readonly status: { readonly code?: number }
}

interface Metric {
  readonly name: string
  readonly sum?: { readonly dataPoints: readonly { readonly asDouble: number; readonly attributes: unknown[] }[] }
}

/** A collector that stores what it receives, by path. */
async function startCollector() {
  const bodies: { path: string; text: string }[] = []
  const url = await serve(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    bodies.push({ path: request.url ?? '', text })
    response.setHeader('content-type', 'application/json')
    response.end('{}')
  })
  const sent = (path: string) => bodies.filter((body) => body.path === path).map(({ text }) => JSON.parse(text))
  return {
    url,
    bodies,
    spans: (): Span[] =>
      sent('/v1/traces').flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap((r: { scopeSpans: { spans: Span[] }[] }) => r.scopeSpans.flatMap(({ spans }) => spans)),
      ),
    metrics: (): Metric[] =>
      sent('/v1/metrics').flatMap(({ resourceMetrics }) =>
        resourceMetrics.flatMap((r: { scopeMetrics: { metrics: Metric[] }[] }) =>
          r.scopeMetrics.flatMap(({ metrics }) => metrics),
        ),
      ),
  }
}

/** A country that has no cases, answers with text for a person, and stores the header of each leg. */
async function startCountry() {
  const traceparents: (string | undefined)[] = []
  const url = await serve(async (request, response) => {
    traceparents.push(request.headers.traceparent as string | undefined)
    let text = ''
    for await (const chunk of request) text += chunk
    const isCases = text.includes('cases(')
    const cases = { edges: [], _iP: { _in: false, _ib: false } }
    response.setHeader('content-type', 'application/json')
    response.end(isCases ? JSON.stringify({ data: { cases } }) : SECRET)
  })
  return { url, traceparents }
}

/** Sends one operation to a gateway with these flags, and stops the gateway. */
async function askOnce(flags: Record<string, string | boolean>, headers: Record<string, string> = {}) {
  const country = await startCountry()
  const folder = await mkdtemp(join(tmpdir(), 'istmo-telemetry-'))
  opened.push(() => rm(folder, { recursive: true }))
  const domains = ['cases', 'persons', 'legal'].map((domain) => `  ${domain}: { url: "${country.url}/" }\n`).join('')
  await writeFile(join(folder, 'graph.graphql'), OPEN_SUPERGRAPH_SDL)
  await writeFile(join(folder, 'HN.yaml'), `country: HN\nname: { es: HN, en: HN }\ndomains:\n${domains}`)
  const files = { supergraph: join(folder, 'graph.graphql'), countries: folder, port: '0', anonymous: true }
  const log: string[] = []
  const config = readGatewayConfig({ ...files, ...flags }, {})
  const gateway = await startGateway(config, pino({ level: 'warn' }, { write: (line: string) => void log.push(line) }))
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: QUERY, variables: { id: PERSON } }),
  })
  const body = await response.text()
  await fetch(`${gateway.url}/status`)
  await gateway.close()
  return { requestId: response.headers.get('istmo-request-id') ?? '', body, log, ...country }
}

const attributesOf = ({ attributes }: Span) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]))

describe('a collector', () => {
  it('gets a span for the request and one for each of its legs, whose trace the country gets too', async () => {
    const collector = await startCollector()
    const { traceparents } = await askOnce({ otlpEndpoint: collector.url })
    const spans = collector.spans()
    const [request] = spans.filter(({ name }) => name === '/graphql')
    expect(request).toMatchObject({ kind: 2 })
    expect(request?.parentSpanId ?? '').toBe('')
    expect(request && attributesOf(request)).toEqual({
      'http.route': '/graphql',
      'http.response.status_code': 200,
      'istmo.code': 'NONE',
    })
    const legs = spans.filter(({ name }) => name === 'leg')
    expect(spans).toHaveLength(3)
    expect(legs.map(attributesOf)).toEqual(
      expect.arrayContaining([
        { 'istmo.country': 'HN', 'istmo.domain': 'cases', 'istmo.reach': 'ANSWERED', 'istmo.code': 'NONE' },
        { 'istmo.country': 'HN', 'istmo.domain': 'persons', 'istmo.reach': 'UNAVAILABLE', 'istmo.code': 'BAD_ANSWER' },
      ]),
    )
    for (const leg of legs)
      expect(leg).toMatchObject({ kind: 3, traceId: request?.traceId, parentSpanId: request?.spanId })
    expect(traceparents.toSorted()).toEqual(legs.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).toSorted())
  })

  it('gets the metrics that /metrics shows', async () => {
    const collector = await startCollector()
    await askOnce({ otlpEndpoint: `${collector.url}/` })
    const named = new Map(collector.metrics().map((metric) => [metric.name, metric]))
    expect([...named.keys()]).toEqual(
      expect.arrayContaining(['istmo_requests_total', 'istmo_leg_duration_seconds', 'istmo_breaker_state']),
    )
    const legs = named.get('istmo_legs_total')?.sum?.dataPoints ?? []
    expect(legs.map(({ asDouble }) => asDouble)).toEqual([1, 1])
  })

  it('gets no name, id, operation, token or address of anybody', async () => {
    const collector = await startCollector()
    const token = 'eyJhbGciOiJub25lIn0.e30.c2ln'
    const answered = await askOnce({ otlpEndpoint: collector.url })
    const refused = await askOnce(
      { otlpEndpoint: collector.url, traceContext: true },
      {
        authorization: `Bearer ${token}`,
        traceparent: SECRET,
        tracestate: `a=${SECRET.slice(0, 3)}`,
        baggage: 'n=Ana',
      },
    )
    const text = collector.bodies.map((body) => body.text).join('\n')
    expect(text).toMatch(/TOKEN_INVALID/)
    for (const word of [SECRET, 'Ana', 'P-770077', 'SecretName', 'names', token, '127.0.0.1', answered.url]) {
      expect(text).not.toContain(word)
    }
    for (const { requestId } of [answered, refused]) expect(text).not.toContain(requestId)
  })

  it.each([
    ['with --trace-context', true],
    ['without', false],
  ])('gets a client’s trace continued only with the setting: %s', async (_, traceContext) => {
    const collector = await startCollector()
    const { traceparents } = await askOnce({ otlpEndpoint: collector.url, traceContext }, { traceparent: TRACEPARENT })
    const traces = new Set([
      ...collector.spans().map(({ traceId }) => traceId),
      ...traceparents.map((header) => header?.split('-')[1]),
    ])
    expect(traces.size).toBe(1)
    expect(traces.has(CLIENT_TRACE)).toBe(traceContext)
  })

  it('that is not there does not affect the request, and causes a line in the log', async () => {
    const dead = await serve((request) => request.socket.destroy())
    const { body, log } = await askOnce({ otlpEndpoint: dead })
    expect(JSON.parse(body).data.cases).toEqual({ edges: [] })
    expect(log.some((line) => line.includes('the collector did not accept'))).toBe(true)
  })
})

describe('without a collector', () => {
  it('a leg carries no trace, not even the client’s', async () => {
    const { traceparents } = await askOnce({ traceContext: true }, { traceparent: TRACEPARENT })
    expect(traceparents).toEqual([undefined, undefined])
  })

  it('nothing of OpenTelemetry’s SDK is loaded', () => {
    const main = new URL('../main.ts', import.meta.url).href
    const text = `
      import { registerHooks } from 'node:module'
      const seen = []
      registerHooks({ resolve: (name, context, next) => (seen.push(name), next(name, context)) })
      const loaded = () => seen.filter((name) => /opentelemetry\\/(sdk|exporter|resources)/.test(name)).length
      await import('${main}')
      const before = loaded()
      await import('${new URL('./telemetry.ts', import.meta.url).href}')
      console.log(before, loaded() > 0)`
    const args = ['--no-warnings', '--input-type=module', '--eval', text]
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout).toBe('0 true\n')
  })
})
