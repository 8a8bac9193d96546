import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mandateTime, signMandate } from '../../contract/trust/mandate-document.ts'
import { toPublicKey } from '../../contract/trust/personal-jws.ts'
import { PROFILES } from '../provider/officers.ts'
import { AUTHORITIES, authorityOf } from './authorities.ts'
import { isStillGood, makeDocument, profileMandates } from './prepare-authorities.ts'

const [GT, HN] = [authorityOf('GT'), authorityOf('HN')]
const COUNTRIES = ['GT', 'HN', 'SV']
const SIGNERS = { drafter: 'd'.repeat(43), approver: 'a'.repeat(43) }
const NOW = Date.parse('2026-11-27T05:30:00Z')
const DAY_MS = 86_400_000

describe('the mandates of the demo', () => {
  it('give each profile its own scopes and purpose, and nobody else’s', () => {
    for (const authority of AUTHORITIES) {
      const mandates = profileMandates(authority, COUNTRIES)
      for (const { unit, role, scopes, purpose } of Object.values(PROFILES)) {
        const post = JSON.stringify([{ agency: `${authority.country}-MP-${unit}`, role }])
        const own = mandates.filter(({ officers }) => JSON.stringify(officers) === post)
        expect(own).toEqual([expect.objectContaining({ scopes, purposes: [purpose], countries: COUNTRIES })])
      }
      expect(mandates).toHaveLength(Object.keys(PROFILES).length)
    }
  })

  it('are documents that can be signed, at any time of any day, in the authority’s time zone', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const jwk = privateKey.export({ format: 'jwk' })
    const key = { ...toPublicKey(jwk), d: String(jwk.d) }
    const time = fc.integer({ min: NOW, max: NOW + 3 * 365 * DAY_MS })
    await fc.assert(
      fc.asyncProperty(time, fc.constantFrom(GT, HN), async (now, authority) => {
        for (const mandate of profileMandates(authority, COUNTRIES)) {
          const document = makeDocument(mandate, authority, SIGNERS, now)
          expect((await signMandate(document, key, 'drafter')).signatures).toHaveLength(1)
          expect(mandateTime(document, now)).toBe('IN_FORCE')
          expect(isStillGood(document, mandate, now)).toBe(true)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('are replaced a week before they end, and not much earlier', () => {
    const [mandate] = profileMandates(GT, COUNTRIES)
    if (mandate === undefined) throw new Error('expected a mandate')
    const document = makeDocument(mandate, GT, SIGNERS, NOW)
    const goodAfter = (days: number) => isStillGood(document, mandate, NOW + days * DAY_MS)
    expect([0, 100, 171, 173, 179, 300].map(goodAfter)).toEqual([true, true, true, false, false, false])
    expect(mandateTime(document, NOW + 178 * DAY_MS)).toBe('IN_FORCE')
  })

  it('are replaced when the demo wants to say something else', () => {
    const [analyst, prosecutor] = profileMandates(GT, COUNTRIES)
    if (analyst === undefined || prosecutor === undefined) throw new Error('expected two mandates')
    const document = makeDocument(analyst, GT, SIGNERS, NOW)
    const changes = [{ scopes: ['case:read'] }, { countries: ['GT'] }, { purposes: ['OVERSIGHT' as const] }]
    for (const change of changes) expect(isStillGood(document, { ...analyst, ...change }, NOW)).toBe(false)
    expect(isStillGood(document, prosecutor, NOW)).toBe(false)
  })
})
