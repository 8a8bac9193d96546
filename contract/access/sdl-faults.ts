import { type DocumentNode, GraphQLError, Kind, parse, print, type TypeNode } from 'graphql'
import { directiveArguments, readLinkedNames } from './linked-names.ts'
import { implies } from './loosened.ts'
import { SHOWS } from './national-rules.ts'
import { readRuleTable } from './rule-table.ts'
import { definedTypes, findDisguises, readSdlShape, type SdlShape } from './sdl-disguises.ts'
import { lineOf, type SdlFault } from './sdl-fault.ts'
import { isAtLeast, listPlaces, listTyped, namedType } from './sdl-places.ts'

/**
 * What is wrong with a country's own SDL (docs/onboarding.md, 3. Publish less than the contract). Gateway and node check it when they load it.
 * An SDL with such a fault would start, and then lose the country's rows or fields one question after another.
 */

/** The types of the contract's fields in one domain, by coordinate (`Person.names`). */
export type ContractFields = ReadonlyMap<string, TypeNode>

/** What an SDL is compared with. */
export interface SdlFloor {
  readonly fields: ContractFields
  /** The names of `@policy` in the contract. A country without a policy for one of them denies it, which is its right. */
  readonly policies: ReadonlySet<string>
  readonly shape: SdlShape
}

/**
 * Parses a country's SDL and keeps the lines.
 * @throws {Error} if it is not GraphQL. The message names the line.
 */
export function parseNationalSdl(text: string): DocumentNode {
  try {
    return parse(text)
  } catch (cause) {
    if (!(cause instanceof GraphQLError)) throw cause
    throw new Error(`line ${cause.locations?.[0]?.line ?? 1}: ${cause.message}`, { cause })
  }
}

/** Reads the floor from the SDL of a domain in the contract. */
export function readSdlFloor(domain: DocumentNode): SdlFloor {
  const fields = listTyped(domain, 'field').map(({ coordinate, type }) => [coordinate, type] as const)
  const policies = new Set(policiesIn(domain).map(({ name }) => name))
  return { fields: new Map(fields), policies, shape: readSdlShape(domain) }
}

/**
 * Finds the faults of a country's SDL: types that it does not define, fields whose type is not the contract's, missing non-null fields,
 * policies that nobody decides, fields that show the value of others but demand less than those, and rules that only look like rules
 * (sdl-disguises.ts).
 * @param own the country's SDL, as {@link parseNationalSdl} returns it.
 * @param decides whether the country has a policy for a name.
 * @returns the faults in the order of the SDL. `describeSdlFault` says each with its line, what was expected, what came, and the remedy.
 * @throws {MalformedRule} if a rule of the country's SDL is malformed.
 */
export function findSdlFaults(
  own: DocumentNode,
  floor: SdlFloor,
  decides: (policy: string) => boolean,
): readonly SdlFault[] {
  return [
    ...findUnknownTypes(own, floor),
    ...findOtherTypes(own, floor),
    ...findMissingFields(own, floor),
    ...findUndecidedPolicies(own, floor, decides),
    ...findShownForLess(own),
    ...findDisguises(own, floor.shape),
  ].toSorted((left, right) => left.line - right.line)
}

function findUnknownTypes(own: DocumentNode, { fields }: SdlFloor): readonly SdlFault[] {
  const defined = definedTypes(own)
  return typesUsedIn(own)
    .filter(({ type }) => !defined.has(namedType(type)))
    .map(({ coordinate: place, type }) => {
      const meant = fields.get(place)
      const found = { line: lineOf(type), details: { place, came: print(type), type: namedType(type) } }
      if (meant === undefined) return { ...found, code: 'TYPE_UNKNOWN' }
      return { ...found, code: 'TYPE_UNKNOWN_HERE', details: { ...found.details, expected: print(meant) } }
    })
}

