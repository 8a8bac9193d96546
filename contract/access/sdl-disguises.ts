import {
  type ASTNode,
  type DirectiveNode,
  type DocumentNode,
  isTypeExtensionNode,
  Kind,
  print,
  specifiedScalarTypes,
  type TypeNode,
  visit,
} from 'graphql'
import { type Link, listLinks, readLinkedNames } from './linked-names.ts'
import { FEDERATION, ISTMO, RULE_DIRECTIVES, type RuleSource } from './rule-directives.ts'
import { lineOf, type SdlFault } from './sdl-fault.ts'
import { isAtLeast, listPlaces, listTyped, namedType, type TypeKind } from './sdl-places.ts'

/**
 * What makes the SDL of a country look as strict as the contract although it is not. Gateway and node read too many rules rather than too few
 * (linked-names.ts), so nothing is opened by it. But any other tool that reads the SDL by the specs of Federation would see fewer rules: a directive
 * that only has the name of a rule, a root type of another name beside which nothing is compared, an argument of another type that lost its
 * `@reveals`.
 */

/** What the contract says of types and of what is given to fields. */
export interface SdlShape {
  /** By name. */
  readonly kinds: ReadonlyMap<string, TypeKind>
  /** The types of arguments and input fields, by coordinate: `Query.persons(search:)`, `PersonSearch.name`. */
  readonly inputs: ReadonlyMap<string, TypeNode>
}

/** Reads the kinds of types and the types of what is given to fields. */
export function readSdlShape(document: DocumentNode): SdlShape {
  return {
    kinds: new Map(listPlaces(document).map(({ typeName, kind }) => [typeName, kind])),
    inputs: new Map(listTyped(document, 'argument', 'input').map(({ coordinate, type }) => [coordinate, type])),
  }
}

/** Lists the types that an SDL has, by name: those that it defines or extends, and the scalars of GraphQL. */
export function definedTypes(document: DocumentNode): ReadonlySet<string> {
  return new Set([
    ...specifiedScalarTypes.map(({ name }) => name),
    ...listPlaces(document).map(({ typeName }) => typeName),
  ])
}

/** Finds the disguises in a country's SDL. @returns one fault for each, in the order in which they are looked for. */
export function findDisguises(own: DocumentNode, contract: SdlShape): readonly SdlFault[] {
  return [
    ...findUnlinkedRules(own),
    ...findRepeatedLinks(own),
    ...findRepeatedNames(own),
    ...findOtherRoots(own),
    ...findOtherKinds(own, contract),
    ...findOtherInputs(own, contract),
  ]
}

/**
 * Returns the rule that a local name of a directive means by the document's links; null for none, and for one that two links mean differently. Without a
 * link that could have the rule, its bare name means it.
 */
function meaningOf(local: string, links: readonly Link[]): string | null {
  const provided = links.flatMap((link) => elementsOf(local, link).map((element) => ({ link, element })))
  if (provided.length === 0) {
    const sources = sourcesOf(local)
    const isLinked = links.some((link) => sources.some(({ identity }) => identity === link.identity))
    return sources.length > 0 && !isLinked ? local : null
  }
  const meant = provided.map(({ link, element }) => (hasRule(link, element) ? element : null))
  return meant.every((one) => one === meant[0]) ? (meant[0] ?? null) : null
}

/** Lists the elements of a spec that a local name stands for by a link (specs.apollo.dev/link). */
function elementsOf(local: string, { spec, as, imports }: Link): readonly string[] {
  const prefix = `${as ?? spec}__`
  return [
    ...[...imports].flatMap(([element, name]) => (name === local ? [element] : [])),
    ...((as ?? spec) === local ? [spec] : []),
    ...(local.startsWith(prefix) ? [local.slice(prefix.length)] : []),
  ]
}

function sourcesOf(rule: string): readonly RuleSource[] {
  return Object.hasOwn(RULE_DIRECTIVES, rule) ? RULE_DIRECTIVES[rule as keyof typeof RULE_DIRECTIVES] : []
}

function hasRule({ identity, version: [major, minor] }: Link, rule: string): boolean {
  return sourcesOf(rule).some(
    (source) => source.identity === identity && major === source.since[0] && minor >= source.since[1],
  )
}

