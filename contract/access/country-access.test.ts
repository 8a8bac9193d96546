import { describe, expect, it } from 'vitest'
import type { Caller, Grounds } from '../access-token.ts'
import { type CountryAccess, recogniseCaller } from './country-access.ts'
import { createPolicySet } from './policy-set.ts'
import type { TaskForce } from './recognition.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const TASK_FORCE: TaskForce = {
  id: 'jtf-1',
  notAfter: '2026-12-31',
  members: [
    { issuer: 'GT', agencies: ['GT-MP'], purposes: ['INVESTIGATION'], scopes: ['case:read', 'person:read'] },
    { issuer: 'HN', agencies: ['HN-MP'], purposes: ['ASSET_RECOVERY'], scopes: ['case:narrative'] },
  ],
}
const POLICIES = `
  @policy("narrative_release") @id("by-purpose")
  permit(principal, action == Action::"read", resource) when { context.purpose == "INVESTIGATION" && principal.agency == "GT-MP" };
  @policy("dated") permit(principal, action, resource) when { context.time < datetime("2026-11-24T12:00:30Z") };
  @policy("broken") permit(principal, action, resource);
  @policy("broken") @id("fails") forbid(principal, action, resource) when { context.missing == 1 };
  @id("never-secret") forbid(principal, action, resource == Field::"Case.secret");
`
const HN: CountryAccess = { country: 'HN', taskForces: [TASK_FORCE], policies: createPolicySet('HN', POLICIES) }
const CALLER: Caller = {
  issuer: 'https://id.gt.example',
  subject: 'x',
  scopes: ['case:read', 'case:narrative'],
  organisation: { country: 'GT', agency: 'GT-MP' },
  mandate: {
    type: 'istmo_mandate',
    task_force: 'jtf-1',
    purposes: ['INVESTIGATION', 'PROSECUTION'],
    countries: ['HN'],
    not_after: '2026-12-01',
  },
  expiresAt: NOW / 1000 + 600,
}
const GROUNDS: Grounds = { purpose: 'INVESTIGATION' }
const stand = (caller: Caller | null = CALLER, grounds: Grounds | null = GROUNDS, access = HN, nowMs = NOW) =>
  recogniseCaller(access, caller, grounds, () => nowMs)
const mandate = (over: Partial<NonNullable<Caller['mandate']>>): Caller => ({
  ...CALLER,
  mandate: { ...(CALLER.mandate as NonNullable<Caller['mandate']>), ...over },
})

describe('recogniseCaller', () => {
  it('recognises a task force, with only the scopes that the country recognises', () => {
    const recognition = stand()
    expect(recognition.kind === 'recognised' && [...recognition.rights.scopes]).toEqual(['case:read'])
  })

  it('returns the rights of an anonymous caller if there is no token', () => {
    expect(stand(null, null)).toMatchObject({ kind: 'recognised', rights: { authenticated: false } })
  })

  it.each<[string, Caller, Grounds | null, number, string]>([
    ['a mandate that does not name the country', mandate({ countries: ['SV'] }), GROUNDS, NOW, 'MANDATE_NOT_COVERED'],
    ['no grounds', CALLER, null, NOW, 'MANDATE_NOT_COVERED'],
    ['a purpose outside the mandate', CALLER, { purpose: 'OVERSIGHT' }, NOW, 'MANDATE_NOT_COVERED'],
    ['a mandate that ended', CALLER, GROUNDS, Date.parse('2026-12-02T00:00:00Z'), 'MANDATE_NOT_COVERED'],
    ['another task force', mandate({ task_force: 'jtf-2' }), GROUNDS, NOW, 'TASK_FORCE_NOT_RECOGNISED'],
    ['no task force', mandate({ task_force: undefined as never }), GROUNDS, NOW, 'TASK_FORCE_NOT_RECOGNISED'],
    [
      'a purpose that the country did not join for',
      CALLER,
      { purpose: 'PROSECUTION' },
      NOW,
      'TASK_FORCE_NOT_RECOGNISED',
    ],
    [
      'another issuer',
      { ...CALLER, organisation: { country: 'SV', agency: 'GT-MP' } },
      GROUNDS,
      NOW,
      'TASK_FORCE_NOT_RECOGNISED',
    ],
    [
      'another agency',
      { ...CALLER, organisation: { country: 'GT', agency: 'GT-PNC' } },
      GROUNDS,
      NOW,
      'TASK_FORCE_NOT_RECOGNISED',
    ],
    ['no agency', { ...CALLER, organisation: { country: 'GT' } }, GROUNDS, NOW, 'TASK_FORCE_NOT_RECOGNISED'],
    [
      'a recognition that ended',
      mandate({ not_after: '2027-12-01' }),
      GROUNDS,
      Date.parse('2027-01-01T00:00:00Z'),
      'TASK_FORCE_NOT_RECOGNISED',
    ],
  ])('does not recognise %s', (_, caller, grounds, nowMs, code) => {
    expect(stand(caller, grounds, HN, nowMs)).toEqual({ kind: 'not-recognised', code })
  })

  it('recognises a mandate until the end of its last day', () => {
    expect(stand(CALLER, GROUNDS, HN, Date.parse('2026-12-01T23:59:59.999Z')).kind).toBe('recognised')
  })

  it('recognises nobody in a country without a list', () => {
    expect(stand(CALLER, GROUNDS, { ...HN, taskForces: [] })).toMatchObject({ code: 'TASK_FORCE_NOT_RECOGNISED' })
  })
})

