import {
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  print,
} from 'graphql'
import type { Dice } from '../oracle/dice.ts'

/** Rules in a test: directives by coordinate, `Type` or `Type.field`. */
export type RuleSet = ReadonlyMap<string, readonly string[]>

/** The rights of a caller, in the simplest form. */
export interface Holding {
  readonly scopes: readonly string[]
  readonly policies: readonly string[]
}

/** The scopes and policies of the tests' rules. */
export const SCOPES = ['s1', 's2', 's3', 's4'] as const
/** See {@link SCOPES}. */
export const POLICIES = ['p1', 'p2'] as const

const RULES = new Set(['authenticated', 'requiresScopes', 'policy'])

/** Makes random rules for a share of `coordinates`. */
export function makeRules(dice: Dice, coordinates: readonly string[], oneIn: number): RuleSet {
  const ruled = coordinates.filter(() => dice.oneIn(oneIn))
  return new Map(ruled.map((coordinate) => [coordinate, dice.many(1, 2, () => makeRule(dice)).filter(isFirst)]))
}

function makeRule(dice: Dice): string {
  const names = (all: readonly string[]): string =>
    JSON.stringify(dice.many(1, 2, () => dice.many(1, 2, () => dice.pick(all))))
  if (dice.oneIn(5)) return '@authenticated'
  return dice.oneIn(3) ? `@policy(policies: ${names(POLICIES)})` : `@requiresScopes(scopes: ${names(SCOPES)})`
}

function isFirst(rule: string, index: number, all: readonly string[]): boolean {
  const name = (text: string | undefined): string | undefined => text?.split('(')[0]
  return all.findIndex((other) => name(other) === name(rule)) === index
}

/** Writes these access rules into an SDL and removes all others. */
export function withRules(sdl: string, rules: RuleSet): string {
  const document = parse(sdl, { noLocation: true })
  const definitions = document.definitions.map((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return node
    const typeName = node.name.value
    const fields = node.fields?.map((field) => ruled(field, `${typeName}.${field.name.value}`, rules))
    return ruled({ ...node, ...(fields ? { fields } : {}) }, typeName, rules)
  })
  return withAuthenticated(print({ ...document, definitions }))
}

/** Lets a supergraph whose contract has no `@authenticated` have it, as composition would write it. */
function withAuthenticated(sdl: string): string {
  const link = '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)'
  if (!sdl.includes(link) || sdl.includes('specs.apollo.dev/authenticated/')) return sdl
  return `${sdl.replace(link, `@link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY) ${link}`)}
directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM\n`
}

function ruled<T extends { readonly directives?: readonly ConstDirectiveNode[] }>(
  node: T,
  coordinate: string,
  rules: RuleSet,
): T {
  return { ...node, directives: [...withoutRules(node.directives ?? []), ...directivesOf(rules.get(coordinate) ?? [])] }
}

function withoutRules(directives: readonly ConstDirectiveNode[]): readonly ConstDirectiveNode[] {
  return directives.filter((directive) => !RULES.has(directive.name.value))
}

function directivesOf(texts: readonly string[]): readonly ConstDirectiveNode[] {
  if (texts.length === 0) return []
  const document: DocumentNode = parse(`scalar X ${texts.join(' ')}`, { noLocation: true })
  const [definition] = document.definitions
  return definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? (definition.directives ?? []) : []
}

/** The naive oracle: whether the caller meets each directive on the field, its type and the type that it returns. */
export function mayRead(
  schema: GraphQLSchema,
  ruleSets: readonly RuleSet[],
  holding: Holding | null,
  typeName: string,
  fieldName: string,
): boolean {
  const type = schema.getType(typeName)
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName] : undefined
  const coordinates = [`${typeName}.${fieldName}`, typeName, ...(field ? [getNamedType(field.type).name] : [])]
  const texts = ruleSets.flatMap((rules) => coordinates.flatMap((coordinate) => rules.get(coordinate) ?? []))
  return texts.every((text) => isMet(text, holding))
}

function isMet(text: string, holding: Holding | null): boolean {
  if (holding === null) return false
  const list = /\((?:scopes|policies): (.*)\)$/.exec(text)?.[1]
  if (list === undefined) return true
  const held: readonly string[] = text.startsWith('@policy') ? holding.policies : holding.scopes
  return (JSON.parse(list) as string[][]).some((all) => all.every((name) => held.includes(name)))
}

/** Lists the coordinates of nullable fields, by kind. Leaves out fields of `Query` and those from which an EVERY field is merged. */
export function optionalFields(schema: GraphQLSchema): { readonly leaves: string[]; readonly all: string[] } {
  const leaves: string[] = []
  const all: string[] = []
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__') || type.name === 'Query') continue
    for (const field of Object.values(type.getFields())) {
      if (isNonNullType(field.type)) continue
      all.push(`${type.name}.${field.name}`)
      const named = getNamedType(field.type)
      if (!isObjectType(named) && field.args.length === 0) leaves.push(`${type.name}.${field.name}`)
    }
  }
  return { leaves, all }
}