/** Finds directives that look like a rule, but whose name the document's links do not give to that rule. */
function findUnlinkedRules(own: DocumentNode): readonly SdlFault[] {
  const links = listLinks(own)
  const names = readLinkedNames(own)
  const looks = Object.keys(RULE_DIRECTIVES).map((rule) => [rule, names.of(rule)] as const)
  return directivesIn(own).flatMap((directive): readonly SdlFault[] => {
    const local = directive.name.value
    const resembled = looks.filter(([, locals]) => locals.has(local)).map(([rule]) => rule)
    const meant = meaningOf(local, links)
    const [rule = ''] = resembled
    if (resembled.length === 0 || (resembled.length === 1 && rule === meant)) return []
    const found = { line: lineOf(directive), details: { rule, local, url: linkOf(rule), meant: meant ?? '' } }
    return [{ ...found, code: meant === null ? 'RULE_NOT_LINKED' : 'RULE_LINKED_OTHERWISE' }]
  })
}

function linkOf(rule: string): string {
  return sourcesOf(rule)[0]?.identity === ISTMO ? `${ISTMO}/v1.0` : `${FEDERATION}/v2.9`
}

/** Each spec may be linked once (specs.apollo.dev/link): of two links, one tool would read the first and another one the last. */
function findRepeatedLinks(own: DocumentNode): readonly SdlFault[] {
  const links = listLinks(own)
  return links
    .filter(({ identity }, at) => links.findIndex((other) => other.identity === identity) < at)
    .map(({ identity: url, node }) => ({ line: lineOf(node), code: 'LINK_REPEATED', details: { url } }))
}

/** Finds what a schema may have only once. Of two, one tool would read the first and another one the last. */
function findRepeatedNames(own: DocumentNode): readonly SdlFault[] {
  const seen = new Set<string>()
  const faults: SdlFault[] = []
  const note = (place: string, node: ASTNode): void => {
    if (seen.has(place)) faults.push({ line: lineOf(node), code: 'NAME_REPEATED', details: { place } })
    seen.add(place)
  }
  for (const { at, coordinate, name, node } of listPlaces(own))
    if (at !== 'type' || !isTypeExtensionNode(node)) note(coordinate, name)
  for (const directive of directivesIn(own)) {
    const names = (directive.arguments ?? []).map(({ name }) => name.value)
    const argument = names.find((name, at) => names.indexOf(name) < at)
    if (argument === undefined) continue
    const details = { local: directive.name.value, argument }
    faults.push({ line: lineOf(directive), code: 'ARGUMENT_REPEATED', details })
  }
  return faults
}

/** The contract’s questions begin at the type Query. At another one, nothing would be compared with the contract. */
function findOtherRoots({ definitions }: DocumentNode): readonly SdlFault[] {
  return definitions.flatMap((node): readonly SdlFault[] => {
    if (node.kind !== Kind.SCHEMA_DEFINITION && node.kind !== Kind.SCHEMA_EXTENSION) return []
    return (node.operationTypes ?? [])
      .filter(({ operation, type }) => operation === 'query' && type.name.value !== 'Query')
      .map(({ type }) => ({ line: lineOf(type), code: 'ROOT_RENAMED', details: { came: type.name.value } }))
  })
}

function findOtherKinds(own: DocumentNode, { kinds }: SdlShape): readonly SdlFault[] {
  return listPlaces(own).flatMap(({ at, typeName: place, name, kind }): readonly SdlFault[] => {
    const expected = kinds.get(place)
    if (at !== 'type' || expected === undefined || expected === kind) return []
    const details = { place, expected, came: kind }
    return [{ line: lineOf(name), code: 'KIND_DIFFERS', details }]
  })
}

/** Each value that the gateway may give by the contract must be one that the SDL takes. A type that the SDL does not define is another fault. */
function findOtherInputs(own: DocumentNode, { inputs }: SdlShape): readonly SdlFault[] {
  const defined = definedTypes(own)
  return listTyped(own, 'argument', 'input').flatMap(({ coordinate: place, type }): readonly SdlFault[] => {
    const expected = inputs.get(place)
    if (expected === undefined || isAtLeast(expected, type) || !defined.has(namedType(type))) return []
    const details = { place, expected: print(expected), came: print(type) }
    return [{ line: lineOf(type), code: 'TYPE_DIFFERS', details }]
  })
}

function directivesIn(document: DocumentNode): readonly DirectiveNode[] {
  const found: DirectiveNode[] = []
  visit(document, { Directive: (node) => void found.push(node) })
  return found
}
