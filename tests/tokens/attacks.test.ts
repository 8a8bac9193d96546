import fc from 'fast-check'
import { CompactEncrypt, CompactSign, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './ask.ts'
import { createPlace, type GatewayProcess, type Place } from './gateway-process.ts'
import { claimsOf, createProvider, type IdentityProvider, signAs } from './identity-provider.ts'

/** The challenge for every token that is not valid. It is the same for all, so it tells a forger nothing. */
const INVALID = ['Bearer realm="istmo"', 'DPoP realm="istmo", algs="ES256 EdDSA"']
  .map(
    (scheme) =>
      `${scheme}, error="invalid_token", error_description="The access token is not valid: get a new one from your own country's identity provider."`,
  )
  .join(', ')

let place: Place
let gt: IdentityProvider
let hn: IdentityProvider
let closed: GatewayProcess
let open: GatewayProcess

beforeAll(async () => {
  place = await createPlace()
  gt = await createProvider('GT', place.folder)
  hn = await createProvider('HN', place.folder)
  const issuers = await place.writeIssuers([gt.entry, hn.entry])
  ;[closed, open] = await Promise.all([
    place.start('--issuers', issuers),
    place.start('--issuers', issuers, '--anonymous'),
  ])
})
afterAll(() => place.remove())

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: 'GT-1' }

/** The signature of a good token under another header. */
async function reheaded(header: unknown): Promise<string> {
  const [, payload, signature] = (await signAs(gt, claimsOf(gt))).split('.')
  return `${encode(header)}.${payload}.${signature}`
}

async function confused(): Promise<string> {
  const secret = new TextEncoder().encode(JSON.stringify(gt.publicKey))
  const bytes = new TextEncoder().encode(JSON.stringify(claimsOf(gt)))
  return new CompactSign(bytes).setProtectedHeader({ ...HEADER, alg: 'HS256' }).sign(secret)
}

async function encrypted(): Promise<string> {
  const bytes = new TextEncoder().encode(await signAs(gt, claimsOf(gt)))
  const header = { alg: 'ECDH-ES', enc: 'A256GCM', cty: 'at+jwt' }
  const { kty, crv, x, y } = gt.publicKey
  return new CompactEncrypt(bytes).setProtectedHeader(header).encrypt({ kty, crv, x, y } as JWK)
}

const good = (over: object = {}) => signAs(gt, { ...claimsOf(gt), ...over })
const ATTACKS: readonly (readonly [string, () => Promise<string> | string])[] = [
  ['alg none', async () => `${encode({ ...HEADER, alg: 'none' })}.${encode(claimsOf(gt))}.AA`],
  ['alg none without a signature', () => `${encode({ alg: 'none' })}.${encode(claimsOf(gt))}.`],
  ['a signature keyed by the public key', confused],
  ['an encrypted token', encrypted],
  ['HN’s key for GT’s name', () => signAs(hn, claimsOf(gt))],
  ['HN’s key under GT’s key id', () => signAs(hn, claimsOf(gt), { kid: 'GT-1' })],
  ['HN’s issuer for GT’s country', () => signAs(hn, { ...claimsOf(gt), iss: hn.issuer })],
  ['a key that it brings along', async () => signAs(hn, claimsOf(gt), { jwk: hn.publicKey, kid: undefined })],
  ['a key set that it names', () => signAs(hn, claimsOf(gt), { jku: 'http://127.0.0.1:1/jwks' })],
  ['a certificate that it names', () => signAs(hn, claimsOf(gt), { x5u: 'http://127.0.0.1:1/x', x5c: ['AA'] })],
  ['a path as key id', () => signAs(gt, claimsOf(gt), { kid: '../../../../etc/passwd' })],
  ['SQL as key id', () => signAs(gt, claimsOf(gt), { kid: "' OR 1=1 --" })],
  ['a long key id', () => signAs(gt, claimsOf(gt), { kid: 'x'.repeat(4_000) })],
  ['a list as key id', () => reheaded({ ...HEADER, kid: ['GT-1'] })],
  ['a critical extension', () => reheaded({ ...HEADER, crit: ['exp'] })],
  ['a header that is a list', () => reheaded([HEADER])],
  ['a doubled claim', () => signAs(gt, JSON.stringify(claimsOf(gt)).replace('"sub":', '"sub":"other","sub":'))],
  ['claims that are no JSON', () => signAs(gt, '{"iss":')],
  ['claims 4,000 levels deep', () => signAs(gt, `${'['.repeat(2_000)}${']'.repeat(2_000)}`)],
  ['a prototype among the claims', () => signAs(gt, `{"__proto__":${JSON.stringify(claimsOf(gt))}}`)],
  ['a time without end', () => signAs(gt, JSON.stringify(claimsOf(gt)).replace(/"exp":\d+/, '"exp":1e999'))],
  ['a life of a day', () => good({ exp: Math.floor(Date.now() / 1000) + 86_400 })],
  ['a time of issue in the future', () => good({ iat: Math.floor(Date.now() / 1000) + 60 })],
  ['a number as sub', () => good({ sub: 1 })],
  ['no jti', () => good({ jti: undefined })],
  ['no organisation', () => good({ org: undefined })],
  ['no mandate', () => good({ authorization_details: [] })],
  ['a mandate without countries', () => good({ authorization_details: [{ type: 'istmo_mandate' }] })],
  ['another audience', () => good({ aud: 'https://other.example' })],
  ['a token that is too long', () => `${'a'.repeat(9_000)}.b.c`],
  ['text', () => 'secret'],
]

