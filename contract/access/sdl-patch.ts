/**
 * A country tightens the contract by a patch: it says where it demands more of a caller, and what it does not publish
 * (docs/decisions/0084-a-country-tightens-by-a-patch.md). Gateway and node make the same SDL of it, which then counts as the country's own.
 */
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
} from 'graphql'
import { addRule } from './add-rule.ts'
import { implies } from './loosened.ts'
import { SHOWS } from './national-rules.ts'
import { OPEN, type Requirement, type Rule } from './rule.ts'
import { readRuleTable } from './rule-table.ts'
import { namedType } from './sdl-places.ts'

/** What a patch adds to the rule of a field or a type. At least one member is there. */
export interface AddedRule {
  readonly authenticated?: true | undefined
  readonly scopes?: Requirement | undefined
  readonly policies?: Requirement | undefined
}

/** A country's patch. Coordinates are `Type.field` or `Type`. */
export interface SdlPatch {
  /** What is demanded besides what the SDL demands, by coordinate. */
  readonly tighten: ReadonlyMap<string, AddedRule>
  /** What is not published. */
  readonly withhold: readonly string[]
}

/** An SDL to which a patch was applied. */
export interface PatchedSdl {
  readonly document: DocumentNode
  /** The coordinates and types of the patch and of its consequences that are not published, each with the reason. */
  readonly withheld: ReadonlyMap<string, string>
  /** What cannot be withheld, by coordinate: the reason. */
  readonly kept: ReadonlyMap<string, string>
}

/** Makes the rule of what a patch adds. */
export function toRule({ authenticated, scopes, policies }: AddedRule): Rule {
  return {
    authenticated: authenticated === true,
    scopes: scopes === undefined ? [] : [scopes],
    policies: policies === undefined ? [] : [policies],
  }
}

/**
 * Applies a patch to the SDL of a domain. Coordinates that the SDL does not have change nothing.
 *
 * - What is withheld is removed. With a type goes each field that returns it. If such a field is never null, its type goes too, unless it is an
 *   entity or the root.
 * - What is tightened demands both: each alternative of the SDL together with each alternative of the patch.
 * - A field that shows the value of others ({@link SHOWS}) gets their rules, and is removed with them.
 *
 * @param sdl a domain of the contract, or the country's own SDL of it, without wrong rules.
 */
export function patchSdl(sdl: DocumentNode, { tighten, withhold }: SdlPatch): PatchedSdl {
  const removal = findRemoval(sdl, withhold)
  const definitions = sdl.definitions.flatMap((node): readonly DefinitionNode[] => {
    if (!isObjectType(node)) return [node]
    if (removal.withheld.has(node.name.value)) return []
    const fields = (node.fields ?? []).filter((field) => !removal.withheld.has(coordinateOf(node, field)))
    return [{ ...node, fields }]
  })
  const reduced = { ...sdl, definitions }
  const shown = addShownRules(addRules(reduced, tighten))
  return { document: shown, ...removal }
}

/** Whether a patch names something that an SDL has. */
export function touchesSdl(sdl: DocumentNode, { tighten, withhold }: SdlPatch): boolean {
  const names = new Set([...tighten.keys(), ...withhold])
  return sdl.definitions.some(
    (node) =>
      isObjectType(node) &&
      (names.has(node.name.value) || (node.fields ?? []).some((field) => names.has(coordinateOf(node, field)))),
  )
}

/** A definition that has fields which a caller reads. */
export type ObjectType = ObjectTypeDefinitionNode | ObjectTypeExtensionNode

/** Checks whether a definition has fields which a caller reads. The contract has no interfaces. */
export function isObjectType(node: DefinitionNode): node is ObjectType {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION
}

/** Returns the coordinate of a field: `Type.field`. */
export function coordinateOf({ name }: ObjectType, field: FieldDefinitionNode): string {
  return `${name.value}.${field.name.value}`
}

