import { beforeAll, describe, expect, it } from 'vitest'
import { IstmoError } from '../../../contract/errors.ts'
import type { LegClaims } from '../../../contract/leg-token.ts'
import {
  countryClaims,
  makeKey,
  signCountryToken,
  TEST_NOW_S,
  type TestKey,
} from '../../../contract/trust/country-token/testing.ts'
import { sha256Url } from '../../../contract/trust/digest.ts'
import { SAMPLE_MANDATE } from '../../../contract/trust/testing.ts'
import type { CallerPartner } from '../../../service/country-file-callers.ts'
import { type CallerCheckOptions, createCallerCheck, findMandateFault, type ShownCaller } from './caller-check.ts'

const LEG_KEY = sha256Url('the leg key')
const PARTNER: CallerPartner = {
  ...{ country: 'GT', authority: 'https://authority.gt.example', jwks: 'x', keys: new Set(), approvers: new Set() },
  ...{ log: 'x', witnesses: [], countersigned: null, revocation: 'optional' },
  members: [{ agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }],
}
const DOCUMENT = { ...SAMPLE_MANDATE, issued: TEST_NOW_S - 60 }
const LEG: LegClaims = {
  ...{ iss: 'istmo', aud: 'HN', sub: 'anonymous', iat: TEST_NOW_S, exp: TEST_NOW_S + 60, jti: 'leg-1', op: 'op' },
  ...{ act: { sub: 'istmo' }, scope: 'case:read', grounds: { purpose: 'INVESTIGATION' } },
}
const NAMED = { sub: 'officer-7', caller_iss: 'https://id.example', org: { country: 'SV', agency: 'SV-FGR' } }

let key: TestKey
let token: string
beforeAll(async () => {
  key = await makeKey()
  token = await signCountryToken(countryClaims(), key)
})

/** Checks a leg at a node whose tokens hold. */
function check(leg: LegClaims, shown: Partial<ShownCaller> = {}, options: Partial<CallerCheckOptions> = {}) {
  const checkCaller = createCallerCheck({
    ...{ country: 'HN', gateway: 'istmo', partners: [PARTNER], isDevelopment: false, now: () => TEST_NOW_S * 1000 },
    verifyLeg: async () => ({ claims: leg, key: LEG_KEY }),
    verifyCountryToken: async () => countryClaims(),
    mandates: { find: async () => DOCUMENT, learn: async () => DOCUMENT },
    ...options,
  })
  return checkCaller({
    ...{ authorization: 'Bearer x', countryTokens: [], query: '{ a }', certificate: null, mandateProof: undefined },
    ...shown,
  })
}
const withToken = () => ({ ...LEG, ct: sha256Url(token) })

