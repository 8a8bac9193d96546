import { buildSchema, isEnumType, isInputObjectType, isObjectType, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { DOMAINS } from '../domain.ts'
import { domainSdl } from '../domain-sdl.ts'
import { readNationalRules } from './national-rules.ts'
import { readRuleTable } from './rule-table.ts'

/** Each coordinate of a domain that could have a `@reveals`. */
function usesOf(sdl: string): readonly string[] {
  return Object.values(buildSchema(sdl, { assumeValid: true, assumeValidSDL: true }).getTypeMap()).flatMap((type) => {
    if (isEnumType(type)) return type.getValues().map(({ name }) => `${type.name}.${name}`)
    if (isInputObjectType(type)) return Object.keys(type.getFields()).map((name) => `${type.name}.${name}`)
    if (!isObjectType(type)) return []
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.map((argument) => `${type.name}.${field.name}(${argument.name}:)`),
    )
  })
}

/** Coordinates that reveal no field of a record, each with the reason. */
const TELLS_NOTHING = [
  /^__/, // introspection
  /\((countries|after|orderBy|filter|search|searches|representations|depositaries|publishers):\)$/, // whom to ask, or where to begin; their members are listed separately
  /\((id|first):\)$/, // which record, or how many
  /^Query\.(caseCounts|legalInstruments|statutes|dualCriminality|iccsClasses)\(/, // statistics, which have their own scope, and public law
  /^LegalInstrument\./, // public law
  /^PersonHitSearch\./, // guarded by personHits
  /^IdentifierInput\./, // guarded by the field that accepts it
  /^(CaseOrder|PersonOrder)\.(ID_ASC|BEST_MATCH)$/,
]

describe('the rules of a country’s own SDL', () => {
  it.each(DOMAINS)('cover each filter and order of %s', (domain) => {
    const sdl = domainSdl(domain)
    const table = readNationalRules(parse(sdl))
    const inputs = usesOf(sdl).filter((one) => /[()]/.test(one) || /(Filter|Search|Input|Order)\./.test(one))
    const unknown = inputs
      .filter((one) => table.revealedBy(one).length === 0)
      .filter((one) => !TELLS_NOTHING.some((pattern) => pattern.test(one)))
    expect(unknown).toEqual([])
  })

  it('name only fields of the contract', () => {
    const documents = DOMAINS.map((domain) => domainSdl(domain))
    const floors = documents.map((sdl) => readRuleTable(parse(sdl)))
    const told = documents.flatMap((sdl) => usesOf(sdl).flatMap(readNationalRules(parse(sdl)).revealedBy))
    expect(told.length).toBeGreaterThan(20)
    for (const coordinate of told) {
      const [typeName = '', fieldName = ''] = coordinate.split('.')
      expect(
        floors.some((floor) => floor.has(typeName, fieldName)),
        coordinate,
      ).toBe(true)
    }
  })

  it.each([
    ['Person.names', 'type Person { names: [String] @requiresScopes(scopes: [["names"]]) }'],
    ['a name’s text', 'type PersonName { full: String @requiresScopes(scopes: [["names"]]) }'],
    ['the type Person', 'type Person @requiresScopes(scopes: [["names"]]) { names: [String] }'],
  ])('guard the name that a search shows like %s', (_title, guarded) => {
    const sdl = `type PersonEdge { matchedName: String @requiresScopes(scopes: [["person:read"]]) score: Int } ${guarded}`
    const table = readNationalRules(parse(sdl))
    expect(table.ofField('PersonEdge', 'matchedName').scopes.flat(2).toSorted()).toEqual(['names', 'person:read'])
    expect(table.ofField('PersonEdge', 'score').scopes).toEqual([])
  })

  it('do not publish the name that a search shows where names are not published', () => {
    const edge = 'type PersonEdge { matchedName: String score: Int } type PersonName { full: String }'
    const published = (sdl: string): boolean => readNationalRules(parse(sdl)).has('PersonEdge', 'matchedName')
    expect(published(`${edge} type Person { names: [PersonName] }`)).toBe(true)
    expect(published(`${edge} type Person { id: ID }`)).toBe(false)
    expect(
      published('type PersonEdge { score: Int } type Person { names: [String] } type PersonName { full: String }'),
    ).toBe(false)
  })
})
