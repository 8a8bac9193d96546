import fc from 'fast-check'
import { type DocumentNode, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { DOMAINS, type Domain } from '../domain.ts'
import { domainSdl } from '../domain-sdl.ts'
import { loosened } from './loosened.ts'
import { readNationalRules, SHOWS } from './national-rules.ts'
import { denialOf, type Requirement, type Rights } from './rule.ts'
import { type RuleTable, readRuleTable } from './rule-table.ts'
import { findSdlFaults, parseNationalSdl, readSdlFloor } from './sdl-faults.ts'
import { type AddedRule, isObjectType, patchSdl, touchesSdl } from './sdl-patch.ts'

/** What the test knows of one domain of the contract. */
interface Known {
  readonly domain: Domain
  readonly types: readonly string[]
  /** By coordinate: the name of the type that the field returns. */
  readonly returns: ReadonlyMap<string, string>
  readonly nullable: readonly string[]
  readonly contract: DocumentNode
  readonly floor: RuleTable
}

function know(domain: Domain): Known {
  const contract = parse(domainSdl(domain))
  const types = contract.definitions.filter(isObjectType)
  const fields = types.flatMap((type) =>
    (type.fields ?? []).map((field) => [`${type.name.value}.${field.name.value}`, print(field.type)] as const),
  )
  // Of an entity, so that a type never loses all its fields.
  const ofEntity = (coordinate: string): boolean =>
    types.some(({ name, directives = [] }) => coordinate.startsWith(`${name.value}.`) && directives.length > 0)
  return {
    ...{ domain, contract, floor: readRuleTable(contract) },
    types: types.map(({ name }) => name.value),
    returns: new Map(fields.map(([coordinate, type]) => [coordinate, type.replace(/[[\]!]/g, '')])),
    nullable: fields.flatMap(([coordinate, type]) =>
      type.endsWith('!') || !ofEntity(coordinate) || SHOWS.has(coordinate) ? [] : [coordinate],
    ),
  }
}

const KNOWN = DOMAINS.map(know)
const SCOPES = ['person:read', 'case:read', 'warrant:read', 'case:narrative', 'person:identifiers', 'own:a', 'own:b']
const POLICIES = ['narrative_release', 'location_release', 'own_release', 'other_release']

const requirements = (names: readonly string[]) =>
  fc.array(fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
const addedRules: fc.Arbitrary<AddedRule> = fc
  .record(
    { authenticated: fc.constant(true as const), scopes: requirements(SCOPES), policies: requirements(POLICIES) },
    { requiredKeys: [] },
  )
  .filter((rule) => Object.keys(rule).length > 0)
const rightsOfSomebody: fc.Arbitrary<Rights> = fc
  .tuple(fc.boolean(), fc.subarray(SCOPES), fc.subarray(POLICIES))
  .map(([authenticated, scopes, policies]) => ({
    authenticated,
    scopes: new Set(authenticated ? scopes : []),
    grants: (policy) => authenticated && policies.includes(policy),
  }))
const patches = fc.constantFrom(...KNOWN).chain((known) =>
  fc.record({
    known: fc.constant(known),
    tighten: fc
      .array(fc.tuple(fc.constantFrom(...known.returns.keys(), ...known.types), addedRules), { maxLength: 12 })
      .map((entries) => new Map(entries)),
    withhold: fc.subarray([...known.nullable], { maxLength: 4 }),
  }),
)

/** Decides what a patch adds as plainly as it can be said. */
function meets(added: AddedRule | undefined, rights: Rights): boolean {
  if (added === undefined) return true
  const one = (alternatives: Requirement | undefined, has: (name: string) => boolean): boolean =>
    alternatives === undefined || alternatives.some((names) => names.every(has))
  return (
    rights.authenticated &&
    one(added.scopes, (name) => rights.scopes.has(name)) &&
    one(added.policies, (name) => rights.grants(name, ''))
  )
}

describe('a patch', () => {
  it('demands both: what the contract demands, and what the patch says of the field, its type and the type that it returns', () => {
    fc.assert(
      fc.property(patches, fc.array(rightsOfSomebody, { minLength: 4 }), ({ known, tighten, withhold }, callers) => {
        const { contract, floor } = known
        const text = print(patchSdl(contract, { tighten, withhold }).document)
        const patched = parseNationalSdl(text)
        const own = readNationalRules(patched)
        for (const rights of callers) {
          const mayRead = (coordinate: string): boolean => {
            const [type = '', field = ''] = coordinate.split('.')
            const added = [coordinate, type, known.returns.get(coordinate) ?? ''].map((each) => tighten.get(each))
            return (
              denialOf(floor.ofField(type, field), rights, coordinate) === null &&
              added.every((rule) => meets(rule, rights)) &&
              (SHOWS.get(coordinate) ?? []).every((shown) => mayRead(shown.join('.')))
            )
          }
          const decided = [...known.returns.keys()].map((coordinate) => {
            const [type = '', field = ''] = coordinate.split('.')
            if (!own.has(type, field)) return `${coordinate} withheld`
            return `${coordinate} ${denialOf(own.ofField(type, field), rights, coordinate) === null}`
          })
          const expected = [...known.returns.keys()].map((coordinate) => {
            const shows = (SHOWS.get(coordinate) ?? []).map((shown) => shown.join('.'))
            const isWithheld = [coordinate, ...shows].some((each) => withhold.includes(each))
            return `${coordinate} ${isWithheld ? 'withheld' : mayRead(coordinate)}`
          })
          expect(decided).toEqual(expected)
        }
        expect(loosened(floor, patched)).toEqual([])
        expect(findSdlFaults(patched, readSdlFloor(contract), () => true)).toEqual([])
      }),
      { numRuns: 25 },
    )
  })

  it('writes one directive of each kind, which no alternative of the contract can get round', () => {
    const contract = parse(domainSdl('persons'))
    const line = (tighten: Readonly<Record<string, AddedRule>>, start: string): string | undefined =>
      print(patchSdl(contract, { tighten: new Map(Object.entries(tighten)), withhold: [] }).document)
        .split('\n')
        .find((each) => each.trimStart().startsWith(start))
    expect(line({ 'Person.birthDate': { scopes: [['b'], ['a']] } }, 'birthDate: Date @')).toBe(
      '  birthDate: Date @pii(class: IDENTITY) @requiresScopes(scopes: [["b", "person:read"], ["a", "person:read"]])',
    )
    expect(line({ 'Person.birthDate': { authenticated: true } }, 'birthDate: Date @')).toMatch(/@authenticated$/)
    expect(line({ PersonName: { policies: [['own']] } }, 'type PersonName')).toMatch(
      /@policy\(policies: \[\["own"\]\]\)/,
    )
  })

  it('of a name holds for the field that shows the name, and withholds it with the name', () => {
    const contract = parse(domainSdl('persons'))
    const tighten = new Map<string, AddedRule>([['PersonName', { policies: [['own']] }]])
    const table = readRuleTable(patchSdl(contract, { tighten, withhold: [] }).document)
    expect(table.ofField('PersonEdge', 'matchedName').policies).toEqual([[['own']]])
    for (const withheld of ['Person.names', 'PersonName']) {
      const { document } = patchSdl(contract, { tighten: new Map(), withhold: [withheld] })
      expect([withheld, readRuleTable(document).has('PersonEdge', 'matchedName')]).toEqual([withheld, false])
    }
  })

  it('uses the names under which an SDL has linked the directives', () => {
    const sdl =
      parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [{ name: "@requiresScopes", as: "@needs" }])
      type Query { a: String @needs(scopes: "x") }`)
    const { document } = patchSdl(sdl, { tighten: new Map([['Query.a', { scopes: [['y']] }]]), withhold: [] })
    expect(print(document)).toContain('a: String @needs(scopes: [["x", "y"]])')
    expect(readRuleTable(document).ofField('Query', 'a').scopes).toEqual([[['x', 'y']]])
  })

  it('withholds with a type each field that returns it, and the types that could not be answered without', () => {
    const { document, withheld, kept } = patchSdl(parse(domainSdl('legal')), {
      tighten: new Map(),
      withhold: ['Statute'],
    })
    const table = readRuleTable(document)
    expect(kept.size).toBe(0)
    expect([...withheld.keys()].sort()).toEqual([
      ...['DualCriminality', 'DualCriminalityLeg', 'Query.dualCriminality', 'Query.statute', 'Query.statutes'],
      ...['Statute', 'StatuteConnection', 'StatuteEdge'],
    ])
    expect(withheld.get('StatuteConnection')).toContain('StatuteConnection.edges, which is never null')
    expect([table.has('Query', 'legalInstrument'), table.has('Query', 'statutes')]).toEqual([true, false])
  })

  it('changes nothing of an SDL that has none of its coordinates', () => {
    const patch = { tighten: new Map([['Person.birthDate', { scopes: [['a']] }]]), withhold: ['Case.narrative'] }
    const touched = DOMAINS.filter((domain) => touchesSdl(parse(domainSdl(domain)), patch))
    expect(touched).toEqual(['cases', 'persons'])
  })
})
