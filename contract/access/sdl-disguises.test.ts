import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { domainSdl } from '../domain-sdl.ts'
import { findDisguises, readSdlShape } from './sdl-disguises.ts'
import { describeSdlProblem } from './sdl-fault.ts'

const FEDERATION = 'https://specs.apollo.dev/federation/v2.9'
const SDL = `extend schema @link(url: "${FEDERATION}", import: ["@policy", { name: "@requiresScopes", as: "@scopes" }])
  @link(url: "https://istmo.example/istmo/v1.0", import: ["@reveals"])
type Query { person(id: ID!, by: Search @reveals(field: "Person.id")): Person @scopes(scopes: "a") }
type Person @federation__authenticated { id: ID! @policy(policies: "p") }
input Search { name: String @reveals(field: "Person.id") }
enum Order { UP DOWN }
`
const SHAPE = readSdlShape(parse(SDL))

function faultsOf(sdl: string): readonly string[] {
  return findDisguises(parse(sdl), SHAPE).map((fault) => `${fault.line}: ${describeSdlProblem(fault)}`)
}

describe('an SDL has no disguise', () => {
  it.each<[string, string, string]>([
    ['as it is', '', ''],
    [
      'with a link of a rule by itself',
      'extend schema @link(',
      'extend schema @link(url: "https://specs.apollo.dev/policy/v0.1", as: "gate") @link(',
    ],
    ['with another name of a whole spec', `${FEDERATION}"`, `${FEDERATION}", as: "federation"`],
    ['with a later minor version', 'v2.9', 'v2.14'],
    ['with a type that takes more', 'id: ID!, by', 'id: ID, by'],
    ['with extensions', 'enum Order', 'extend type Person { more: Int }\nenum Order'],
  ])('%s', (_, from, to) => {
    expect(SDL).toContain(from)
    expect(faultsOf(SDL.replace(from, to))).toEqual([])
  })

  it('without any link: bare names mean the rules', () => {
    expect(findDisguises(parse('type A @authenticated { x: Int @policy(policies: "p") }'), SHAPE)).toEqual([])
  })

  it.each(['cases', 'persons', 'legal'] as const)('in the contract’s own %s', (domain) => {
    const document = parse(domainSdl(domain))
    expect(findDisguises(document, readSdlShape(document))).toEqual([])
  })
})

describe('an SDL is rejected', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'with a rule that is not imported',
      '"@policy", ',
      '',
      /^4: expected the rule @policy; came @policy, which no @link/,
    ],
    [
      'with a rule under its name before the renaming',
      '@scopes(',
      '@requiresScopes(',
      /^3: expected the rule @requiresScopes; came @requiresScopes/,
    ],
    [
      'with a rule of a spec that does not have it',
      '@scopes(',
      '@istmo__requiresScopes(',
      /^3: .* came @istmo__requiresScopes/,
    ],
    [
      'with the name of a rule for another one',
      '"@policy"',
      '{ name: "@tag", as: "@policy" }',
      /^4: .* came @policy, which no/,
    ],
    [
      'with the name of a rule for another rule',
      '"@policy"',
      '{ name: "@authenticated", as: "@policy" }',
      /^4: .* which @link makes @authenticated/,
    ],
    ['with a version of Federation that has no policies', 'v2.9', 'v2.5', /^4: expected the rule @policy/],
    ['with a spec of another host', 'specs.apollo.dev', 'specs.example', /came @policy, which no @link/],
    ['with a name that two specs import', '"@reveals"', '"@reveals", "@policy"', /^4: .* came @policy, which no/],
    [
      'with a spec linked twice',
      'extend schema',
      `extend schema @link(url: "${FEDERATION}")`,
      /^1: expected one @link of .*federation; came another one/,
    ],
    [
      'with another root',
      'type Person',
      'extend schema { query: Root }\ntype Root { id: ID }\ntype Person',
      /expected the root type Query; came Root/,
    ],
    [
      'with a type of another kind',
      'enum Order { UP DOWN }',
      'scalar Order',
      /^6: Order: expected «enum Order» as in the contract; came «scalar Order»/,
    ],
    [
      'with another type of an argument',
      'by: Search ',
      'by: String ',
      /^3: Query\.person\(by:\): expected the type Search of the contract; came String/,
    ],
    ['with an argument that takes less', 'by: Search ', 'by: Search! ', /^3: Query\.person\(by:\): .* came Search!/],
    [
      'with another type of an input field',
      'name: String',
      'name: [String]',
      /^5: Search\.name: expected the type String/,
    ],
    ['with a type twice', 'enum Order', 'type Person { more: Int }\nenum Order', /^6: Person: expected it once/],
    [
      'with a field twice',
      'enum Order',
      'extend type Person { id: ID! }\nenum Order',
      /^6: Person\.id: expected it once/,
    ],
    [
      'with an argument of a rule twice',
      '(scopes: "a")',
      '(scopes: "a", scopes: "b")',
      /^3: @scopes: expected each argument once; came scopes twice/,
    ],
  ])('%s', (_, from, to, message) => {
    expect(SDL).toContain(from)
    const faults = faultsOf(SDL.replace(from, to))
    expect(faults.filter((fault) => message.test(fault))).not.toEqual([])
    expect(faultsOf(SDL)).toEqual([])
  })
})
