import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { denialOf, isOpen, type Rights } from './rule.ts'
import { readRuleTable } from './rule-table.ts'

const table = (sdl: string) => readRuleTable(parse(sdl))
const rightsOf = (scopes: readonly string[], policies: readonly string[] = []): Rights => ({
  authenticated: true,
  scopes: new Set(scopes),
  grants: (policy) => policies.includes(policy),
})

describe('readRuleTable', () => {
  const read = table(`
    type Query { a: A  open: Int  list: [S!]! }
    type A @authenticated { x: Int  y: Int @requiresScopes(scopes: [["r", "s"], ["t"]])  z: B @policy(policies: [["p"]]) }
    type B @requiresScopes(scopes: [["b"]]) { n: Int }
    scalar S @requiresScopes(scopes: [["scalar"]])
    interface I { n: Int @authenticated }
    type C implements I { n: Int @requiresScopes(scopes: [["c"]]) }
    type D implements I @requiresScopes(scopes: [["d"]]) { n: Int }
    input F { since: Int @reveals(field: "A.x") @reveals(field: "A.y") }
    enum O { UP @reveals(field: "A.x") DOWN }
  `)

  it.each<[string, string, readonly string[], readonly string[], string | null]>([
    ['Query', 'open', [], [], null],
    ['Query', 'a', [], [], null],
    ['Query', 'list', [], [], 'SCOPES'],
    ['Query', 'list', ['scalar'], [], null],
    ['A', 'y', ['r'], [], 'SCOPES'],
    ['A', 'y', ['r', 's'], [], null],
    ['A', 'y', ['t'], [], null],
    ['A', 'z', ['b'], [], 'POLICY'],
    ['A', 'z', [], ['p'], 'SCOPES'],
    ['A', 'z', ['b'], ['p'], null],
    ['I', 'n', ['c'], [], 'SCOPES'],
    ['I', 'n', ['c', 'd'], [], null],
    ['I', '__typename', ['c'], [], 'SCOPES'],
    ['C', 'n', ['c'], [], null],
  ])('decides %s.%s for scopes %j and policies %j: %s', (typeName, fieldName, scopes, policies, expected) => {
    expect(denialOf(read.ofField(typeName, fieldName), rightsOf(scopes, policies), '')).toBe(expected)
  })

  it.each([
    [
      'type T { secret: Int @authenticated hop: Int @requires(fields: "secret") two: Int @requires(fields: "hop") }',
      'two',
    ],
    [
      'type T { n: [N] @join__field(graph: A, external: true) two: Int @join__field(graph: A, requires: "n { ... on N { secret } }") } type N { secret: Int @authenticated }',
      'two',
    ],
    ['type T { two: Int @requires(fields: "b") b: Int @authenticated @requires(fields: "two") }', 'two'],
  ])('requires for a field also what the fields in its @requires require: %s', (sdl, field) => {
    expect(isOpen(table(sdl).ofField('T', field))).toBe(false)
  })

  it('denies a caller without a token each field that has a rule, whatever scopes the caller has', () => {
    const nobody: Rights = { authenticated: false, scopes: new Set(['b', 'scalar']), grants: () => true }
    expect(denialOf(read.ofField('A', 'z'), nobody, '')).toBe('AUTHENTICATED')
    expect(denialOf(read.ofField('Query', 'list'), nobody, '')).toBe('AUTHENTICATED')
  })

  it('reads which fields arguments reveal', () => {
    expect(read.revealedBy('F.since')).toEqual(['A.x', 'A.y'])
    expect(read.revealedBy('O.UP')).toEqual(['A.x'])
    expect(read.revealedBy('O.DOWN')).toEqual([])
  })

  it.each([
    [
      'imported under another name',
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [{ name: "@authenticated", as: "@known" }]) type T @known { x: Int }',
    ],
    [
      'not imported',
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9") type T @federation__authenticated { x: Int }',
    ],
    [
      'of a spec under another name',
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", as: "fed") type T @fed__authenticated { x: Int }',
    ],
    [
      'of a supergraph',
      'schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY) { query: T } type T @authenticated { x: Int }',
    ],
    [
      'of a supergraph, renamed',
      'schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "auth", for: SECURITY) { query: T } type T @auth { x: Int }',
    ],
    ['without a link at all', 'type T @authenticated { x: Int }'],
    ['on an extension', 'type T { x: Int } extend type T @authenticated'],
  ])('recognises a directive %s', (_, sdl) => {
    expect(isOpen(table(sdl).ofField('T', 'x'))).toBe(false)
  })

  it.each([
    ['"review"', [['review']]],
    ['["review"]', [['review']]],
    ['["review", "second"]', [['review'], ['second']]],
    ['["review", ["a", "b"]]', [['review'], ['a', 'b']]],
    ['[["a", "b"], ["c"]]', [['a', 'b'], ['c']]],
  ])('takes one name for a list of it, as GraphQL does: %s', (written, alternatives) => {
    const rules = table(`type T { x: Int @policy(policies: ${written}) y: Int @requiresScopes(scopes: ${written}) }`)
    expect(rules.ofField('T', 'x').policies).toEqual([alternatives])
    expect(rules.ofField('T', 'y').scopes).toEqual([alternatives])
  })

  it.each([
    '@requiresScopes(scopes: [])',
    '@requiresScopes(scopes: [[]])',
    '@requiresScopes(scopes: "")',
    '@requiresScopes(scopes: ["a", ""])',
    '@requiresScopes(scopes: null)',
    '@requiresScopes(scopes: [["a"], []])',
    '@requiresScopes',
    '@policy(policies: [[]])',
    '@policy(policies: [[7]])',
  ])('is not created from %s, and the message says where', (directive) => {
    expect(() => table(`type T { x: Int ${directive} }`)).toThrow(/^T\.x: @/)
  })
})