describe('a token over the wire', () => {
  it('is accepted if it is good, from either country’s issuer', async () => {
    for (const provider of [gt, hn]) {
      const token = await signAs(provider, claimsOf(provider))
      expect(await ask(closed.url, { authorization: `Bearer ${token}` })).toMatchObject({
        status: 200,
        code: 'accepted',
      })
    }
  })

  it.each(ATTACKS)(
    'is rejected with %s, and with a challenge, even if anonymous requests are allowed',
    async (_, attack) => {
      const authorization = `Bearer ${await attack()}`
      for (const { url } of [closed, open]) {
        const reply = await ask(url, { authorization })
        expect(reply).toMatchObject({ status: 401, code: 'TOKEN_INVALID', type: 'application/json; charset=utf-8' })
        expect(reply.challenge).toBe(INVALID)
        expect(reply.text).not.toMatch(/\bat .*\.[jt]s|node_modules|pairwise-1/)
      }
    },
  )

  it('that is missing is rejected without an error in the challenge, unless anonymous requests are allowed', async () => {
    const { status, code, challenge } = await ask(closed.url, {})
    expect([status, code]).toEqual([401, 'TOKEN_MISSING'])
    expect(challenge).toMatch(/^Bearer realm="istmo", DPoP/)
    expect(challenge).not.toContain('error')
    expect(await ask(open.url, {})).toMatchObject({ status: 200, code: 'accepted' })
  })

  it('that has expired says so, with what to do; a forged one that has expired does not', async () => {
    const past = { iat: Math.floor(Date.now() / 1000) - 700, exp: Math.floor(Date.now() / 1000) - 100 }
    const expired = await ask(closed.url, { authorization: `Bearer ${await good(past)}` })
    expect(expired).toMatchObject({ status: 401, code: 'TOKEN_EXPIRED' })
    expect(expired.text).toContain('The access token has expired: get a new one and send the request again.')
    expect(expired.challenge).toMatch(
      /^Bearer realm="istmo", error="invalid_token", error_description="The access token has expired: [\x20\x21\x23-\x5B\x5D-\x7E]+", DPoP/,
    )
    const forged = await ask(closed.url, {
      authorization: `Bearer ${await signAs(hn, { ...claimsOf(gt), ...past }, { kid: 'GT-1' })}`,
    })
    expect(forged).toMatchObject({ status: 401, code: 'TOKEN_INVALID', challenge: INVALID })
  })

  it('that is missing makes a protected field say that a token is missing, and leaves the public law', async () => {
    const body = JSON.stringify({ query: '{ case(id: "GT:1") { id } }' })
    const { status, text } = await ask(open.url, {}, { body })
    expect([status, JSON.parse(text).errors]).toEqual([
      200,
      [
        {
          message:
            'This needs an access token, and the request has none: log in and send the token as `Authorization: Bearer <token>`. If you do not know how to get a token, ask your own institution.',
          path: ['case'],
          extensions: { code: 'TOKEN_MISSING', coordinate: 'Query.case' },
        },
      ],
    ])
  })

  it('that is arbitrary text is answered with 401 and JSON', async () => {
    const printable = fc.string({ unit: fc.constantFrom(...'BearerDPoP ._-=,"eyJ{}[]:%0'), maxLength: 60 })
    const parts = fc
      .array(fc.json().map(encode), { minLength: 3, maxLength: 3 })
      .map((three) => `Bearer ${three.join('.')}`)
    await fc.assert(
      fc.asyncProperty(fc.oneof(printable, parts), async (authorization) => {
        const reply = await ask(closed.url, { authorization })
        expect(reply.status).toBe(401)
        expect(['TOKEN_INVALID', 'TOKEN_MISSING']).toContain(reply.code)
      }),
      { numRuns: 150 },
    )
  })

  it('comes with grounds: a malformed header is answered with 400, grounds outside the mandate with 403', async () => {
    const authorization = `Bearer ${await good()}`
    const stated = (mandate: string) => ask(closed.url, { authorization, 'istmo-mandate': mandate })
    expect(await stated('purpose=INVESTIGATION')).toMatchObject({ status: 200, code: 'accepted' })
    expect(await stated('purpose="INVESTIGATION"')).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
    expect(await stated('purpose=PROSECUTION')).toMatchObject({ status: 403, code: 'MANDATE_NOT_COVERED' })
  })

  it('leaves nothing of itself or of its claims in the log', async () => {
    const token = await good({ sub: 'somebody-in-particular' })
    await ask(closed.url, { authorization: `Bearer ${token}` })
    await ask(closed.url, { authorization: `Bearer ${token}x` })
    expect(closed.said()).toContain('"status":401')
    for (const secret of ['somebody-in-particular', token.slice(0, 40)]) expect(closed.said()).not.toContain(secret)
  })
})
