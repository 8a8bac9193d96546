import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './ask.ts'
import { createPlace, type GatewayProcess, type Place } from './gateway-process.ts'
import { claimsOf, createProvider, type IdentityProvider, signAs } from './identity-provider.ts'

const START_MS = 60_000
/** Issue 4: the gateway rejects within six seconds what it cannot check. A request that takes longer is aborted, and its test fails. */
const ANSWERED_WITHIN_MS = 6_000

let place: Place
let gt: IdentityProvider
let hn: IdentityProvider
let gateway: GatewayProcess
let server: Server
let asked = 0
let answer: RequestListener

const page: RequestListener = (_, response) => response.setHeader('content-type', 'text/html').end('<html>ok</html>')
const keySet: RequestListener = (_, response) => response.end(JSON.stringify({ keys: [hn.publicKey] }))

beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  place = await createPlace()
  gt = await createProvider('GT', place.folder)
  hn = await createProvider('HN', place.folder)
})
afterAll(async () => {
  await place.remove()
  server.closeAllConnections()
  server.close()
})

/** A gateway that has not fetched anything yet. GT's keys are in a file, HN's at the server. */
async function startFresh(): Promise<void> {
  const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
  gateway = await place.start('--issuers', await place.writeIssuers([gt.entry, { ...hn.entry, jwks }]))
  asked = 0
}

async function askAs(provider: IdentityProvider, header: object = {}) {
  const authorization = `Bearer ${await signAs(provider, claimsOf(provider), header)}`
  return ask(gateway.url, { authorization }, { signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) })
}

describe('a key set', () => {
  const cases: readonly (readonly [string, RequestListener])[] = [
    ['never answers', () => undefined],
    ['sends a head and no body', (_, response) => response.writeHead(200, { 'content-length': '100' }).flushHeaders()],
    ['sends a byte and no more', (_, response) => void response.writeHead(200).write('{')],
    ['never ends', (_, response) => stream(response)],
    [
      'is larger than 256 KiB',
      (_, response) => response.end(JSON.stringify({ keys: [hn.publicKey], x: 'x'.repeat(300_000) })),
    ],
    ['is elsewhere', (_, response) => response.writeHead(302, { location: '/other.json' }).end()],
    ['fails', (_, response) => response.writeHead(500).end('{}')],
    ['is a page of HTML', page],
    ['is no key set', (_, response) => response.end('{"keys":{}}')],
    ['hangs up', (request) => request.destroy()],
  ]

  it.each(cases)(
    'whose address %s causes 503 for its issuer’s tokens, is fetched once for many requests, and affects no other issuer',
    async (_, hostile) => {
      answer = hostile
      await startFresh()
      const replies = await Promise.all(Array.from({ length: 10 }, () => askAs(hn)))
      for (const reply of replies) expect(reply).toMatchObject({ status: 503, code: 'KEYS_UNAVAILABLE' })
      expect(await askAs(hn)).toMatchObject({ status: 503, code: 'KEYS_UNAVAILABLE' })
      expect(asked).toBe(1)
      expect(await askAs(gt)).toMatchObject({ status: 200, code: 'accepted' })
      expect(gateway.said()).not.toMatch(/unhandled/i)
    },
    START_MS,
  )

  it(
    'is fetched once, however many key ids a client invents',
    async () => {
      answer = keySet
      await startFresh()
      expect(await askAs(hn)).toMatchObject({ status: 200, code: 'accepted' })
      const replies = await Promise.all(
        Array.from({ length: 100 }, (_, index) => askAs(hn, { kid: `made-up-${index}` })),
      )
      for (const reply of replies) expect(reply).toMatchObject({ status: 401, code: 'TOKEN_INVALID' })
      expect(asked).toBe(1)
      expect(await askAs(hn)).toMatchObject({ status: 200, code: 'accepted' })
    },
    START_MS,
  )
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
