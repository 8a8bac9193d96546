import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompactSign, type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from '../../contract/access-token.ts'
import type { Authenticate, Credentials } from '../flow.ts'
import { createAuthenticate } from './authenticate.ts'
import { type Issuer, STANDARD_CLAIMS } from './issuer.ts'

const NOW_S = 1_800_000_000
const MANDATE = {
  type: 'istmo_mandate',
  task_force: 'jtf-2026-03',
  purposes: ['INVESTIGATION'],
  countries: ['GT', 'HN'],
  not_after: '2027-03-31',
}
const CLAIMS = {
  iss: 'https://id.gt.example',
  aud: 'https://istmo.example',
  sub: 'pairwise-1',
  iat: NOW_S - 10,
  exp: NOW_S + 600,
  scope: 'case:read person:read',
  org: { country: 'GT', agency: 'GT-MP-FECO' },
  authorization_details: [MANDATE],
}
const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: 'gt-1' }

interface Pair {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

let folder: string
let issuers: readonly Issuer[]
let gt: Pair
let hn: Pair
let authenticate: (authorization: readonly string[]) => Promise<Caller | null>
let now = NOW_S * 1000

async function writeKeySet(name: string, keys: readonly JWK[]): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, JSON.stringify({ keys }))
  return file
}

function issuer(over: Partial<Issuer>): Issuer {
  return {
    issuer: CLAIMS.iss,
    audience: CLAIMS.aud,
    jwks: '',
    algorithms: ['ES256'],
    tokenType: 'at+jwt',
    country: 'GT',
    claims: STANDARD_CLAIMS,
    maxLifetimeS: 3600,
    ...over,
  }
}

const OPTIONS = { anonymous: false, requireMandate: false, publicUrl: () => 'https://istmo.example' }

function shown(authorization: readonly string[], over: Partial<Credentials> = {}): Credentials {
  return { authorization, proofs: [], mandate: [], method: 'POST', path: '/graphql', clientCertificate: null, ...over }
}

/** The caller alone, by the header `Authorization` alone. */
const byToken =
  (room: Authenticate): typeof authenticate =>
  async (authorization) =>
    (await room(shown(authorization))).caller

async function sign(claims: unknown, header: object = {}, key: CryptoKey = gt.privateKey): Promise<string> {
  const payload = typeof claims === 'string' ? claims : JSON.stringify(claims)
  const full = { ...HEADER, ...header }
  return new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader(full).sign(key)
}