/** Finds all that goes with what is withheld. */
function findRemoval(sdl: DocumentNode, withhold: readonly string[]): Pick<PatchedSdl, 'withheld' | 'kept'> {
  const withheld = new Map(withhold.map((coordinate) => [coordinate, 'the patch withholds it']))
  const kept = new Map<string, string>()
  const types = sdl.definitions.filter(isObjectType)
  const entities = new Set(types.filter(isEntity).map(({ name }) => name.value))
  for (let before = -1; before !== withheld.size; ) {
    before = withheld.size
    for (const type of types) {
      const typeName = type.name.value
      if (withheld.has(typeName)) continue
      for (const field of type.fields ?? []) {
        const coordinate = coordinateOf(type, field)
        const reason = reasonToRemove(coordinate, field, withheld)
        if (reason === null) continue
        if (field.type.kind !== Kind.NON_NULL_TYPE) withheld.set(coordinate, withheld.get(coordinate) ?? reason)
        else if (entities.has(typeName) || typeName === 'Query') kept.set(coordinate, reason)
        else withheld.set(typeName, `${coordinate}, which is never null, goes: ${reason}`)
      }
    }
    for (const [typeName, fields] of fieldsByType(types)) {
      const isGone = fields.length > 0 && fields.every((field) => withheld.has(field))
      if (isGone && !entities.has(typeName) && typeName !== 'Query')
        withheld.set(typeName, withheld.get(typeName) ?? 'all its fields go')
    }
  }
  return { withheld, kept }
}

/** Says why a field goes; null if it stays. */
function reasonToRemove(
  coordinate: string,
  { type }: FieldDefinitionNode,
  withheld: ReadonlyMap<string, string>,
): string | null {
  const own = withheld.get(coordinate)
  if (own !== undefined) return own
  const returned = namedType(type)
  if (withheld.has(returned)) return `it returns ${returned}`
  const shown = (SHOWS.get(coordinate) ?? []).map((parts) => parts.join('.'))
  const source = shown.find((each) => withheld.has(each) || withheld.has(each.split('.', 1).join()))
  return source === undefined ? null : `it shows the value of ${source}`
}

function fieldsByType(types: readonly ObjectType[]): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, readonly string[]>()
  for (const type of types) {
    const own = (type.fields ?? []).map((field) => coordinateOf(type, field))
    fields.set(type.name.value, [...(fields.get(type.name.value) ?? []), ...own])
  }
  return fields
}

function isEntity({ directives = [] }: ObjectType): boolean {
  return directives.some(({ name }) => name.value === 'key' || name.value.endsWith('__key'))
}

function addRules(sdl: DocumentNode, tighten: ReadonlyMap<string, AddedRule>): DocumentNode {
  const added = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined) => {
    const rule = tighten.get(coordinate)
    return rule === undefined ? (directives ?? []) : addRule(sdl, directives ?? [], toRule(rule))
  }
  return mapObjectTypes(sdl, (node) => ({
    ...node,
    directives: added(node.name.value, node.directives),
    fields: (node.fields ?? []).map((field) => ({
      ...field,
      directives: added(coordinateOf(node, field), field.directives),
    })),
  }))
}

/** Gives a field that shows the value of others what those demand, so that the SDL says what gateway and node apply. */
function addShownRules(sdl: DocumentNode): DocumentNode {
  const table = readRuleTable(sdl)
  return mapObjectTypes(sdl, (node) => ({
    ...node,
    fields: (node.fields ?? []).map((field) => {
      const rule = table.ofField(node.name.value, field.name.value)
      const missing = (SHOWS.get(coordinateOf(node, field)) ?? [])
        .map((shown) => missingFrom(rule, table.ofField(...shown)))
        .filter((each) => each !== null)
      const directives = missing.reduce((done, each) => addRule(sdl, done, each), field.directives ?? [])
      return { ...field, directives }
    }),
  }))
}

/** Returns what a rule lacks to imply another one; null if it implies it. */
function missingFrom(rule: Rule, source: Rule): Rule | null {
  if (implies(rule, source)) return null
  return {
    authenticated: source.authenticated,
    scopes: source.scopes.filter((requirement) => !implies(rule, { ...OPEN, scopes: [requirement] })),
    policies: source.policies.filter((requirement) => !implies(rule, { ...OPEN, policies: [requirement] })),
  }
}

function mapObjectTypes(sdl: DocumentNode, change: (node: ObjectType) => ObjectType): DocumentNode {
  return { ...sdl, definitions: sdl.definitions.map((node) => (isObjectType(node) ? change(node) : node)) }
}
