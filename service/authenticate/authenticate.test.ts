import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { CompactSign, exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from '../../contract/access-token.ts'
import { createAuthenticate } from './authenticate.ts'
import type { Authenticate } from './credentials.ts'
import {
  CLAIMS,
  createTestIssuers,
  encode,
  HEADER,
  MANDATE,
  NOW_S,
  OPTIONS,
  shown,
  type TestIssuers,
} from './testing.ts'

let made: TestIssuers
let authenticate: (authorization: readonly string[]) => Promise<Caller | null>
let now = NOW_S * 1000

/** Returns only the caller, from only the header `Authorization`. */
const byToken =
  (room: Authenticate): typeof authenticate =>
  async (authorization) =>
    (await room(shown(authorization))).caller

const sign: TestIssuers['sign'] = (...args) => made.sign(...args)

function codeOf(token: string): Promise<unknown> {
  return authenticate([`Bearer ${token}`]).then(
    () => 'accepted',
    (error: { code?: unknown }) => error.code,
  )
}

beforeAll(async () => {
  made = await createTestIssuers()
  authenticate = byToken(await createAuthenticate({ ...OPTIONS, issuers: made.issuers }, { now: () => now }))
})
afterAll(() => made.remove())

describe('a valid token', () => {
  it('identifies the caller with subject, scopes, organisation and mandate', async () => {
    const token = await sign(CLAIMS)
    expect(await authenticate([`Bearer ${token}`])).toEqual({
      tokenHash: createHash('sha256').update(token).digest('hex'),
      issuer: CLAIMS.iss,
      subject: 'pairwise-1',
      scopes: ['case:read', 'person:read'],
      organisation: CLAIMS.org,
      mandate: MANDATE,
      expiresAt: CLAIMS.exp,
    })
  })

  it.each([
    ['scope as an array', { scope: ['case:read'] }],
    ['scp as a string', { scope: undefined, scp: 'case:read' }],
    ['scp as an array', { scope: undefined, scp: ['case:read'] }],
  ])('has its scopes from %s', async (_, over) => {
    const caller = await authenticate([`Bearer ${await sign({ ...CLAIMS, ...over })}`])
    expect(caller?.scopes).toEqual(['case:read'])
  })

  it.each([
    ['an audience among several', { aud: ['https://other.example', CLAIMS.aud] }, {}],
    ['clocks that differ by 4 s', { iat: NOW_S + 4, nbf: NOW_S + 4, exp: NOW_S + 600 }, {}],
    ['the full media type as typ', {}, { typ: 'application/at+jwt' }],
    ['details of another service beside the mandate', { authorization_details: [{ type: 'payment' }, MANDATE] }, {}],
    [
      'foreign jku, x5u and jwk headers, which are ignored',
      {},
      { jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x' },
    ],
    ['no key id if the set has one key', {}, { kid: undefined }],
  ])('is accepted with %s', async (_, over, header) => {
    expect(await codeOf(await sign({ ...CLAIMS, ...over }, header))).toBe('accepted')
  })

  it('may have typ JWT if its issuer’s entry says so', async () => {
    const claims = { ...CLAIMS, iss: 'https://id.hn.example', org: { country: 'HN' } }
    expect(await codeOf(await sign(claims, { typ: 'JWT', kid: 'hn-1' }, made.foreignKey))).toBe('accepted')
  })

  it('identifies the same caller from the cache, and is rejected from the cache after it has expired', async () => {
    const token = await sign({ ...CLAIMS, jti: 'remembered' })
    const first = await authenticate([`Bearer ${token}`])
    expect(await authenticate([`Bearer ${token}`])).toBe(first)
    now = (CLAIMS.exp + 6) * 1000
    expect(await codeOf(token)).toBe('TOKEN_EXPIRED')
    now = NOW_S * 1000
  })
})

describe('a token is rejected', () => {
  const { exp: _exp, ...withoutExp } = CLAIMS
  const { iat: _iat, ...withoutIat } = CLAIMS
  const { sub: _sub, ...withoutSub } = CLAIMS
  const json = JSON.stringify(CLAIMS)

  it.each<[string, unknown]>([
    ['without exp', withoutExp],
    ['without iat', withoutIat],
    ['without sub', withoutSub],
    ['with exp 1e400', json.replace(`"exp":${CLAIMS.exp}`, '"exp":1e400')],
    ['with exp as text', { ...CLAIMS, exp: String(CLAIMS.exp) }],
    ['with exp null', { ...CLAIMS, exp: null }],
    ['with iat 6 s in the future', { ...CLAIMS, iat: NOW_S + 6 }],
    ['with nbf 6 s in the future', { ...CLAIMS, nbf: NOW_S + 6 }],
    ['that lives longer than an hour', { ...CLAIMS, exp: CLAIMS.iat + 3601 }],
    ['with an empty sub', { ...CLAIMS, sub: '' }],
    ['with a numeric sub', { ...CLAIMS, sub: 7 }],
    ['with a sub of 257 characters', { ...CLAIMS, sub: 'x'.repeat(257) }],
    ['with a control character in sub', { ...CLAIMS, sub: 'a\nb' }],
    ['with an invisible character in sub', { ...CLAIMS, sub: 'a\u200Bb' }],
    ['with another audience', { ...CLAIMS, aud: 'https://other.example' }],
    ['with the audience inside an object', { ...CLAIMS, aud: { 0: CLAIMS.aud } }],
    ['without an audience', { ...CLAIMS, aud: undefined }],
    ['of an unknown issuer', { ...CLAIMS, iss: 'https://id.xx.example' }],
    ['of an issuer with a slash behind its name', { ...CLAIMS, iss: `${CLAIMS.iss}/` }],
    ['of an issuer in capitals', { ...CLAIMS, iss: CLAIMS.iss.toUpperCase() }],
    ['with an issuer of prototype’s name', { ...CLAIMS, iss: '__proto__' }],
    ['without an issuer', { ...CLAIMS, iss: undefined }],
    ['with a negative exp', { ...CLAIMS, exp: -1 }],
    ['with iat as a date', { ...CLAIMS, iat: new Date(NOW_S * 1000).toISOString() }],
    ['with nbf as text', { ...CLAIMS, nbf: String(NOW_S) }],
    ['with true as sub', { ...CLAIMS, sub: true }],
    ['with a list as sub', { ...CLAIMS, sub: ['pairwise-1'] }],
    ['with text that is read from right to left in sub', { ...CLAIMS, sub: 'a\u202Eb' }],
    ['with a list as jti', { ...CLAIMS, jti: ['a'] }],
    ['with a jti of 257 characters', { ...CLAIMS, jti: 'x'.repeat(257) }],
    ['with a quote in scope', { ...CLAIMS, scope: 'case:"read' }],
    ['with lists within scope', { ...CLAIMS, scope: [['case:read']] }],
    ['with a thousand scopes', { ...CLAIMS, scope: Array.from({ length: 300 }, (_, index) => `s${index}`) }],
    ['bound to nothing', { ...CLAIMS, cnf: {} }],
    ['bound to text', { ...CLAIMS, cnf: 'key' }],
    ['bound to null', { ...CLAIMS, cnf: null }],
    ['bound in a way that is not checked', { ...CLAIMS, cnf: { kid: 'one' } }],
    ['bound in two ways, one of them not checked', { ...CLAIMS, cnf: { jkt: 'x'.repeat(43), jwk: {} } }],
    ['bound to a short thumbprint', { ...CLAIMS, cnf: { jkt: 'x' } }],
    ['with the issuer in an array', { ...CLAIMS, iss: [CLAIMS.iss] }],
    ['for a country that its issuer does not speak for', { ...CLAIMS, org: { country: 'HN' } }],
    ['with a malformed country code', { ...CLAIMS, org: { country: 'gt' } }],
    ['with a duplicate sub', json.replace('"sub":', '"sub":"someone-else","sub":')],
    ['with a duplicate member deep inside', json.replace('"agency":', '"country":"HN","agency":')],
    ['with a duplicate member under an escaped name', json.replace('"sub":', '"s\\u0075b":"x","sub":')],
    ['with scope as a number', { ...CLAIMS, scope: 7 }],
    ['with a line break in scope', { ...CLAIMS, scope: 'a\nb' }],
    ['with two mandates', { ...CLAIMS, authorization_details: [MANDATE, MANDATE] }],
    ['with an unknown purpose', { ...CLAIMS, authorization_details: [{ ...MANDATE, purposes: ['GOSSIP'] }] }],
    ['with a mandate without countries', { ...CLAIMS, authorization_details: [{ ...MANDATE, countries: [] }] }],
    ['with a mandate without an end', { ...CLAIMS, authorization_details: [{ ...MANDATE, not_after: undefined }] }],
    [
      'with a mandate that ends on no day',
      { ...CLAIMS, authorization_details: [{ ...MANDATE, not_after: '2027-02-30' }] },
    ],
    ['whose claims are an array', [CLAIMS]],
    ['whose claims are not JSON', '{"iss":'],
  ])('%s', async (_, claims) => {
    expect(await codeOf(await sign(claims))).toBe('TOKEN_INVALID')
  })

  it.each<[string, object]>([
    ['with typ JWT if at+jwt is expected', { typ: 'JWT' }],
    ['without typ', { typ: undefined }],
    ['with an unknown key id', { kid: 'gt-2' }],
    ['with the path of a file as key id', { kid: '../../../../dev/null' }],
    ['with the address of another key set as key id', { kid: 'https://evil.example/jwks#gt-1' }],
    ['with SQL as key id', { kid: "gt-1' UNION SELECT 'secret" }],
    ['with a command as key id', { kid: 'gt-1; id' }],
    ['with a key id of 4,000 characters', { kid: 'x'.repeat(4_000) }],
    ['with a key id of another case', { kid: 'GT-1' }],
    ['with a control character behind the key id', { kid: 'gt-1\u0000' }],
    ['with typ in an array', { typ: ['at+jwt'] }],
    ['with the typ of an ID token', { typ: 'id+jwt' }],
    ['with the typ of a leg token', { typ: 'istmo-leg+jwt' }],
    ['with typ and a parameter', { typ: 'at+jwt; charset=utf-8' }],
  ])('%s', async (_, header) => {
    expect(await codeOf(await sign(CLAIMS, header))).toBe('TOKEN_INVALID')
  })

  it('with a byte order mark before its header or its claims, which one reader ignores and another does not', async () => {
    const mark = '\uFEFF'
    expect(await codeOf(await made.signAnything(JSON.stringify(HEADER), json))).toBe('accepted')
    expect(await codeOf(await made.signAnything(JSON.stringify(HEADER), `${mark}${json}`))).toBe('TOKEN_INVALID')
    expect(await codeOf(await made.signAnything(`${mark}${JSON.stringify(HEADER)}`, json))).toBe('TOKEN_INVALID')
  })

  it('as expired only if its issuer signed it and nothing else is wrong with it', async () => {
    const expired = { ...CLAIMS, exp: NOW_S - 6 }
    expect(await codeOf(await sign(expired))).toBe('TOKEN_EXPIRED')
    expect(await codeOf(await sign(expired, {}, made.foreignKey))).toBe('TOKEN_INVALID')
    expect(await codeOf(`${(await sign(expired)).slice(0, -4)}AAAA`)).toBe('TOKEN_INVALID')
    for (const over of [
      { aud: 'https://other.example' },
      { sub: '' },
      { iat: NOW_S - 10_000 },
      { org: { country: 'HN' } },
    ]) {
      expect(await codeOf(await sign({ ...expired, ...over }))).toBe('TOKEN_INVALID')
    }
  })

  it('signed by another issuer’s key, even under that key’s id', async () => {
    expect(await codeOf(await sign(CLAIMS, {}, made.foreignKey))).toBe('TOKEN_INVALID')
    expect(await codeOf(await sign(CLAIMS, { kid: 'hn-1' }, made.foreignKey))).toBe('TOKEN_INVALID')
  })

  it('signed with a key that it brings along in its jwk header', async () => {
    const { d: _, ...jwk } = await exportJWK(made.foreignKey)
    expect(await codeOf(await sign(CLAIMS, { jwk, kid: undefined }, made.foreignKey))).toBe('TOKEN_INVALID')
  })

  it('with alg none, and with HS256 keyed by the public key', async () => {
    const unsigned = `${encode('{"alg":"none","typ":"at+jwt"}')}.${encode(JSON.stringify(CLAIMS))}`
    expect(await codeOf(`${unsigned}.`)).toBe('TOKEN_INVALID')
    expect(await codeOf(`${unsigned}.AA`)).toBe('TOKEN_INVALID')
    const secret = await readFile(made.issuers[0]?.jwks ?? '')
    const body = new TextEncoder().encode(JSON.stringify(CLAIMS))
    const confused = await new CompactSign(body).setProtectedHeader({ ...HEADER, alg: 'HS256' }).sign(secret)
    expect(await codeOf(confused)).toBe('TOKEN_INVALID')
  })

  it.each<[string, object | string]>([
    ['with its key id in an array', { ...HEADER, kid: ['gt-1'] }],
    ['with its key id in an object', { ...HEADER, kid: { toString: 'gt-1' } }],
    ['with a numeric key id', { ...HEADER, kid: 1 }],
    ['with null as key id', { ...HEADER, kid: null }],
    ['with alg in an array', { ...HEADER, alg: ['ES256'] }],
    ['with alg None', { ...HEADER, alg: 'None' }],
    ['with alg of another curve', { ...HEADER, alg: 'ES384' }],
    ['with alg of another kind of key', { ...HEADER, alg: 'RS256' }],
    ['with a duplicate alg', JSON.stringify(HEADER).replace('"alg":', '"alg":"none","alg":')],
    ['with unencoded claims', { ...HEADER, b64: false, crit: ['b64'] }],
    ['with an empty list of critical extensions', { ...HEADER, crit: [] }],
    ['that says it is encrypted', { ...HEADER, enc: 'A256GCM', alg: 'dir' }],
    ['with a header that is a list', '[]'],
    ['with a header that is not JSON', '{"alg"'],
    ['with a header that is null', 'null'],
    ['with a prototype in its header', `{"__proto__":{"alg":"ES256","typ":"at+jwt","kid":"gt-1"}}`],
    ['with a critical extension', { ...HEADER, crit: ['exp'], exp: 1 }],
  ])('%s, although its signature is valid', async (_, header) => {
    const text = typeof header === 'string' ? header : JSON.stringify(header)
    expect(await codeOf(await made.signAnything(text, JSON.stringify(CLAIMS)))).toBe('TOKEN_INVALID')
  })

  it('but not if it is made in the same way with a good header', async () => {
    expect(await codeOf(await made.signAnything(JSON.stringify(HEADER), JSON.stringify(CLAIMS)))).toBe('accepted')
  })

  it('written in another base64 that reads the same', async () => {
    const [header = '', payload = '', signature = ''] = (await sign({ ...CLAIMS, sub: 'a' })).split('.')
    expect(await codeOf(`${header}.${payload}=.${signature}`)).toBe('TOKEN_INVALID')
    const trailing = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
    const same = trailing.map((letter) => `${payload.slice(0, -1)}${letter}`).filter((other) => other !== payload)
    for (const other of same) expect(await codeOf(`${header}.${other}.${signature}`)).toBe('TOKEN_INVALID')
  })

  it('whose claims or signature were changed by one character', async () => {
    const [header, , signature] = (await sign(CLAIMS)).split('.')
    const richer = encode(JSON.stringify({ ...CLAIMS, scope: 'case:read person:read person:hit' }))
    expect(await codeOf(`${header}.${richer}.${signature}`)).toBe('TOKEN_INVALID')
    const token = await sign(CLAIMS)
    const flipped = token.replace(/.(?=.{40}$)/, (letter) => (letter === 'A' ? 'B' : 'A'))
    expect(await codeOf(flipped)).toBe('TOKEN_INVALID')
  })
})

describe('the Authorization header', () => {
  it('without a token is TOKEN_MISSING', async () => {
    await expect(authenticate([])).rejects.toMatchObject({ code: 'TOKEN_MISSING', status: 401 })
  })

  it.each([
    ['another scheme', ['Basic dTpw']],
    ['no token', ['Bearer ']],
    ['two tokens', ['Bearer a.b.c d.e.f']],
    ['a token of two parts', ['Bearer a.b']],
    ['an encrypted token', ['Bearer a.b.c.d.e']],
    ['a token that is too long', [`Bearer ${'a'.repeat(8190)}.b.c`]],
  ])('with %s is TOKEN_INVALID', async (_, values) => {
    await expect(authenticate(values)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('sent twice is TOKEN_INVALID, although both tokens are valid', async () => {
    const value = `Bearer ${await sign(CLAIMS)}`
    await expect(authenticate([value, value])).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('may be absent if anonymous requests are allowed, but a bad token is rejected even then', async () => {
    const open = byToken(await createAuthenticate({ ...OPTIONS, issuers: [], anonymous: true }))
    expect(await open([])).toBeNull()
    await expect(open([`Bearer ${await sign(CLAIMS)}`])).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })
})

describe('an error', () => {
  it('names the claim and never its value', async () => {
    const token = await sign({ ...CLAIMS, sub: 'María\nLópez' })
    await expect(authenticate([`Bearer ${token}`])).rejects.toThrow(/`sub`/)
    await expect(authenticate([`Bearer ${token}`])).rejects.not.toThrow(/López/)
  })
})
