import { readFileSync } from 'node:fs'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { domainSdl } from '../domain-sdl.ts'
import { describeSdlFault } from './sdl-fault.ts'
import { findSdlFaults, parseNationalSdl, readSdlFloor } from './sdl-faults.ts'

const CONTRACT = readSdlFloor(
  parse(`
    type Query { person(id: ID!): Person  persons(first: Int): [Person!]! }
    type Person { id: ID!  country: String  names: [Name!]  secret: String @policy(policies: [["floor_release"]]) }
    type Name { full: String!  kind: String }
  `),
)

const OWN = `type Query { person(id: ID!): Person persons(first: Int): [Person!]! }
type Person {
  id: ID!
  names: [Name!]
  secret: String @policy(policies: [["floor_release"]])
}
type Name { full: String! }
`

const faultsOf = (sdl: string) =>
  findSdlFaults(parseNationalSdl(sdl), CONTRACT, (name) => name === 'own_release').map((fault) =>
    describeSdlFault(fault),
  )

describe('the SDL of a country', () => {
  it('may leave out nullable fields, and may promise more than the contract', () => {
    expect(faultsOf(OWN)).toEqual([])
    expect(faultsOf(OWN.replace('[Name!]', '[Name!]!'))).toEqual([])
    expect(faultsOf(OWN.replace('secret: String', 'secret: String!'))).toEqual([])
  })

  it.each([
    [
      'a misspelt scalar',
      ['secret: String ', 'secret: Strin '],
      /^line 5: Person\.secret: expected the type String of the contract; came Strin\. Correct/,
    ],
    [
      'a misspelt type',
      ['[Name!]', '[Nam!]'],
      /^line 4: Person\.names: expected the type \[Name!\] of the contract; came \[Nam!\]\./,
    ],
    [
      'a misspelt type of an argument',
      ['(id: ID!)', '(id: Id!)'],
      /^line 1: Query\.person\(id:\): expected a type that the SDL defines; came Id!\./,
    ],
    [
      'a misspelt type of a new field',
      ['id: ID!\n', 'id: ID!\n  alias: Strin\n'],
      /^line 4: Person\.alias: expected a type that the SDL defines; came Strin/,
    ],
    [
      'an unknown interface',
      ['type Name {', 'type Name implements Nod {'],
      /^line 7: Name: expected a type that the SDL defines; came Nod/,
    ],
    [
      'another type than the contract’s',
      ['full: String!', 'full: ID!'],
      /^line 7: Name\.full: expected the type String! of the contract; came ID!/,
    ],
    ['a list that may hold null', ['[Name!]', '[Name]'], /^line 4: Person\.names: expected the type \[Name!\]/],
    [
      'a field that may be null',
      ['full: String!', 'full: String'],
      /^line 7: Name\.full: expected the type String! of the contract; came String\./,
    ],
    [
      'a missing non-null field',
      ['  id: ID!\n', ''],
      /^line 2: expected the field Person\.id, .*is missing\. Add «id: ID!»/,
    ],
    [
      'a missing non-null root field',
      [' persons(first: Int): [Person!]!', ''],
      /^line 1: expected the field Query\.persons/,
    ],
    [
      'a policy that nobody decides',
      ['names: [Name!]', 'names: [Name!] @policy(policies: [["own_releas"]])'],
      /^line 4: Person\.names: expected a policy .*"own_releas"; came none.*Write @policy\("own_releas"\)/,
    ],
    [
      'a policy of a type that nobody decides',
      ['type Name {', 'type Name @policy(policies: "x y") {'],
      /^line 7: Name: expected a policy .*"x y"/,
    ],
  ] as const)('has a fault with %s, and the message names the line and the remedy', (_, [from, to], message) => {
    expect(OWN).toContain(from)
    const faults = faultsOf(OWN.replace(from, to))
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(message)
  })

  it('may use a policy that the country has, under the name that it linked', () => {
    expect(faultsOf(OWN.replace('names: [Name!]', 'names: [Name!] @policy(policies: [["own_release"]])'))).toEqual([])
    const link = 'extend schema @link(url: "https://specs.apollo.dev/policy/v0.1", as: "gate")\n'
    const linked = link + OWN.replaceAll('@policy', '@gate')
    const faults = faultsOf(linked.replace('names: [Name!]', 'names: [Name!] @gate(policies: [["nobody"]])'))
    expect(faults).toEqual([expect.stringContaining('line 5: Person.names')])
  })

  describe('that shows a name in the edge of a search', () => {
    const persons = readFileSync('tests/country-access/sdl/SV.persons.graphql', 'utf8')
    const floor = readSdlFloor(parse(domainSdl('persons')))
    const NAMES = 'names: [PersonName!] @requiresScopes(scopes: [["person:read"]])'
    const MATCHED = 'matchedName: String @requiresScopes(scopes: [["person:read"]])'
    const MORE = '@requiresScopes(scopes: [["person:read", "names:read"]])'
    const SCOPE = '@requiresScopes(scopes: [["person:read"]])'
    const changed = (...edits: readonly (readonly [string, string])[]): readonly string[] => {
      const sdl = edits.reduce((text, [from, to]) => {
        expect(text).toContain(from)
        return text.replace(from, to)
      }, persons)
      const faults = findSdlFaults(parseNationalSdl(sdl), floor, (name) => name === 'own_release')
      return faults.map((fault) => describeSdlFault(fault))
    }

    it('must not demand less there than for the names of a person', () => {
      const [fault, ...others] = changed([NAMES, NAMES.replace(SCOPE, MORE)])
      expect(fault).toMatch(
        /^line \d+: PersonEdge\.matchedName: expected at least what Person\.names demands, .* Repeat the rules of Person\.names at PersonEdge\.matchedName\.$/,
      )
      expect(others).toEqual([])
      const [policy] = changed(['full: String!', 'full: String! @policy(policies: [["own_release"]])'])
      expect(policy).toMatch(/PersonEdge\.matchedName: expected at least what PersonName\.full demands/)
    })

    it('may demand the same or more there, or leave the field out', () => {
      expect(changed([NAMES, NAMES.replace(SCOPE, MORE)], [MATCHED, MATCHED.replace(SCOPE, MORE)])).toEqual([])
      expect(changed([MATCHED, MATCHED.replace(SCOPE, MORE)])).toEqual([])
      expect(
        changed([NAMES, NAMES.replace(SCOPE, MORE)], [`${MATCHED} @pii(class: IDENTITY)`, 'ownNote: String']),
      ).toEqual([])
    })

    it('must not publish it without the names of a person', () => {
      expect(changed([NAMES, ''])).toEqual([
        expect.stringMatching(
          /PersonEdge\.matchedName: expected the field Person\.names too, .*; it is missing\. Remove/,
        ),
      ])
    })
  })

  it('has all its faults named at once, in the order of its lines', () => {
    const faults = faultsOf(
      OWN.replace('[Name!]', '[Nam!]').replace('  id: ID!\n', '').replace('full: String!', 'full: ID!'),
    )
    expect(faults.map((fault) => /^line (\d+)/.exec(fault)?.[1])).toEqual(['2', '3', '6'])
  })

  it('that is not GraphQL is rejected with the line', () => {
    expect(() => parseNationalSdl('type A { a: Int }\ntype B {')).toThrow(/^line 2: Syntax Error/)
  })

  it.each([
    ['persons', 'tests/country-access/sdl/SV.persons.graphql'],
    ['legal', 'tests/country-access/sdl/UN.legal.graphql'],
  ] as const)('of %s in the demo has no fault', (domain, file) => {
    const own = parseNationalSdl(readFileSync(file, 'utf8'))
    expect(findSdlFaults(own, readSdlFloor(parse(domainSdl(domain))), () => false)).toEqual([])
  })

  it.each(['cases', 'persons', 'legal'] as const)('that is the contract’s %s has no fault', (domain) => {
    expect(findSdlFaults(parse(domainSdl(domain)), readSdlFloor(parse(domainSdl(domain))), () => false)).toEqual([])
  })
})
