import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './ask.ts'
import { createPlace, type GatewayProcess, type Place } from './gateway-process.ts'
import { claimsOf, createProvider, type IdentityProvider, signAs } from './identity-provider.ts'

/**
 * The gateway rejects within six seconds what it cannot check, on a machine that is not busy. A request that takes much longer is aborted, and
 * its test fails.
 */
const ANSWERED_WITHIN_MS = 30_000

let place: Place
let gt: IdentityProvider
let gateway: GatewayProcess
let server: Server
/** How often each path of the server was asked. */
const asked = new Map<string, number>()

const page: RequestListener = (_, response) => response.setHeader('content-type', 'text/html').end('<html>ok</html>')

/** Key sets that cannot be used. Each is of an issuer of its own: the country stands first. */
const HOSTILE: readonly (readonly [string, string, RequestListener])[] = [
  ['HN', 'never answers', () => undefined],
  [
    'SV',
    'sends a head and no body',
    (_, response) => response.writeHead(200, { 'content-length': '100' }).flushHeaders(),
  ],
  ['NI', 'sends a byte and no more', (_, response) => void response.writeHead(200).write('{')],
  ['CR', 'never ends', (_, response) => stream(response)],
  [
    'PA',
    'is larger than 256 KiB',
    (_, response) => response.end(JSON.stringify({ keys: [providerOf('PA').publicKey], x: 'x'.repeat(300_000) })),
  ],
  ['BZ', 'is elsewhere', (_, response) => response.writeHead(302, { location: '/MX' }).end()],
  ['DO', 'fails', (_, response) => response.writeHead(500).end('{}')],
  ['CO', 'is a page of HTML', page],
  ['EC', 'is no key set', (_, response) => response.end('{"keys":{}}')],
  ['PE', 'hangs up', (request) => request.destroy()],
]
/** An issuer whose key set is good. */
const GOOD = 'MX'
const answers = new Map<string, RequestListener>([
  ...HOSTILE.map(([country, , answer]) => [country, answer] as const),
  [GOOD, (_, response) => response.end(JSON.stringify({ keys: [providerOf(GOOD).publicKey] }))],
])
const providers = new Map<string, IdentityProvider>()

function providerOf(country: string): IdentityProvider {
  const provider = providers.get(country)
  if (provider === undefined) throw new Error(`expected a provider of ${country}; came none`)
  return provider
}

/** One gateway for all: an issuer whose keys cannot be had affects no other. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const country = (request.url ?? '').slice(1)
    asked.set(country, (asked.get(country) ?? 0) + 1)
    answers.get(country)?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  place = await createPlace()
  gt = await createProvider('GT', place.folder)
  for (const country of answers.keys()) providers.set(country, await createProvider(country, place.folder))
  const { port } = server.address() as AddressInfo
  const entries = [...providers].map(([country, { entry }]) => ({
    ...entry,
    jwks: `http://127.0.0.1:${port}/${country}`,
  }))
  gateway = await place.start('--issuers', await place.writeIssuers([gt.entry, ...entries]))
})
afterAll(async () => {
  await place.remove()
  server.closeAllConnections()
  server.close()
})

async function askAs(provider: IdentityProvider, header: object = {}) {
  const authorization = `Bearer ${await signAs(provider, claimsOf(provider), header)}`
  return ask(gateway.url, { authorization }, { signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) })
}

describe('a key set', () => {
  it.concurrent.each(HOSTILE)(
    'of %s whose address %s causes 503 for its issuer’s tokens, is fetched once for many requests, and affects no other issuer',
    async (country) => {
      const provider = providerOf(country)
      const replies = await Promise.all(Array.from({ length: 10 }, () => askAs(provider)))
      for (const reply of replies) expect(reply).toMatchObject({ status: 503, code: 'KEYS_UNAVAILABLE' })
      expect(await askAs(provider)).toMatchObject({ status: 503, code: 'KEYS_UNAVAILABLE' })
      expect(asked.get(country)).toBe(1)
      expect(await askAs(gt)).toMatchObject({ status: 200, code: 'accepted' })
      expect(gateway.said()).not.toMatch(/unhandled/i)
    },
  )

  it('is fetched once, however many key ids a client invents', async () => {
    const good = providerOf(GOOD)
    expect(await askAs(good)).toMatchObject({ status: 200, code: 'accepted' })
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, index) => askAs(good, { kid: `made-up-${index}` })),
    )
    for (const reply of replies) expect(reply).toMatchObject({ status: 401, code: 'TOKEN_INVALID' })
    expect(asked.get(GOOD)).toBe(1)
    expect(await askAs(good)).toMatchObject({ status: 200, code: 'accepted' })
  })
})

/** Writes until the other side closes the connection. */
function stream(response: Parameters<RequestListener>[1]): void {
  const chunk = 'x'.repeat(65_536)
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more)
  }
  more()
}
