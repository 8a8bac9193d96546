import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { type AddedRule, patchSdl } from '../../contract/access/sdl-patch.ts'
import type { Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { type ComparedRules, diffRules } from './policy-diff.ts'

const POLICIES = '@id("a") @policy("own_release") permit (principal, action, resource);'

interface Copy {
  readonly tighten?: Readonly<Record<string, AddedRule>>
  readonly withhold?: readonly string[]
  readonly scopes?: readonly string[]
  readonly notAfter?: string
  readonly policies?: string
  readonly rowsPerDay?: number
  readonly domains?: readonly Domain[]
}

function copyOf(copy: Copy): ComparedRules {
  const { tighten = {}, withhold = [], scopes = ['case:read'], notAfter = '2099-12-31', domains = ['cases'] } = copy
  const member = { issuer: 'GT', agencies: ['GT-MP'], purposes: ['INVESTIGATION' as const], scopes: [...scopes] }
  const patch = { tighten: new Map(Object.entries(tighten)), withhold }
  return {
    access: {
      country: 'HN',
      taskForces: [{ id: 'jtf', notAfter, members: [member] }],
      policies: createPolicySet('HN', copy.policies ?? POLICIES),
    },
    domains,
    sdl: new Map(domains.map((domain) => [domain, patchSdl(parse(domainSdl(domain)), patch).document])),
    rowsPerDay: copy.rowsPerDay ?? 20_000,
  }
}

describe('two copies of a country’s rules', () => {
  it.each<[string, Copy, Copy, readonly string[]]>([
    ['the same', {}, {}, []],
    ['one more scope', { tighten: { 'Case.court': { scopes: [['a']] } } }, {}, ['cases Case.court tighter']],
    ['a policy less', {}, { tighten: { 'Case.court': { policies: [['own_release']] } } }, ['cases Case.court looser']],
    [
      'another scope',
      { tighten: { 'Case.court': { scopes: [['a']] } } },
      { tighten: { 'Case.court': { scopes: [['b']] } } },
      ['cases Case.court different'],
    ],
    [
      'an alternative more',
      { tighten: { 'Case.court': { scopes: [['a'], ['b']] } } },
      { tighten: { 'Case.court': { scopes: [['a']] } } },
      ['cases Case.court looser'],
    ],
    ['a field withheld', { withhold: ['Case.court'] }, {}, ['cases Case.court tighter']],
    ['a field published', {}, { withhold: ['Case.court'] }, ['cases Case.court looser']],
    ['both withheld', { withhold: ['Case.court'] }, { withhold: ['Case.court'] }, []],
    ['a scope more for an agency', { scopes: ['case:read', 'x'] }, {}, ['jtf: GT GT-MP, INVESTIGATION, x looser']],
    ['a scope less for an agency', {}, { scopes: ['case:read', 'x'] }, ['jtf: GT GT-MP, INVESTIGATION, x tighter']],
    ['an earlier end', { notAfter: '2030-01-01' }, {}, ['jtf: GT GT-MP, INVESTIGATION, case:read tighter']],
    ['another policy', { policies: `${POLICIES}\n` }, {}, ['policies different']],
    ['fewer rows', { rowsPerDay: 10 }, {}, ['rowsPerDay tighter']],
  ])('with %s differ in just that', (_, here, there, expected) => {
    const rows = diffRules(copyOf(here), copyOf(there)).filter(({ verdict }) => verdict !== 'equal')
    expect(rows.map(({ what, verdict }) => `${what} ${verdict}`)).toEqual(expected)
  })

  it('have each field of a domain that only one of them publishes', () => {
    const rows = diffRules(copyOf({ domains: ['cases'] }), copyOf({ domains: ['cases', 'legal'] }))
    const differing = rows.filter(({ verdict }) => verdict !== 'equal')
    expect(new Set(differing.map(({ verdict }) => verdict))).toEqual(new Set(['tighter']))
    expect(differing.every(({ what, here }) => what.startsWith('legal ') && here === 'not published')).toBe(true)
    expect(differing.length).toBeGreaterThan(50)
  })
})
