import fc from 'fast-check'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { domainSdl } from '../domain-sdl.ts'
import { loosened } from './loosened.ts'
import { denialOf, type Rights } from './rule.ts'
import { readRuleTable } from './rule-table.ts'

const FLOOR = `
  type Query { a(by: I, when: Int @reveals(field: "A.x")): A }
  type A @authenticated { x: Int @requiresScopes(scopes: [["r", "s"], ["t"]]) y: Int @policy(policies: [["p"]]) z: Int }
  input I { x: Int @reveals(field: "A.x") }
  enum O { UP @reveals(field: "A.x") DOWN }
`

describe('a country’s SDL loosens the floor', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['not if it is the same', '', '', []],
    ['by omitting a field’s scopes', '@requiresScopes(scopes: [["r", "s"], ["t"]])', '', ['A.x']],
    ['by a new alternative', '["t"]', '["t"], ["u"]', ['A.x']],
    ['by requiring only one of two scopes', '["r", "s"]', '["r"]', ['A.x']],
    [
      'not by requiring two scopes in two rules',
      '@requiresScopes(scopes: [["r", "s"], ["t"]])',
      '@requiresScopes(scopes: [["r"]]) @requiresScopes(scopes: [["s"]])',
      [],
    ],
    ['not by requiring one more scope', '["t"]', '["t", "u"]', []],
    ['not by removing an alternative', ', ["t"]', '', []],
    ['by omitting a policy', '@policy(policies: [["p"]])', '', ['A.y']],
    ['by another policy', '[["p"]]', '[["q"]]', ['A.y']],
    ['by omitting a type’s rule if a field has no other rule', 'A @authenticated', 'A', ['Query.a', 'A.z']],
    ['not by omitting a field', 'z: Int', '', []],
    ['not by an additional field', 'z: Int', 'z: Int own: Int', []],
    [
      'by an argument that no longer says what it reveals',
      'when: Int @reveals(field: "A.x")',
      'when: Int',
      ['Query.a(when:)'],
    ],
    ['by an input field that no longer says it', 'I { x: Int @reveals(field: "A.x")', 'I { x: Int', ['I.x']],
    ['by an enum value that no longer says it', 'UP @reveals(field: "A.x")', 'UP', ['O.UP']],
  ])('%s', (_title, from, to, expected) => {
    expect(loosened(readRuleTable(parse(FLOOR)), parse(FLOOR.replace(from, to)))).toEqual(expected)
  })

  it('by omitting the rule of a type whose fields all have it', () => {
    const floor = readRuleTable(parse('type A @authenticated { x: Int @authenticated }'))
    expect(loosened(floor, parse('type A { x: Int @authenticated }'))).toEqual(['A'])
  })

  it('not if it is the contract’s own SDL', () => {
    for (const domain of ['cases', 'persons', 'legal'] as const) {
      expect(loosened(readRuleTable(parse(domainSdl(domain))), parse(domainSdl(domain)))).toEqual([])
    }
  })

  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  const alternatives = fc.array(names, { minLength: 1, maxLength: 3 })
  const directives = fc
    .record({
      authenticated: fc.boolean(),
      scopes: fc.option(alternatives, { nil: null }),
      policies: fc.option(alternatives, { nil: null }),
    })
    .map(({ authenticated, scopes, policies }) =>
      [
        authenticated ? '@authenticated' : '',
        scopes ? `@requiresScopes(scopes: ${JSON.stringify(scopes)})` : '',
        policies ? `@policy(policies: ${JSON.stringify(policies)})` : '',
      ].join(' '),
    )
  const subsets = ['', 'a', 'b', 'c', 'ab', 'ac', 'bc', 'abc'].map((text) => text.split(''))

  it('exactly if it lets some caller read what the floor denies', () => {
    fc.assert(
      fc.property(directives, directives, (left, right) => {
        const [floor, own] = [left, right].map((rule) => parse(`type T { f: Int ${rule} }`))
        if (!floor || !own) return
        const rules = [floor, own].map((document) => readRuleTable(document).ofField('T', 'f'))
        const callers: Rights[] = subsets.flatMap((scopes) =>
          subsets.map((policies) => ({
            authenticated: true,
            scopes: new Set(scopes),
            grants: (policy: string) => policies.includes(policy),
          })),
        )
        callers.push({ authenticated: false, scopes: new Set(), grants: () => false })
        const opens = callers.some((rights) => {
          const [byFloor, byOwn] = rules.map((rule) => denialOf(rule, rights, 'T.f'))
          return byFloor !== null && byOwn === null
        })
        expect(loosened(readRuleTable(floor), own)).toEqual(opens ? ['T.f'] : [])
      }),
    )
  })
})
