import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PURPOSES } from '../../../contract/access-token.ts'
import type { LegClaims, VerifiedCaller } from '../../../contract/leg-token.ts'
import { countryClaims } from '../../../contract/trust/country-token/testing.ts'
import { findWidening, narrowClaims, type RightsSources } from './caller-check.ts'

const LEG: LegClaims = {
  ...{
    iss: 'istmo',
    aud: 'HN',
    sub: 'somebody',
    iat: 0,
    exp: 60,
    jti: 'leg-1',
    act: { sub: 'istmo' },
    op: 'op',
    ct: 'ct',
  },
  ...{ scope: 'case:read person:read', grounds: { purpose: 'INVESTIGATION' } },
}
const VERIFIED: VerifiedCaller = {
  ...{ authority: 'https://authority.gt.example', tokenId: 't', tokenHash: 'h', mandate: 'm' },
  keys: { authority: 'a', gateway: 'g' },
}
const member = {
  agencies: ['GT-MP-FECO'],
  purposes: ['INVESTIGATION'],
  scopes: ['case:read', 'person:read'],
} as const
const ZONE = { time_zone: 'America/Guatemala' } as const
const SOURCES: RightsSources = {
  leg: LEG,
  token: countryClaims(),
  document: { ...ZONE, purposes: ['INVESTIGATION'], scopes: ['case:read', 'person:read'], legal_basis: ['UN:1'] },
  partner: { members: [member] },
}

describe('the claims of a verified caller', () => {
  it('name who the country token names, whatever the leg token says', () => {
    const liar = {
      ...LEG,
      ...{ caller_iss: 'https://liar.example', caller_jti: 'x', client_id: 'x', acr: 'x' },
      org: { country: 'SV', agency: 'SV-FGR', role: 'minister' },
      mandate: {
        ...{ type: 'istmo_mandate' as const, task_force: 'x', not_after: '2099-12-31' },
        purposes: PURPOSES,
        countries: ['SV'],
      },
    }
    const { sub, caller_iss, caller_jti, client_id, acr, org, mandate } = narrowClaims(
      { ...SOURCES, leg: liar },
      VERIFIED,
    )
    expect({ sub, caller_iss, caller_jti, client_id, acr, org, mandate }).toEqual({
      ...{ sub: 'officer-for-hn', caller_iss: 'https://authority.gt.example', caller_jti: 'access-token-1' },
      ...{ client_id: 'console', acr: 'urn:example:two-factors' },
      org: { country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor' },
      mandate: {
        ...{ type: 'istmo_mandate', task_force: 'jtf-2026-03', purposes: ['INVESTIGATION'], countries: ['HN'] },
        not_after: '2027-03-31',
        ...ZONE,
      },
    })
  })

  it('have no scope without a purpose', () => {
    const { grounds: _, ...leg } = LEG
    expect(narrowClaims({ ...SOURCES, leg }, VERIFIED).scope).toBe('')
  })

  const scope = fc.constantFrom('a', 'b', 'c', 'd')
  const scopes = fc.uniqueArray(scope)
  const purposes = fc.uniqueArray(fc.constantFrom(...PURPOSES.slice(0, 3)), { minLength: 1 })
  const members = fc.array(
    fc.record({ agencies: fc.uniqueArray(fc.constantFrom('X', 'Y'), { minLength: 1 }), purposes, scopes }),
    { maxLength: 3 },
  )
  const basis = fc.uniqueArray(fc.constantFrom('UN:1', 'UN:2'))
  const world = fc.record({
    ...{ ofLeg: scopes, ofToken: scopes, ofMandate: scopes, tokenPurposes: purposes, mandatePurposes: purposes },
    ...{ members, purpose: fc.constantFrom(...PURPOSES.slice(0, 3)), agency: fc.constantFrom('X', 'Y') },
    ...{ legBasis: basis, mandateBasis: basis },
  })

  it('never have a right that leg token, country token, mandate and members do not all give', () => {
    fc.assert(
      fc.property(world, (w) => {
        const sources: RightsSources = {
          leg: { ...LEG, scope: w.ofLeg.join(' '), grounds: { purpose: w.purpose, legalBasis: w.legBasis } },
          token: countryClaims({
            scope: w.ofToken.join(' '),
            org: { country: 'GT', agency: w.agency },
            mandate: { ...countryClaims().mandate, purposes: w.tokenPurposes },
          }),
          document: { ...ZONE, purposes: w.mandatePurposes, scopes: w.ofMandate, legal_basis: w.mandateBasis },
          partner: { members: w.members },
        }
        // The oracle asks each of the four for itself, in the plainest words.
        const listed = w.members.filter(
          (one) => one.agencies.includes(w.agency as never) && one.purposes.includes(w.purpose),
        )
        const isWithin =
          w.tokenPurposes.includes(w.purpose) &&
          w.mandatePurposes.includes(w.purpose) &&
          listed.length > 0 &&
          w.legBasis.every((one) => w.mandateBasis.includes(one))
        expect(findWidening(sources) === null).toBe(isWithin)
        const claims = narrowClaims(sources, VERIFIED)
        const expected = w.ofLeg.filter(
          (one) =>
            w.ofToken.includes(one) && w.ofMandate.includes(one) && listed.some((each) => each.scopes.includes(one)),
        )
        expect(
          claims.scope
            .split(' ')
            .filter((one) => one !== '')
            .sort(),
        ).toEqual(expected.sort())
        expect(w.tokenPurposes).toEqual(expect.arrayContaining([...(claims.mandate?.purposes ?? [])]))
        expect(w.mandatePurposes).toEqual(expect.arrayContaining([...(claims.mandate?.purposes ?? [])]))
        expect(claims.mandate?.countries).toEqual(['HN'])
      }),
      { numRuns: 500 },
    )
  })
})