/** Signs a header that jose would not. */
async function signAnything(header: string, claims: string): Promise<string> {
  const signed = `${encode(header)}.${encode(claims)}`
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await crypto.subtle.sign(algorithm, gt.privateKey, new TextEncoder().encode(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

const encode = (text: string): string => Buffer.from(text).toString('base64url')

function codeOf(token: string): Promise<unknown> {
  return authenticate([`Bearer ${token}`]).then(
    () => 'accepted',
    (error: { code?: unknown }) => error.code,
  )
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-authenticate-'))
  gt = await generateKeyPair('ES256', { extractable: true })
  hn = await generateKeyPair('ES256', { extractable: true })
  const gtKeys = await writeKeySet('gt.json', [{ ...(await exportJWK(gt.publicKey)), kid: 'gt-1', alg: 'ES256' }])
  const hnKeys = await writeKeySet('hn.json', [{ ...(await exportJWK(hn.publicKey)), kid: 'hn-1', alg: 'ES256' }])
  issuers = [
    issuer({ jwks: gtKeys }),
    issuer({ jwks: hnKeys, issuer: 'https://id.hn.example', country: 'HN', tokenType: 'JWT' }),
  ]
  authenticate = byToken(await createAuthenticate({ ...OPTIONS, issuers }, { now: () => now }))
})

afterAll(() => rm(folder, { recursive: true }))

describe('a valid token', () => {
  it('gives the caller with subject, scopes, organisation and mandate', async () => {
    expect(await authenticate([`Bearer ${await sign(CLAIMS)}`])).toEqual({
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
  ])('gives its scopes from %s', async (_, over) => {
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
    ['no key id where the set has one key', {}, { kid: undefined }],
  ])('is taken with %s', async (_, over, header) => {
    expect(await codeOf(await sign({ ...CLAIMS, ...over }, header))).toBe('accepted')
  })

  it('of an issuer whose entry says so has typ JWT', async () => {
    const claims = { ...CLAIMS, iss: 'https://id.hn.example', org: { country: 'HN' } }
    expect(await codeOf(await sign(claims, { typ: 'JWT', kid: 'hn-1' }, hn.privateKey))).toBe('accepted')
  })

  it('gives the same caller from memory, and is refused from memory once it has expired', async () => {
    const token = await sign({ ...CLAIMS, jti: 'remembered' })
    const first = await authenticate([`Bearer ${token}`])
    expect(await authenticate([`Bearer ${token}`])).toBe(first)
    now = (CLAIMS.exp + 6) * 1000
    expect(await codeOf(token)).toBe('TOKEN_INVALID')
    now = NOW_S * 1000
  })
})

describe('a token is refused', () => {
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
    ['that expired 6 s ago', { ...CLAIMS, exp: NOW_S - 6 }],
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
    ['with a country that is none', { ...CLAIMS, org: { country: 'gt' } }],
    ['with a doubled sub', json.replace('"sub":', '"sub":"someone-else","sub":')],
    ['with a doubled member deep inside', json.replace('"agency":', '"country":"HN","agency":')],
    ['with a doubled member under an escaped name', json.replace('"sub":', '"s\\u0075b":"x","sub":')],
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
    ['whose claims are no JSON', '{"iss":'],
  ])('%s', async (_, claims) => {
    expect(await codeOf(await sign(claims))).toBe('TOKEN_INVALID')
  })

  it.each<[string, object]>([
    ['with typ JWT where at+jwt is expected', { typ: 'JWT' }],
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
    ['with the typ of a leg’s token', { typ: 'istmo-leg+jwt' }],
    ['with typ and a parameter', { typ: 'at+jwt; charset=utf-8' }],
  ])('%s', async (_, header) => {
    expect(await codeOf(await sign(CLAIMS, header))).toBe('TOKEN_INVALID')
  })

  it('signed by another issuer’s key, even under that key’s id', async () => {
    expect(await codeOf(await sign(CLAIMS, {}, hn.privateKey))).toBe('TOKEN_INVALID')
    expect(await codeOf(await sign(CLAIMS, { kid: 'hn-1' }, hn.privateKey))).toBe('TOKEN_INVALID')
  })

  it('signed with a key that it brings along in its jwk header', async () => {
    const jwk = await exportJWK(hn.publicKey)
    expect(await codeOf(await sign(CLAIMS, { jwk, kid: undefined }, hn.privateKey))).toBe('TOKEN_INVALID')
  })

  it('with alg none, and with HS256 keyed by the public key', async () => {
    const unsigned = `${encode('{"alg":"none","typ":"at+jwt"}')}.${encode(JSON.stringify(CLAIMS))}`
    expect(await codeOf(`${unsigned}.`)).toBe('TOKEN_INVALID')
    expect(await codeOf(`${unsigned}.AA`)).toBe('TOKEN_INVALID')
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(gt.publicKey)))
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
    ['with a doubled alg', JSON.stringify(HEADER).replace('"alg":', '"alg":"none","alg":')],
    ['with unencoded claims', { ...HEADER, b64: false, crit: ['b64'] }],
    ['with an empty list of critical extensions', { ...HEADER, crit: [] }],
    ['that says it is encrypted', { ...HEADER, enc: 'A256GCM', alg: 'dir' }],
    ['with a header that is a list', '[]'],
    ['with a header that is no JSON', '{"alg"'],
    ['with a header that is null', 'null'],
    ['with a prototype in its header', `{"__proto__":{"alg":"ES256","typ":"at+jwt","kid":"gt-1"}}`],
    ['with a critical extension', { ...HEADER, crit: ['exp'], exp: 1 }],
  ])('%s, though its signature holds', async (_, header) => {
    const text = typeof header === 'string' ? header : JSON.stringify(header)
    expect(await codeOf(await signAnything(text, JSON.stringify(CLAIMS)))).toBe('TOKEN_INVALID')
  })

  it('made by the same means with a good header is none of them', async () => {
    expect(await codeOf(await signAnything(JSON.stringify(HEADER), JSON.stringify(CLAIMS)))).toBe('accepted')
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

  it('sent twice is TOKEN_INVALID, though both tokens hold', async () => {
    const value = `Bearer ${await sign(CLAIMS)}`
    await expect(authenticate([value, value])).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('may be left out where anonymous requests are let in, but a bad token is refused there too', async () => {
    const open = byToken(await createAuthenticate({ ...OPTIONS, issuers: [], anonymous: true }))
    expect(await open([])).toBeNull()
    await expect(open([`Bearer ${await sign(CLAIMS)}`])).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })
})

describe('a token where countries take part', () => {
  const full = { ...CLAIMS, jti: 'token-1' }
  const demanding = async (claims: unknown, over: Partial<Issuer> = {}, mandate: readonly string[] = []) => {
    const [first, ...others] = issuers
    const entries = [{ ...(first as Issuer), ...over }, ...others]
    const room = await createAuthenticate({ ...OPTIONS, issuers: entries, requireMandate: true }, { now: () => now })
    return room(shown([`Bearer ${await sign(claims)}`], { mandate }))
  }

  it('is taken with a name, a country and a mandate, and gives the grounds', async () => {
    const { caller, grounds, groundsRefused } = await demanding(full)
    expect(caller).toMatchObject({ tokenId: 'token-1', organisation: { country: 'GT' } })
    expect([grounds, groundsRefused]).toEqual([{ purpose: 'INVESTIGATION' }, null])
  })

  it.each<[string, object, RegExp]>([
    ['a jti', { jti: undefined }, /`jti`/],
    ['an organisation', { org: undefined }, /`org\.country`/],
    ['a country', { org: { agency: 'GT-MP-FECO' } }, /`org\.country`/],
    ['authorization details', { authorization_details: undefined }, /`authorization_details with an `istmo_mandate``/],
    ['a mandate among them', { authorization_details: [{ type: 'payment' }] }, /`authorization_details with/],
  ])('is refused without %s, naming the claim', async (_, over, message) => {
    await expect(demanding({ ...full, ...over })).rejects.toThrow(message)
    await expect(demanding({ ...full, ...over })).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('is read where its issuer’s entry says', async () => {
    const claims = {
      country: '/https:~1~1id.gt.example~1country',
      agency: '/groups/0',
      role: '/realm/roles/1',
      mandate: '/istmo_mandate',
    }
    const { type: _, ...untyped } = MANDATE
    const mapped = {
      ...{ ...full, org: 'something else', authorization_details: 7, istmo_mandate: untyped },
      ...{ 'https://id.gt.example/country': 'GT', groups: ['GT-MP-FECO'], realm: { roles: ['user', 'analyst'] } },
    }
    const { caller } = await demanding(mapped, { claims })
    expect(caller?.organisation).toEqual({ country: 'GT', agency: 'GT-MP-FECO', role: 'analyst' })
    expect(caller?.mandate).toEqual(MANDATE)
    const foreign = { ...mapped, 'https://id.gt.example/country': 'HN' }
    await expect(demanding(foreign, { claims })).rejects.toThrow(
      /`https:\/\/id.gt.example\/country` is not the country/,
    )
  })

  it('is refused when it lives longer than its issuer’s entry allows', async () => {
    expect((await demanding(full, { maxLifetimeS: 610 })).caller).not.toBeNull()
    await expect(demanding(full, { maxLifetimeS: 609 })).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('acts on what the header states, and is refused with grounds that its mandate does not name', async () => {
    expect((await demanding(full, {}, ['purpose=INVESTIGATION'])).grounds).toEqual({ purpose: 'INVESTIGATION' })
    await expect(demanding(full, {}, ['purpose=PROSECUTION'])).rejects.toMatchObject({ code: 'MANDATE_NOT_COVERED' })
    await expect(demanding(full, {}, ['purpose'])).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('loses its grounds when its mandate ends, though it is remembered', async () => {
    const endS = Date.parse('2027-04-01T00:00:00Z') / 1000
    now = (endS - 60) * 1000
    const token = `Bearer ${await sign({ ...full, iat: endS - 60, exp: endS + 600 })}`
    const room = await createAuthenticate({ ...OPTIONS, issuers, requireMandate: true }, { now: () => now })
    const before = await room(shown([token]))
    now = endS * 1000
    const after = await room(shown([token]))
    now = NOW_S * 1000
    expect(after.caller).toBe(before.caller)
    expect([before.grounds, before.groundsRefused]).toEqual([{ purpose: 'INVESTIGATION' }, null])
    expect([after.grounds, after.groundsRefused?.code]).toEqual([null, 'MANDATE_NOT_COVERED'])
  })
})

describe('a token that is bound', () => {
  const room = () => createAuthenticate({ ...OPTIONS, issuers }, { now: () => now })
  const THUMBPRINT = 'A'.repeat(43)

  async function dpop() {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(publicKey)
    const token = await sign({ ...CLAIMS, cnf: { jkt: await calculateJwkThumbprint(jwk) } })
    let count = 0
    const prove = () => {
      count += 1
      const ath = createHash('sha256').update(token).digest('base64url')
      const claims = { jti: `p-${count}`, htm: 'POST', htu: 'https://istmo.example/graphql', iat: NOW_S, ath }
      const bytes = new TextEncoder().encode(JSON.stringify(claims))
      return new CompactSign(bytes).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk }).sign(privateKey)
    }
    return { token, prove }
  }

  it('to a key is taken with a proof, each time with a new one, also from memory', async () => {
    const authenticate = await room()
    const { token, prove } = await dpop()
    for (const scheme of ['DPoP', 'dpop']) {
      const credentials = shown([`${scheme} ${token}`], { proofs: [await prove()] })
      expect((await authenticate(credentials)).caller?.subject).toBe('pairwise-1')
      await expect(authenticate(credentials)).rejects.toMatchObject({ code: 'PROOF_INVALID', status: 401 })
    }
  })

  it('to a key is refused as a bearer’s, with a proof and without', async () => {
    const authenticate = await room()
    const { token, prove } = await dpop()
    for (const proofs of [[], [await prove()]]) {
      await expect(authenticate(shown([`Bearer ${token}`], { proofs }))).rejects.toMatchObject({
        code: 'PROOF_INVALID',
      })
    }
    await expect(authenticate(shown([`DPoP ${token}`]))).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })

  it('to nothing is refused under the scheme DPoP, though the proof holds', async () => {
    const authenticate = await room()
    const { prove } = await dpop()
    const credentials = shown([`DPoP ${await sign(CLAIMS)}`], { proofs: [await prove()] })
    await expect(authenticate(credentials)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('to a certificate is taken over a connection with it alone', async () => {
    const authenticate = await room()
    const authorization = [`Bearer ${await sign({ ...CLAIMS, cnf: { 'x5t#S256': THUMBPRINT } })}`]
    expect((await authenticate(shown(authorization, { clientCertificate: THUMBPRINT }))).caller).not.toBeNull()
    for (const clientCertificate of [null, 'B'.repeat(43)]) {
      const credentials = shown(authorization, { clientCertificate })
      await expect(authenticate(credentials)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
    }
  })

  it('to both needs both', async () => {
    const authenticate = await room()
    const token = await sign({ ...CLAIMS, cnf: { jkt: THUMBPRINT, 'x5t#S256': THUMBPRINT } })
    const without = shown([`Bearer ${token}`], { clientCertificate: THUMBPRINT })
    await expect(authenticate(without)).rejects.toMatchObject({ code: 'PROOF_INVALID' })
  })
})

describe('an error', () => {
  it('names the claim and never its value', async () => {
    const token = await sign({ ...CLAIMS, sub: 'María\nLópez' })
    await expect(authenticate([`Bearer ${token}`])).rejects.toThrow(/`sub`/)
    await expect(authenticate([`Bearer ${token}`])).rejects.not.toThrow(/López/)
  })
})
