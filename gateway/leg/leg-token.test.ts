import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { describe, expect, it } from 'vitest'
import { LEG_TOKEN_TYPE, operationHash } from '../../contract/leg-token.ts'
import { aCaller } from '../testing.ts'
import { createLegKey } from './leg-key.ts'
import { type CachedToken, createLegTokenSigner, removeEnded } from './leg-token.ts'

const NOW_S = 1_800_000_000
const QUERY = '{ cases { id } }'
/** The parts of a leg that the tests do not vary. */
const ASKED = {
  grounds: null,
  rights: { scopes: ['case:read', 'person:read'], policies: [] },
  reads: [],
  use: 'reuse',
} as const
const CALLER = aCaller({
  subject: 'pairwise-1',
  client: 'tf-console',
  tokenId: 'token-7',
  tokenHash: 'ab'.repeat(32),
  assurance: '2',
  scopes: ['case:read', 'person:read'],
  organisation: { country: 'GT' },
  mandate: { type: 'istmo_mandate', purposes: ['INVESTIGATION'], countries: ['HN'], not_after: '2027-03-31' },
  expiresAt: NOW_S + 600,
})

async function createSigner(now = { s: NOW_S }) {
  const key = await createLegKey(undefined)
  return { key, now, sign: createLegTokenSigner({ key, gateway: 'istmo', now: () => now.s * 1000 }) }
}

describe('a leg token', () => {
  it('names the caller, the country and the text, for one minute, under the published key', async () => {
    const { key, sign } = await createSigner()
    const token = await sign({ ...ASKED, caller: CALLER, country: 'HN', query: QUERY })
    const { payload } = await jwtVerify(token, createLocalJWKSet(key.publicKeys), {
      audience: 'HN',
      issuer: 'istmo',
      typ: LEG_TOKEN_TYPE,
      algorithms: ['EdDSA'],
      currentDate: new Date(NOW_S * 1000),
    })
    expect(payload).toEqual({
      iss: 'istmo',
      aud: 'HN',
      sub: 'pairwise-1',
      iat: NOW_S,
      exp: NOW_S + 60,
      jti: expect.any(String),
      act: { sub: 'istmo' },
      op: operationHash(QUERY),
      scope: 'case:read person:read',
      caller_iss: CALLER.issuer,
      caller_jti: 'token-7',
      caller_token: Buffer.from('ab'.repeat(32), 'hex').toString('base64url'),
      client_id: 'tf-console',
      acr: '2',
      org: CALLER.organisation,
    })
  })

  const countryToken = (end: number, hash = 'c'.repeat(43)) => ({ hash, claims: { exp: end } })

  it('names the country token that goes with it and nobody who asks, and ends no later than that token', async () => {
    const { sign } = await createSigner()
    const grounds = { purpose: 'INVESTIGATION' as const }
    const leg = { ...ASKED, grounds, caller: CALLER, country: 'HN', query: QUERY }
    const claims = decodeJwt(await sign({ ...leg, countryToken: countryToken(NOW_S + 20) }))
    expect(claims).toEqual({
      ...{ iss: 'istmo', aud: 'HN', iat: NOW_S, exp: NOW_S + 20, jti: expect.any(String), act: { sub: 'istmo' } },
      ...{ op: operationHash(QUERY), ct: 'c'.repeat(43), scope: 'case:read person:read', grounds },
    })
    expect(decodeJwt(await sign({ ...leg, countryToken: countryToken(NOW_S + 300, 'd'.repeat(43)) })).exp).toBe(
      NOW_S + 60,
    )
  })

  it('is another one for each country token', async () => {
    const { sign } = await createSigner()
    const leg = { ...ASKED, caller: CALLER, country: 'HN', query: QUERY }
    const first = await sign({ ...leg, countryToken: countryToken(NOW_S + 300) })
    expect(await sign({ ...leg, countryToken: countryToken(NOW_S + 300) })).toBe(first)
    expect(await sign({ ...leg, countryToken: countryToken(NOW_S + 300, 'd'.repeat(43)) })).not.toBe(first)
    expect(await sign(leg)).not.toBe(first)
  })

  it('tells a country nothing of other countries, purposes, the case and the legal basis, unless its rules read them', async () => {
    const { sign } = await createSigner()
    const mandate = {
      ...{ type: 'istmo_mandate' as const, task_force: 'jtf', case: 'GT:1', countries: ['GT', 'HN', 'SV'] },
      ...{
        purposes: ['INVESTIGATION' as const, 'PROSECUTION' as const],
        legal_basis: ['UN:1', 'UN:2'],
        not_after: '2027-03-31',
      },
    }
    const grounds = { purpose: 'PROSECUTION' as const, case: 'GT:1', legalBasis: ['UN:1'] }
    const leg = { ...ASKED, caller: { ...CALLER, mandate }, country: 'HN', query: QUERY, grounds }
    const known = { type: 'istmo_mandate', task_force: 'jtf', purposes: ['PROSECUTION'], countries: ['HN'] }
    expect(decodeJwt(await sign(leg))).toMatchObject({
      mandate: { ...known, not_after: '2027-03-31' },
      grounds: { purpose: 'PROSECUTION' },
      withheld: ['case', 'legalBasis'],
    })
    expect(JSON.stringify(decodeJwt(await sign(leg)))).not.toMatch(/GT:1|UN:|SV|INVESTIGATION/)
    const reading = decodeJwt(await sign({ ...leg, reads: ['case', 'legalBasis'] }))
    expect(reading).toMatchObject({ mandate: known, grounds })
    expect(reading).not.toHaveProperty('withheld')
    expect(decodeJwt(await sign({ ...leg, reads: ['legalBasis'] })).withheld).toEqual(['case'])
    expect(decodeJwt(await sign({ ...leg, grounds: null }))).not.toHaveProperty('mandate')
  })

  it('has the policies as one text, or as a list if a name has a space', async () => {
    const { sign } = await createSigner()
    const withPolicies = async (policies: readonly string[]) =>
      decodeJwt(await sign({ ...ASKED, caller: CALLER, country: 'HN', query: QUERY, rights: { scopes: [], policies } }))
        .policies
    expect(await withPolicies(['a', 'b'])).toBe('a b')
    expect(await withPolicies(['may read', 'b'])).toEqual(['may read', 'b'])
  })

  it('of a caller without a token is anonymous and without scopes', async () => {
    const { sign } = await createSigner()
    const claims = decodeJwt(await sign({ ...ASKED, caller: null, country: 'UN', query: QUERY }))
    expect(claims).toMatchObject({ sub: 'anonymous', scope: '' })
    expect(claims).not.toHaveProperty('org')
  })

  it('ends with the caller’s own token', async () => {
    const { sign } = await createSigner()
    const caller = { ...CALLER, expiresAt: NOW_S + 20.5 }
    expect(decodeJwt(await sign({ ...ASKED, caller, country: 'HN', query: QUERY })).exp).toBe(NOW_S + 20)
  })

  it('is signed once for the same caller, country and text, and again shortly before its end', async () => {
    const { sign, now } = await createSigner()
    const leg = { ...ASKED, caller: CALLER, country: 'HN', query: QUERY }
    const first = await sign(leg)
    now.s = NOW_S + 49
    expect(await sign(leg)).toBe(first)
    now.s = NOW_S + 50
    expect(await sign(leg)).not.toBe(first)
  })

  it('is signed for each leg if the country accepts it once', async () => {
    const { sign } = await createSigner()
    const leg = { ...ASKED, use: 'once', caller: CALLER, country: 'HN', query: QUERY } as const
    const [first, second] = [await sign(leg), await sign(leg)]
    expect(decodeJwt(first).jti).not.toBe(decodeJwt(second).jti)
    expect(await sign({ ...leg, use: 'reuse' })).not.toBe(second)
  })

  it.each([
    ['another country', { country: 'SV' }],
    ['another text', { query: '{ cases { id country } }' }],
    ['another token of the same subject', { caller: { ...CALLER } }],
    ['no caller', { caller: null }],
    ['other grounds', { grounds: { purpose: 'INVESTIGATION' as const } }],
    ['other scopes', { rights: { scopes: ['case:read'], policies: [] } }],
    ['other rules of the country', { reads: ['case' as const] }],
    ['other policies', { rights: { ...ASKED.rights, policies: ['narrative_release'] } }],
  ])('is never shared with %s', async (_, over) => {
    const { sign } = await createSigner()
    const leg = { ...ASKED, caller: CALLER, country: 'HN', query: QUERY }
    expect(await sign({ ...leg, ...over })).not.toBe(await sign(leg))
  })
})

