/** What the gateway remembers of a token changes no answer: each request is compared with the first request at a new gateway. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAuthenticate } from './authenticate.ts'
import type { Authenticate, Credentials } from './credentials.ts'
import { CLAIMS, createTestIssuers, MANDATE, NOW_S, OPTIONS, shown, type TestIssuers } from './testing.ts'

let made: TestIssuers
let tokens: readonly string[]
beforeAll(async () => {
  made = await createTestIssuers()
  const withMandate = (over: object) => ({ authorization_details: [{ ...MANDATE, ...over }] })
  const claims: readonly object[] = [
    {},
    { exp: NOW_S + 100 },
    { exp: NOW_S - 100 },
    withMandate({ purposes: ['INVESTIGATION', 'PROSECUTION'], case: 'GT:1' }),
    // Its last day ends 5 s after the clock begins: NOW_S is 2027-01-15T08:00:00Z.
    withMandate({ not_after: '2027-01-14', time_zone: 'America/Los_Angeles' }),
    withMandate({ not_after: '2027-01-14' }),
    { authorization_details: [] },
    { cnf: { 'x5t#S256': 'A'.repeat(43) } },
    { cnf: { jkt: 'B'.repeat(43) } },
  ]
  const signed = await Promise.all(claims.map((over) => made.sign({ ...CLAIMS, ...over })))
  tokens = [...signed, `${signed[0]?.slice(0, -4)}AAAA`, 'no token']
})
afterAll(() => made.remove())

const HEADERS: readonly ((token: string) => readonly string[])[] = [
  ...Array.from({ length: 6 }, () => (token: string) => [`Bearer ${token}`]),
  (token) => [`bearer   ${token} `],
  (token) => [`DPoP ${token}`],
  (token) => [`Bearer ${token}`, `Bearer ${token}`],
  (token) => [`Basic ${token}`],
  () => [],
]

const ANY_REQUEST = fc.record({
  write: fc.constantFrom(...HEADERS),
  mandate: fc.constantFrom<readonly string[]>(
    [],
    [],
    [],
    [],
    [],
    ['purpose=PROSECUTION'],
    ['case="GT:2"'],
    ['?'],
    ['a', 'b'],
  ),
  clientCertificate: fc.constantFrom(null, 'A'.repeat(43)),
  afterS: fc.constantFrom(0, 0, 1, 60, 250, 400),
})

/** The requests of one token. */
const REQUESTS = fc.array(ANY_REQUEST, { minLength: 3, maxLength: 6 })

/** The result or the error of a request. Two errors are equal if they say the same. */
async function outcomeOf(authenticate: Authenticate, credentials: Credentials): Promise<unknown> {
  try {
    const { groundsRejected, ...authenticated } = await authenticate(credentials)
    return { ...authenticated, accessToken: authenticated.accessToken?.reveal(), rejected: groundsRejected?.message }
  } catch (error) {
    return { error: (error as Error).name, message: (error as Error).message }
  }
}

it.each([true, false])(
  'a remembered token gives what a new one gives; anonymous requests allowed: %s',
  async (anonymous) => {
    let found = 0
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 10 }), REQUESTS, async (at, requests) => {
        let nowMs = (NOW_S - 5) * 1_000
        const open = () => createAuthenticate({ ...OPTIONS, anonymous, issuers: made.issuers }, { now: () => nowMs })
        const remembering = await open()
        for (const { write, mandate, clientCertificate, afterS } of requests) {
          nowMs += afterS * 1_000
          const credentials = shown(write(tokens[at] ?? ''), { mandate, clientCertificate })
          const outcome = await outcomeOf(remembering, credentials)
          expect(outcome).toEqual(await outcomeOf(await open(), credentials))
          if (!Object.hasOwn(outcome as object, 'error')) found += 1
        }
      }),
      { numRuns: 60 },
    )
    expect(found).toBeGreaterThan(0)
  },
)

it('a remembered token has no grounds as soon as its mandate is over', async () => {
  let nowMs = (NOW_S - 5) * 1_000
  const remembering = await createAuthenticate({ ...OPTIONS, issuers: made.issuers }, { now: () => nowMs })
  const ask = () => remembering(shown([`Bearer ${tokens[4]}`]))
  for (let times = 0; times < 2; times++) expect((await ask()).grounds).toEqual({ purpose: 'INVESTIGATION' })
  nowMs += 5_000
  const { grounds, groundsRejected } = await ask()
  expect([grounds, groundsRejected?.code]).toEqual([null, 'MANDATE_NOT_COVERED'])
})
