import { describe, expect, it } from 'vitest'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import { createLegRecognition } from './leg-recognition.ts'

const NOW_MS = Date.parse('2026-11-24T12:00:00Z')
const POLICIES = `
  @policy("open_case") permit(principal, action, resource) when { !(context has case) };
  @policy("narrative release") permit(principal, action, resource);
`
const member = { issuer: 'GT', agencies: ['GT-MP'], purposes: ['INVESTIGATION' as const], scopes: ['case:read'] }
const HN = {
  country: 'HN',
  taskForces: [{ id: 'jtf', notAfter: '2999-12-31', members: [member] }],
  policies: createPolicySet('HN', POLICIES),
}
const CLAIMS: LegClaims = {
  ...{ iss: 'istmo', aud: 'HN', iat: 0, exp: 60, jti: 'j', act: { sub: 'istmo' }, op: '', sub: 'pairwise' },
  ...{ caller_iss: 'https://id.gt.example', scope: 'case:read', org: { country: 'GT', agency: 'GT-MP' } },
  mandate: {
    ...{ type: 'istmo_mandate', task_force: 'jtf', purposes: ['INVESTIGATION'], countries: ['HN'] },
    not_after: '2999-12-31',
  },
  grounds: { purpose: 'INVESTIGATION' },
  policies: ['open_case', 'narrative release'],
}

function grantsOf(over: Partial<LegClaims>, policy: string): boolean | string {
  const { recognition } = createLegRecognition(HN, () => NOW_MS)({ ...CLAIMS, ...over })
  return recognition.kind === 'recognised' ? recognition.rights.grants(policy, 'Case.narrative') : recognition.code
}

describe('a leg', () => {
  it('is granted a policy that its token names, also one whose name has a space', () => {
    expect(grantsOf({}, 'open_case')).toBe(true)
    expect(grantsOf({}, 'narrative release')).toBe(true)
    expect(grantsOf({ policies: 'open_case' }, 'open_case')).toBe(true)
    expect(grantsOf({ policies: 'narrative release' }, 'narrative release')).toBe(false)
    expect(grantsOf({ policies: undefined as never }, 'open_case')).toBe(false)
  })

  it('is granted no policy that reads what the leg does not carry, because the absence would decide', () => {
    expect(grantsOf({ grounds: { purpose: 'INVESTIGATION', case: 'GT:1' } }, 'open_case')).toBe(false)
    expect(grantsOf({ withheld: ['case'] }, 'open_case')).toBe(false)
    expect(grantsOf({ withheld: ['legalBasis'] }, 'open_case')).toBe(true)
    expect(grantsOf({ withheld: ['case', 'legalBasis'] }, 'narrative release')).toBe(true)
  })

  it('is not recognised if its issuer names an agency of another country', () => {
    expect(grantsOf({ org: { country: 'HN', agency: 'GT-MP' } }, 'open_case')).toBe('TASK_FORCE_NOT_RECOGNISED')
  })

  it('without a mandate, or without grounds, is not recognised', () => {
    expect(grantsOf({ mandate: undefined as never }, 'open_case')).toBe('MANDATE_NOT_COVERED')
    expect(grantsOf({ grounds: undefined as never }, 'open_case')).toBe('MANDATE_NOT_COVERED')
  })
})
