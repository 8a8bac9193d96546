import type { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { LEG_TOKEN_TYPE, operationHash } from '../../contract/leg-token.ts'
import { createLegVerifier, type LegTokenSettings, openKeys, type VerifyLeg } from './leg-token.ts'

const QUERY = '{ case(id: "HN:1") { id } }'
const NOW_S = 1_800_000_000

const CLAIMS = {
  iss: 'istmo',
  aud: 'HN',
  sub: 'pairwise',
  iat: NOW_S,
  exp: NOW_S + 60,
  jti: 'one',
  act: { sub: 'istmo' },
  op: operationHash(QUERY),
  scope: 'case:read',
}

let keys: LegTokenSettings['keys']
let sign: (claims: Readonly<Record<string, unknown>>, header?: Partial<JWTHeaderParameters>) => Promise<string>
let signByOther: typeof sign
let signByEcKey: typeof sign
let clockS: number
let verify: VerifyLeg
let thumbprint: string

function signer(key: webcrypto.CryptoKey, alg: string): typeof sign {
  return (claims, header) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg, kid: 'k1', typ: LEG_TOKEN_TYPE, ...header }).sign(key)
}

beforeAll(async () => {
  const [own, other, ec] = await Promise.all([
    generateKeyPair('EdDSA'),
    generateKeyPair('EdDSA'),
    generateKeyPair('ES256'),
  ])
  thumbprint = await calculateJwkThumbprint(await exportJWK(own.publicKey))
  sign = signer(own.privateKey, 'EdDSA')
  signByOther = signer(other.privateKey, 'EdDSA')
  signByEcKey = signer(ec.privateKey, 'ES256')
  keys = createLocalJWKSet({
    keys: [
      { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'EdDSA' },
      { ...(await exportJWK(ec.publicKey)), kid: 'ec', alg: 'ES256' },
    ],
  })
})

function open(): VerifyLeg {
  clockS = NOW_S
  verify = createLegVerifier({ country: 'HN', issuer: 'istmo', keys, now: () => clockS * 1000 })
  return verify
}