describe('the cached leg tokens', () => {
  it.each<[untilS: readonly number[], left: readonly number[]]>([
    [[], []],
    [[1], []],
    [[1, 1, 5], []],
    [
      [1, 9, 1],
      [9, 1],
    ],
    [
      [9, 1],
      [9, 1],
    ],
  ])('that end at %j are removed at 5, beginning with the oldest, which leaves %j', async (untilS, left) => {
    const kept = new LRUCache<string, CachedToken>({ max: 9 })
    untilS.forEach((until, at) => {
      kept.set(String(at), { token: Promise.resolve(''), untilS: until })
    })
    removeEnded(kept, 5)
    expect([...kept.rvalues()].map((token) => token?.untilS)).toEqual(left)
  })
})

describe('the leg key', () => {
  it('is read from a file, and its private part is not published', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'istmo-leg-key-'))
    const file = join(folder, 'key.json')
    const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
    await writeFile(file, JSON.stringify(await exportJWK(privateKey)))
    const [first, second] = [await createLegKey(file), await createLegKey(file)]
    expect(first.kid).toBe(second.kid)
    expect(JSON.stringify(first.publicKeys)).not.toContain('"d"')
    await rm(folder, { recursive: true })
  })

  it.each([
    [
      'a public key',
      JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'abc' }),
      /key\.json: d: expected the private part/,
    ],
    ['another curve', JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'abc', d: 'abc' }), /key\.json: kty/],
    ['text that is not JSON', 'secret-secret', /key\.json: expected a private Ed25519 key/],
  ])('is rejected from a file with %s, with the name of the file and not its content', async (_, content, message) => {
    const folder = await mkdtemp(join(tmpdir(), 'istmo-leg-key-'))
    const file = join(folder, 'key.json')
    await writeFile(file, content)
    await expect(createLegKey(file)).rejects.toThrow(message)
    await expect(createLegKey(file)).rejects.not.toThrow(/secret-secret/)
    await rm(folder, { recursive: true })
  })
})