/** Lists the types that fields, arguments, input fields, interfaces and unions name. */
function typesUsedIn(document: DocumentNode): readonly { readonly coordinate: string; readonly type: TypeNode }[] {
  return listPlaces(document).flatMap(({ coordinate, node, type }) => {
    const interfaces = 'interfaces' in node ? (node.interfaces ?? []) : []
    const members = 'types' in node ? (node.types ?? []) : []
    const named = [...interfaces, ...members, ...(type === undefined ? [] : [type])]
    return named.map((each) => ({ coordinate, type: each }))
  })
}

/** An unknown type is reported once, as unknown. */
function findOtherTypes(own: DocumentNode, { fields }: SdlFloor): readonly SdlFault[] {
  const defined = definedTypes(own)
  return listTyped(own, 'field').flatMap(({ coordinate: place, type }): readonly SdlFault[] => {
    const expected = fields.get(place)
    if (expected === undefined || !defined.has(namedType(type)) || isAtLeast(type, expected)) return []
    const details = { place, expected: print(expected), came: print(type) }
    return [{ line: lineOf(type), code: 'TYPE_DIFFERS', details }]
  })
}

/** Finds the non-null fields that the SDL leaves out of types that it has. The gateway could not answer a row without them. */
function findMissingFields(own: DocumentNode, { fields }: SdlFloor): readonly SdlFault[] {
  const published = new Set(listTyped(own, 'field').map(({ coordinate }) => coordinate))
  const lines = new Map(
    listPlaces(own).flatMap(({ at, typeName, name }) => (at === 'type' ? [[typeName, lineOf(name)]] : [])),
  )
  return [...fields].flatMap(([place, type]): readonly SdlFault[] => {
    const line = lines.get(place.split('.', 1).join())
    if (type.kind !== Kind.NON_NULL_TYPE || line === undefined || published.has(place)) return []
    const field = `${place.split('.').at(-1)}: ${print(type)}`
    return [{ line, code: 'FIELD_MISSING', details: { place, field } }]
  })
}

function findUndecidedPolicies(
  own: DocumentNode,
  floor: SdlFloor,
  decides: (policy: string) => boolean,
): readonly SdlFault[] {
  return policiesIn(own)
    .filter(({ name }) => !floor.policies.has(name) && !decides(name))
    .map(({ name: policy, coordinate: place, line }) => ({
      line,
      code: 'POLICY_UNDECIDED',
      details: { place, policy },
    }))
}

/**
 * Finds the fields that show the value of other fields ({@link SHOWS}) and say that they demand less than those, or that those are not
 * published. Gateway and node demand the same for both, so such an SDL opens nothing, but it tells its readers something else.
 */
function findShownForLess(own: DocumentNode): readonly SdlFault[] {
  const table = readRuleTable(own)
  return listTyped(own, 'field').flatMap(({ coordinate: place, typeName, name }): readonly SdlFault[] => {
    const rule = table.ofField(typeName, name.value)
    return (SHOWS.get(place) ?? []).flatMap((shown): SdlFault | [] => {
      const found = { line: lineOf(name), details: { place, source: shown.join('.') } }
      if (!table.has(...shown)) return { ...found, code: 'SHOWN_FIELD_MISSING' }
      return implies(rule, table.ofField(...shown)) ? [] : { ...found, code: 'SHOWN_FOR_LESS' }
    })
  })
}

/** Lists the names that `@policy` gives to fields and types. A malformed `@policy` is reported where its rule is read. */
function policiesIn(
  document: DocumentNode,
): readonly { readonly name: string; readonly coordinate: string; readonly line: number }[] {
  const names = readLinkedNames(document).of('policy')
  return listPlaces(document)
    .filter(({ at }) => at === 'type' || at === 'field')
    .flatMap(({ coordinate, directives }) =>
      directives
        .filter((directive) => names.has(directive.name.value))
        .flatMap((directive) => {
          const listed = [directiveArguments(directive).policies].flat(2).filter((name) => typeof name === 'string')
          return listed.map((name) => ({ name, coordinate, line: lineOf(directive) }))
        }),
    )
}
