import { type CryptoKey, importJWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { countryClaims, makeKey, signCountryToken, TEST_NOW_S, type TestKey } from './country-token/testing.ts'
import { createCountryTokenVerifier, type PinnedAuthority } from './country-token.ts'
import { sha256Url } from './digest.ts'
import { readKeySet } from './key-set.ts'

let gt: TestKey
let hn: TestKey
let p256: TestKey
let callers: readonly PinnedAuthority[]
beforeAll(async () => {
  ;[gt, hn, p256] = await Promise.all([makeKey(), makeKey(), makeKey('ES256')])
  callers = await Promise.all([
    pin('GT', 'https://authority.gt.example', [gt, p256]),
    pin('SV', 'https://authority.sv.example', [hn]),
  ])
})

async function pin(country: string, authority: string, keys: readonly TestKey[]): Promise<PinnedAuthority> {
  const set = await readKeySet({ keys: keys.map(({ publicJwk }) => publicJwk) })
  return { country, authority, keys: new Set(set.keys()), findKey: async (kid) => set.get(kid) ?? null }
}

const at = (seconds = 0) => ({ country: 'HN', callers, now: () => (TEST_NOW_S + seconds) * 1000 })

describe('the check of a country token', () => {
  it('returns the claims of a token that a pinned authority signed, with either algorithm', async () => {
    const verify = createCountryTokenVerifier(at())
    expect(await verify(await signCountryToken(countryClaims(), gt))).toEqual(countryClaims())
    expect(await verify(await signCountryToken(countryClaims(), p256))).toEqual(countryClaims())
  })

  const bound = { caller_jkt: sha256Url('jkt'), caller_ath: sha256Url('ath'), question: 'question-1' }
  it('returns what binds a token to the tool’s key and question', async () => {
    const claims = countryClaims(bound)
    expect(await createCountryTokenVerifier(at())(await signCountryToken(claims, gt))).toEqual(claims)
  })

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['another country', { aud: 'GT' }, '`aud`'],
    ['several countries', { aud: ['HN', 'GT'] }, '`aud`'],
    ['an authority that is not pinned', { iss: 'https://authority.ni.example' }, '`iss`'],
    ['an authority whose keys are others', { iss: 'https://authority.sv.example' }, '`kid`'],
    ['an officer of another country', { org: { country: 'SV', agency: 'SV-FGR' } }, 'org.country'],
    ['no end', { exp: undefined }, '`exp`'],
    ['a life that is too long', { exp: TEST_NOW_S + 301 }, '300 s'],
    ['an end before its beginning', { exp: TEST_NOW_S }, '300 s'],
    ['a time that is no whole second', { iat: TEST_NOW_S + 0.5 }, '`iat`'],
    ['a beginning in the future', { iat: TEST_NOW_S + 6, exp: TEST_NOW_S + 60 }, '`iat`'],
    ['no subject', { sub: '' }, '`sub`'],
    ['no mandate', { mandate: undefined }, '`mandate`'],
    [
      'a purpose that nobody knows',
      { mandate: { ...countryClaims().mandate, purposes: ['CURIOSITY'] } },
      'mandate.purposes',
    ],
    ['the mandate’s other countries', { mandate: { ...countryClaims().mandate, countries: ['SV'] } }, '`mandate`'],
    ['no key of the gateway', { cnf: {} }, 'cnf.jkt'],
    ['a binding that nobody checks', { cnf: { ...countryClaims().cnf, other: 'x' } }, '`cnf`'],
    ['a claim that nobody checks', { only_on: 'mondays' }, 'no others'],
    ['a tool’s key without its question', { ...bound, question: undefined }, 'no others'],
    ['a question without a tool’s key', { ...bound, caller_jkt: undefined }, 'no others'],
  ])('refuses a token with %s', async (_what, changes, expected) => {
    const token = await signCountryToken(countryClaims(changes), gt)
    const verifying = createCountryTokenVerifier(at())(token)
    await expect(verifying).rejects.toMatchObject({ code: 'CALLER_NOT_VERIFIED' })
    await expect(verifying).rejects.toThrow(expected)
  })

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['an access token', { typ: 'at+jwt' }],
    ['a leg token', { typ: 'istmo-leg+jwt' }],
    ['a token without a type', { typ: undefined }],
    ['a type in other letters', { typ: 'Istmo-Country+JWT' }],
    ['a token that brings its key', { jwk: { kty: 'OKP' } }],
    ['a token that says where its key is', { jku: 'https://attacker.example/keys' }],
    ['a token without the name of its key', { kid: undefined }],
    ['a token of a key that is not pinned', { kid: sha256Url('another key') }],
  ])('refuses %s', async (_what, header) => {
    const token = await signCountryToken(countryClaims(), gt, header)
    await expect(createCountryTokenVerifier(at())(token)).rejects.toMatchObject({ code: 'CALLER_NOT_VERIFIED' })
  })

  it('refuses a token whose claims were changed, whose signature another key made, or that has none', async () => {
    const verify = createCountryTokenVerifier(at())
    const [header, , signature] = (await signCountryToken(countryClaims(), gt)).split('.')
    const wider = Buffer.from(JSON.stringify(countryClaims({ scope: 'everything' }))).toString('base64url')
    const forged = await signCountryToken(countryClaims(), hn, { kid: gt.thumbprint })
    for (const token of [
      `${header}.${wider}.${signature}`,
      forged,
      `${header}.${wider}.`,
      `${header}.${wider}`,
      '',
      'a.b.c.d',
    ]) {
      await expect(verify(token)).rejects.toMatchObject({ code: 'CALLER_NOT_VERIFIED' })
    }
  })

  it('refuses a token in which a claim stands twice, though its signature is good', async () => {
    const text = JSON.stringify(countryClaims())
      .replace('{', '{"scope":"a","scope":"b",')
      .replace(/"scope":"case[^"]*",/, '')
    const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'istmo-country+jwt', kid: gt.thumbprint }))
    const input = `${header.toString('base64url')}.${Buffer.from(text).toString('base64url')}`
    const signature = await crypto.subtle.sign('Ed25519', gt.privateKey, Buffer.from(input))
    const token = `${input}.${Buffer.from(signature).toString('base64url')}`
    await expect(createCountryTokenVerifier(at())(token)).rejects.toMatchObject({ code: 'CALLER_NOT_VERIFIED' })
  })

  it('says the same of each text as a check that has seen none, in whichever order they come', async () => {
    const good = [
      await signCountryToken(countryClaims(), gt),
      await signCountryToken(countryClaims({ jti: 'two' }), p256),
    ]
    const changed = good.flatMap((token) =>
      [0, 0.3, 0.6, 0.99].map((share) => {
        const place = Math.floor(token.length * share)
        return `${token.slice(0, place)}${token[place] === 'A' ? 'Q' : 'A'}${token.slice(place + 1)}`
      }),
    )
    const swapped = good.map((token, index) =>
      [...token.split('.').slice(0, 2), good[1 - index]?.split('.')[2]].join('.'),
    )
    const outcome = (verify: ReturnType<typeof createCountryTokenVerifier>, token: string) =>
      verify(token).catch((error: Error) => error.message)
    const remembering = createCountryTokenVerifier(at())
    for (const token of [...good, ...changed, ...swapped, ...good, ...swapped, ...changed]) {
      expect(await outcome(remembering, token)).toEqual(await outcome(createCountryTokenVerifier(at()), token))
    }
  })

  it('looks at the times of a token whose signature it has checked before', async () => {
    let seconds = 0
    const verify = createCountryTokenVerifier({ ...at(), now: () => (TEST_NOW_S + seconds) * 1000 })
    const token = await signCountryToken(countryClaims(), gt)
    await verify(token)
    seconds = 304.9
    await verify(token)
    seconds = 305
    await expect(verify(token)).rejects.toThrow('`exp`')
  })

  it('refuses a token that it has checked before when the authority no longer publishes the key', async () => {
    const key = (await importJWK(gt.publicJwk, 'EdDSA')) as CryptoKey
    let published: CryptoKey | null = key
    const authority = { ...callers[0], findKey: async () => published } as PinnedAuthority
    const verify = createCountryTokenVerifier({ ...at(), callers: [authority] })
    const token = await signCountryToken(countryClaims(), gt)
    await verify(token)
    published = null
    await expect(verify(token)).rejects.toMatchObject({ code: 'CALLER_NOT_VERIFIED' })
  })
})

describe('a key set', () => {
  it('is read by thumbprints and not by the names that it gives its keys', async () => {
    const set = await readKeySet({
      keys: [
        { ...gt.publicJwk, kid: hn.thumbprint },
        { kty: 'RSA', n: 'x', e: 'AQAB' },
      ],
    })
    expect([...set.keys()]).toEqual([gt.thumbprint])
  })

  it('is refused if it holds a private key, or is no key set', async () => {
    await expect(readKeySet({ keys: [{ ...gt.publicJwk, d: 'secret' }] })).rejects.toThrow('came a private one')
    await expect(readKeySet({})).rejects.toThrow('expected a JSON Web Key Set')
  })
})