describe('who asks a leg', () => {
  it('is who the country token names, with what proves it', async () => {
    expect(await check(withToken(), { countryTokens: [token] })).toMatchObject({
      ...{ sub: 'officer-for-hn', scope: 'case:read', caller_iss: 'https://authority.gt.example' },
      verified: {
        ...{ authority: 'https://authority.gt.example', tokenId: 'country-token-1', tokenHash: sha256Url(token) },
        ...{ mandate: sha256Url('the mandate'), keys: { authority: key.thumbprint, gateway: LEG_KEY } },
      },
    })
  })

  it('is the same object for the same leg token, so that decisions about it are remembered', async () => {
    const leg = withToken()
    const options = {
      ...{ country: 'HN', gateway: 'istmo', partners: [PARTNER], isDevelopment: false, now: () => TEST_NOW_S * 1000 },
      ...{ verifyLeg: async () => ({ claims: leg, key: LEG_KEY }), verifyCountryToken: async () => countryClaims() },
      mandates: { find: async () => DOCUMENT, learn: async () => DOCUMENT },
    }
    const checkCaller = createCallerCheck(options)
    const shown = { authorization: 'x', countryTokens: [token], query: '', certificate: null, mandateProof: undefined }
    expect(await checkCaller(shown)).toBe(await checkCaller(shown))
  })

  it('is nobody if the leg token names nobody', async () => {
    expect(await check(LEG)).toBe(LEG)
  })

  it.each<[string, Partial<LegClaims>]>([
    ['a subject', { sub: 'officer-7' }],
    ['an issuer', { caller_iss: 'https://id.example' }],
    ['an organisation', { org: { country: 'SV' } }],
    ['a tool', { client_id: 'console' }],
  ])('is refused if only the gateway says it: %s', async (_what, claims) => {
    await expect(check({ ...LEG, ...claims })).rejects.toMatchObject({ code: 'CALLER_NOT_VERIFIED' })
  })

  it('may be the gateway’s word in development, but not for a country whose authority is pinned', async () => {
    const options = { isDevelopment: true }
    expect(await check({ ...LEG, ...NAMED }, {}, options)).toMatchObject(NAMED)
    const pinned = { ...LEG, ...NAMED, org: { country: 'GT' } }
    await expect(check(pinned, {}, options)).rejects.toMatchObject({ code: 'CALLER_NOT_VERIFIED' })
  })

  it('is not known before the keys of the authority are: then nobody is to blame', async () => {
    const away = { verifyCountryToken: () => Promise.reject(new IstmoError('KEYS_UNAVAILABLE')) }
    await expect(check(withToken(), { countryTokens: [token] }, away)).rejects.toMatchObject({
      code: 'KEYS_UNAVAILABLE',
    })
  })

  it('is bound to the certificate of the connection that the country token names', async () => {
    const bound = { cnf: { jkt: LEG_KEY, 'x5t#S256': sha256Url('certificate') } }
    const options = { verifyCountryToken: async () => countryClaims(bound) }
    const at = (certificate: string | null) => check(withToken(), { countryTokens: [token], certificate }, options)
    expect(await at(sha256Url('certificate'))).toMatchObject({ sub: 'officer-for-hn' })
    await expect(at(sha256Url('another'))).rejects.toMatchObject({ code: 'CALLER_NOT_VERIFIED' })
    await expect(at(null)).rejects.toMatchObject({ code: 'CALLER_NOT_VERIFIED' })
  })

  it('is refused if two country tokens come', async () => {
    const two = check(withToken(), { countryTokens: [token, token] })
    await expect(two).rejects.toMatchObject({ code: 'CALLER_NOT_VERIFIED' })
  })

  it('is looked at again on each leg, however often the tokens came before', async () => {
    let nowMs = TEST_NOW_S * 1000
    const options = {
      ...{ country: 'HN', gateway: 'istmo', partners: [PARTNER], isDevelopment: false, now: () => nowMs },
      ...{ verifyLeg: async () => ({ claims: leg, key: LEG_KEY }), verifyCountryToken: async () => countryClaims() },
      mandates: { find: async () => DOCUMENT, learn: async () => DOCUMENT },
    }
    const leg = withToken()
    const checkCaller = createCallerCheck(options)
    const shown = { authorization: 'x', countryTokens: [token], query: '', certificate: null, mandateProof: undefined }
    await checkCaller(shown)
    // The last day in the mandate's own time zone, six hours behind UTC.
    nowMs = Date.parse('2027-04-01T05:59:59Z')
    await checkCaller(shown)
    nowMs = Date.parse('2027-04-01T06:00:00Z')
    await expect(checkCaller(shown)).rejects.toThrow('last day')
  })
})

describe('a mandate that a country token names', () => {
  const reader = { country: 'HN', nowMs: TEST_NOW_S * 1000 }
  it('is enough if it is proven, unless the country countersigns each one', () => {
    const fault = (countersigned: ReadonlySet<string> | null) =>
      findMandateFault(countryClaims(), DOCUMENT, { ...PARTNER, countersigned }, reader)
    expect(fault(null)).toBeNull()
    expect(fault(new Set([sha256Url('the mandate')]))).toBeNull()
    expect(fault(new Set([sha256Url('another mandate')]))).toContain('countersigned')
    expect(fault(new Set())).toContain('countersigned')
  })

  it('leaves an officer whom it names by a salted hash to the word of the authority, and no other', () => {
    const org = { country: 'GT', agency: 'GT-MP-FECO', role: 'analyst' }
    const fault = (officers: typeof DOCUMENT.officers) =>
      findMandateFault(countryClaims({ org }), { ...DOCUMENT, officers }, PARTNER, reader)
    expect(fault([{ hash: 'o'.repeat(43) }])).toBeNull()
    expect(fault([{ agency: 'GT-MP-FECO', role: 'prosecutor' }])).toContain('an officer whom the mandate names')
  })
})