describe('a leg token', () => {
  it('that is valid yields its claims, however often it is used, until it expires', async () => {
    open()
    const token = `Bearer ${await sign(CLAIMS)}`
    expect(await verify(token, QUERY)).toEqual({ claims: CLAIMS, key: thumbprint })
    clockS = NOW_S + 64
    expect(await verify(token, QUERY)).toEqual({ claims: CLAIMS, key: thumbprint })
    clockS = NOW_S + 66
    await expect(verify(token, QUERY)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
  })

  it('is judged as by a check that has seen none, whichever text came before', async () => {
    const remembering = open()
    const good = [await sign(CLAIMS), await sign({ ...CLAIMS, jti: 'another' })]
    const ends = good.map((token) => [token.slice(0, -5), token.slice(-5)] as const)
    const changed = ends.map(([start, end]) => `${start}${end.startsWith('A') ? 'Q' : 'A'}${end.slice(1)}`)
    const swapped = good.map((token, at) => [...token.split('.').slice(0, 2), good[1 - at]?.split('.')[2]].join('.'))
    const outcome = (check: VerifyLeg, token: string) =>
      check(`Bearer ${token}`, QUERY).catch((error: { code?: string }) => error.code)
    for (const token of [...good, ...changed, ...swapped, ...good, ...changed]) {
      expect(await outcome(remembering, token)).toEqual(await outcome(open(), token))
    }
  })

  it('with a mandate yields the mandate', async () => {
    const mandate = { type: 'istmo_mandate', purposes: ['INVESTIGATION'], countries: ['HN'], not_after: '2027-03-31' }
    const org = { country: 'GT', agency: 'GT-MP' }
    const { claims } = await open()(`Bearer ${await sign({ ...CLAIMS, mandate, org })}`, QUERY)
    expect(claims).toMatchObject({ mandate, org })
  })

  it('needs no subject if it names a country token, and then names nobody', async () => {
    const ct = 'c'.repeat(43)
    const { claims } = await open()(`Bearer ${await sign({ ...CLAIMS, sub: undefined, ct })}`, QUERY)
    expect(claims).toMatchObject({ sub: 'anonymous', ct })
  })

  it('is cached with its operation: another text is rejected, before and after', async () => {
    const token = `Bearer ${await sign(CLAIMS)}`
    await expect(open()(token, `${QUERY} `)).rejects.toMatchObject({ code: 'REFUSED_BY_NODE' })
    await verify(token, QUERY)
    await expect(verify(token, `${QUERY} `)).rejects.toMatchObject({ code: 'REFUSED_BY_NODE' })
  })

  const refused: readonly [string, Readonly<Record<string, unknown>>, string, Partial<JWTHeaderParameters>?][] = [
    ['for another country', { aud: 'GT' }, 'REFUSED_BY_NODE'],
    ['for two countries', { aud: ['HN', 'GT'] }, 'TOKEN_INVALID'],
    ['without an audience', { aud: undefined }, 'TOKEN_INVALID'],
    ['of another gateway', { iss: 'other' }, 'TOKEN_INVALID'],
    ['of another type', {}, 'TOKEN_INVALID', { typ: 'at+jwt' }],
    ['without a type', {}, 'TOKEN_INVALID', { typ: undefined as never }],
    ['that has ended', { iat: NOW_S - 70, exp: NOW_S - 10 }, 'TOKEN_EXPIRED'],
    ['without an end', { exp: undefined }, 'TOKEN_INVALID'],
    ['with an end that is no whole number', { exp: NOW_S + 1.5 }, 'TOKEN_INVALID'],
    ['that lives longer than a minute', { exp: NOW_S + 61 }, 'TOKEN_INVALID'],
    ['that ends before it begins', { iat: NOW_S + 3, exp: NOW_S + 2 }, 'TOKEN_INVALID'],
    ['from the future', { iat: NOW_S + 30 }, 'TOKEN_INVALID'],
    ['without a subject and without a country token', { sub: undefined }, 'TOKEN_INVALID'],
    ['with an empty subject', { sub: '' }, 'TOKEN_INVALID'],
    ['without an id', { jti: undefined }, 'TOKEN_INVALID'],
    ['without an actor', { act: undefined }, 'TOKEN_INVALID'],
    ['without an operation', { op: undefined }, 'TOKEN_INVALID'],
    ['without scopes', { scope: undefined }, 'TOKEN_INVALID'],
    ['with scopes as a list', { scope: ['case:read'] }, 'TOKEN_INVALID'],
    [
      'with a mandate of an unknown purpose',
      { mandate: { type: 'istmo_mandate', purposes: ['GAIN'], countries: [], not_after: 'x' } },
      'TOKEN_INVALID',
    ],
    ['with an unknown key', {}, 'TOKEN_INVALID', { kid: 'k2' }],
  ]
  it.each(refused)('%s is rejected', async (_name, claims, code, header) => {
    const token = await sign({ ...CLAIMS, ...claims }, header)
    await expect(open()(`Bearer ${token}`, QUERY)).rejects.toMatchObject({ code })
  })

  it('signed by another key under the same id is rejected', async () => {
    await expect(open()(`Bearer ${await signByOther(CLAIMS)}`, QUERY)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('signed with another algorithm is rejected, although its key is in the set', async () => {
    const token = await signByEcKey(CLAIMS, { kid: 'ec' })
    await expect(open()(`Bearer ${token}`, QUERY)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it.each([
    ['no header', undefined, 'TOKEN_MISSING'],
    ['another scheme', 'Basic YTpi', 'TOKEN_INVALID'],
    ['no token', 'Bearer ', 'TOKEN_INVALID'],
    ['an unsigned token', 'Bearer eyJhbGciOiJub25lIn0.e30.', 'TOKEN_INVALID'],
    ['noise', 'Bearer a.b.c', 'TOKEN_INVALID'],
    ['a token longer than any', `Bearer ${'a'.repeat(20_000)}.b.c`, 'TOKEN_INVALID'],
  ])('is required: %s is rejected', async (_name, header, code) => {
    await expect(open()(header, QUERY)).rejects.toMatchObject({ code })
  })

  it('cannot be checked while the key set is unavailable, and the error does not blame the token', async () => {
    const failing = createLegVerifier({
      country: 'HN',
      issuer: 'istmo',
      keys: () => Promise.reject(new TypeError('fetch failed')),
      now: () => NOW_S * 1000,
    })
    await expect(failing(`Bearer ${await sign(CLAIMS)}`, QUERY)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
  })

  it('is not rejected as invalid if the publisher of the key set answers with an error', async () => {
    const publisher = createServer((_request, response) => response.writeHead(503).end()).listen(0, '127.0.0.1')
    await once(publisher, 'listening')
    const { port } = publisher.address() as AddressInfo
    const remote = await openKeys(`http://127.0.0.1:${port}/jwks`)
    const failing = createLegVerifier({ country: 'HN', issuer: 'istmo', keys: remote, now: () => NOW_S * 1000 })
    await expect(failing(`Bearer ${await sign(CLAIMS)}`, QUERY)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' })
    publisher.closeAllConnections()
    publisher.close()
  })
})
