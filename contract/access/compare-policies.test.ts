import { describe, expect, it } from 'vitest'
import { comparePolicies } from './compare-policies.ts'
import { closedAccess } from './country-access.ts'
import { createPolicySet } from './policy-set.ts'

function accessOf(condition: string) {
  const text = `@policy("release") permit (principal, action, resource) when { ${condition} };`
  return { ...closedAccess('HN'), policies: createPolicySet('HN', text) }
}

const looser = async (before: string, after: string) =>
  (await comparePolicies(accessOf(before), accessOf(after))).map(({ place }) => place)

describe('a policy is looser', () => {
  it.each([
    ['for somebody without the attribute that it looked for', 'principal has role', 'true'],
    ['for another value', 'context.purpose == "PROSECUTION"', 'context.purpose != "OVERSIGHT"'],
    ['for one scope of two', 'principal.scopes.containsAll(["a", "b"])', 'principal.scopes.contains("a")'],
    [
      'for another treaty',
      'context.legalBasis.contains("UN:1#2")',
      '["UN:1#2", "UN:3#4"].containsAny(context.legalBasis)',
    ],
    [
      'after a day',
      'context.time < datetime("2030-01-01T00:00:00Z")',
      'context.time < datetime("2031-01-01T00:00:00Z")',
    ],
    ['for one condition in place of two', 'context has assurance && principal has role', 'context has assurance'],
  ])('%s, and not the other way round', async (_, before, after) => {
    expect(await looser(before, after)).toEqual(['@policy "release"'])
    expect(await looser(after, before)).toEqual([])
  })

  it('not for another text that decides the same', async () => {
    expect(
      await looser('principal has role && context has assurance', 'context has assurance && principal has role'),
    ).toEqual([])
  })
})