describe('policies', () => {
  const grants = (policy: string, coordinate: string, caller = CALLER, access = HN): boolean => {
    const recognition = stand(caller, GROUNDS, access)
    return recognition.kind === 'recognised' && recognition.rights.grants(policy, coordinate)
  }

  it.each<[string, boolean, string, string]>([
    ['a permit', true, 'narrative_release', 'Case.narrative'],
    ['no policy for the name', false, 'unknown', 'Case.narrative'],
    ['a forbid for all names', false, 'narrative_release', 'Case.secret'],
    ['a forbid that fails', false, 'broken', 'Case.narrative'],
  ])('%s is %s', (_, expected, policy, coordinate) => {
    expect(grants(policy, coordinate)).toBe(expected)
  })

  it('have their decisions cached for a minute, unless a policy reads the time', () => {
    let nowMs = NOW
    const recognition = recogniseCaller(HN, CALLER, GROUNDS, () => nowMs)
    const rights = recognition.kind === 'recognised' ? recognition.rights : undefined
    expect(rights?.grants('dated', 'Case.x')).toBe(true)
    nowMs += 31_000
    expect(rights?.grants('dated', 'Case.x')).toBe(false)
  })

  it.each([
    ['text that is not Cedar', 'permit('],
    ['a permit that names no policy', 'permit(principal, action, resource);'],
    [
      'an id that is used twice',
      '@id("a") @policy("p") permit(principal, action, resource); @id("a") forbid(principal, action, resource);',
    ],
    ['a template', '@policy("p") permit(principal == ?principal, action, resource);'],
  ])('do not load with %s', (_, text) => {
    expect(() => createPolicySet('HN', text)).toThrow(/^HN: /)
  })

  it('deny each name if there are none', () => {
    expect(grants('narrative_release', 'Case.narrative', CALLER, { ...HN, policies: createPolicySet('SV', '') })).toBe(
      false,
    )
  })

  it.each([
    ['when { context.case == "GT:1" }', ['case']],
    ['when { context has case }', ['case']],
    ['when { context["case"] == "GT:1" }', ['case']],
    ['unless { context.legalBasis.containsAny(["UN:1"]) }', ['legalBasis']],
    ['when { principal has role && principal.role == "x" && context.purpose == "PROSECUTION" }', []],
    ['when { principal.case == "GT:1" }', []],
    ['when { if context has legalBasis then context.case == "a" else false }', ['case', 'legalBasis']],
    ['when { context == {"case": "GT:1"} }', ['case', 'legalBasis']],
    ['when { {"a": context}.a.case == "GT:1" }', ['case', 'legalBasis']],
    ['when { "case" == "legalBasis" }', []],
  ])('tell which parts of the grounds they read: %s', (condition, parts) => {
    const set = createPolicySet('HN', `@policy("p") permit(principal, action, resource) ${condition};`)
    expect([set.reads(), set.reads('p'), set.reads('other')]).toEqual([parts, parts, []])
    expect(createPolicySet('HN', `forbid(principal, action, resource) ${condition};`).reads('p')).toEqual(parts)
  })

  it('report their version and which policies decided', () => {
    const decision = HN.policies.decide({
      caller: CALLER,
      grounds: GROUNDS,
      policy: 'narrative_release',
      coordinate: 'Case.narrative',
      nowMs: NOW,
    })
    expect(decision).toEqual({ isAllowed: true, decidedBy: ['by-purpose'] })
    expect(HN.policies.version).toMatch(/^[0-9a-f]{64}$/)
  })
})
