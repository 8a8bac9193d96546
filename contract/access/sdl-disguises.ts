import {
  type ASTNode,
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type NameNode,
  print,
  type TypeNode,
  visit,
} from 'graphql'
import { type Link, listLinks, readLinkedNames } from './linked-names.ts'
import type { SdlFault } from './sdl-fault.ts'

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

/** What a type is. */
export type TypeKind = 'type' | 'interface' | 'union' | 'enum' | 'input' | 'scalar'

const FEDERATION = 'https://specs.apollo.dev/federation'
const ISTMO = 'https://istmo.example/istmo'

/** The directives that say who may read what, and where they are defined: the spec of their own, and the bundles that have them, each from a version on. */
const RULES: Readonly<Record<string, readonly { identity: string; since: readonly [number, number] }[]>> = {
  authenticated: [
    { identity: FEDERATION, since: [2, 5] },
    { identity: 'https://specs.apollo.dev/authenticated', since: [0, 1] },
  ],
  requiresScopes: [
    { identity: FEDERATION, since: [2, 5] },
    { identity: 'https://specs.apollo.dev/requiresScopes', since: [0, 1] },
  ],
  policy: [
    { identity: FEDERATION, since: [2, 6] },
    { identity: 'https://specs.apollo.dev/policy', since: [0, 1] },
  ],
  reveals: [{ identity: ISTMO, since: [1, 0] }],
  pii: [{ identity: ISTMO, since: [1, 0] }],
}

const KINDS: Readonly<Partial<Record<DefinitionNode['kind'], TypeKind>>> = {
  [Kind.OBJECT_TYPE_DEFINITION]: 'type',
  [Kind.OBJECT_TYPE_EXTENSION]: 'type',
  [Kind.INTERFACE_TYPE_DEFINITION]: 'interface',
  [Kind.INTERFACE_TYPE_EXTENSION]: 'interface',
  [Kind.UNION_TYPE_DEFINITION]: 'union',
  [Kind.UNION_TYPE_EXTENSION]: 'union',
  [Kind.ENUM_TYPE_DEFINITION]: 'enum',
  [Kind.ENUM_TYPE_EXTENSION]: 'enum',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'input',
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: 'input',
  [Kind.SCALAR_TYPE_DEFINITION]: 'scalar',
  [Kind.SCALAR_TYPE_EXTENSION]: 'scalar',
}

/** The scalars that each GraphQL schema has. */
export const BUILT_IN = ['ID', 'Int', 'Float', 'String', 'Boolean']

/** Reads the kinds of types and the types of what is given to fields. */
export function readSdlShape(document: DocumentNode): SdlShape {
  const kinds = typesIn(document).map(({ name, kind }) => [name.value, kind] as const)
  return {
    kinds: new Map(kinds),
    inputs: new Map(inputsIn(document).map(({ coordinate, type }) => [coordinate, type])),
  }
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
    const sources = RULES[local] ?? []
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

function hasRule({ identity, version: [major, minor] }: Link, rule: string): boolean {
  return (RULES[rule] ?? []).some(
    (source) => source.identity === identity && major === source.since[0] && minor >= source.since[1],
  )
}

/** Finds directives that look like a rule, but whose name the document's links do not give to that rule. */
function findUnlinkedRules(own: DocumentNode): readonly SdlFault[] {
  const links = listLinks(own)
  const names = readLinkedNames(own)
  const looks = Object.keys(RULES).map((rule) => [rule, names.of(rule)] as const)
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
  return RULES[rule]?.[0]?.identity === ISTMO ? `${ISTMO}/v1.0` : `${FEDERATION}/v2.9`
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
  for (const { name, fields, isExtension } of typesIn(own)) {
    if (!isExtension) note(name.value, name)
    for (const field of fields) {
      note(`${name.value}.${field.name.value}`, field)
      const args = 'arguments' in field ? (field.arguments ?? []) : []
      for (const argument of args) note(`${name.value}.${field.name.value}(${argument.name.value}:)`, argument)
    }
  }
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
  return typesIn(own).flatMap(({ name, kind }): readonly SdlFault[] => {
    const expected = kinds.get(name.value)
    if (expected === undefined || expected === kind) return []
    const details = { place: name.value, expected, came: kind }
    return [{ line: lineOf(name), code: 'KIND_DIFFERS', details }]
  })
}

/** Each value that the gateway may give by the contract must be one that the SDL takes. A type that the SDL does not define is another fault. */
function findOtherInputs(own: DocumentNode, { inputs }: SdlShape): readonly SdlFault[] {
  const defined = new Set([...BUILT_IN, ...typesIn(own).map(({ name }) => name.value)])
  return inputsIn(own).flatMap(({ coordinate: place, type }): readonly SdlFault[] => {
    const expected = inputs.get(place)
    if (expected === undefined || takes(type, expected) || !defined.has(nameOf(type))) return []
    const details = { place, expected: print(expected), came: print(type) }
    return [{ line: lineOf(type), code: 'TYPE_DIFFERS', details }]
  })
}

/** Whether each value of the type `given` is one of `own`. */
function takes(own: TypeNode, given: TypeNode): boolean {
  if (own.kind === Kind.NON_NULL_TYPE) return given.kind === Kind.NON_NULL_TYPE && takes(own.type, given.type)
  if (given.kind === Kind.NON_NULL_TYPE) return takes(own, given.type)
  if (own.kind === Kind.LIST_TYPE) return given.kind === Kind.LIST_TYPE && takes(own.type, given.type)
  return given.kind === Kind.NAMED_TYPE && own.name.value === given.name.value
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type)
}

interface TypeInSdl {
  readonly name: NameNode
  readonly kind: TypeKind
  readonly isExtension: boolean
  readonly fields: readonly (ASTNode & { readonly name: NameNode })[]
}

function typesIn({ definitions }: DocumentNode): readonly TypeInSdl[] {
  return definitions.flatMap((node) => {
    const kind = KINDS[node.kind]
    if (kind === undefined || !('name' in node) || node.name === undefined) return []
    const fields = 'fields' in node ? (node.fields ?? []) : 'values' in node ? (node.values ?? []) : []
    return [{ name: node.name, kind, isExtension: node.kind.endsWith('Extension'), fields }]
  })
}

function inputsIn({ definitions }: DocumentNode): readonly { readonly coordinate: string; readonly type: TypeNode }[] {
  return definitions.flatMap((node) => {
    if (!('fields' in node)) return []
    return (node.fields ?? []).flatMap((field) => {
      const coordinate = `${node.name.value}.${field.name.value}`
      if (field.kind === Kind.INPUT_VALUE_DEFINITION) return [{ coordinate, type: field.type }]
      return (field.arguments ?? []).map(({ name, type }) => ({ coordinate: `${coordinate}(${name.value}:)`, type }))
    })
  })
}

function directivesIn(document: DocumentNode): readonly DirectiveNode[] {
  const found: DirectiveNode[] = []
  visit(document, { Directive: (node) => void found.push(node) })
  return found
}

function lineOf({ loc }: ASTNode): number {
  return loc?.startToken.line ?? 1
}
