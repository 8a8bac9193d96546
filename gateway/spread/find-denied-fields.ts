/** Finds the fields of a leg that a country's rules deny to the caller, directly or through an argument that would reveal them. */
import type { FieldNode, GraphQLField } from 'graphql'
import { couldReveal, revealedByArguments } from '../../contract/access/revealed.ts'
import { isOpen } from '../../contract/access/rule.ts'
import type { DomainView } from '../types/flow.ts'
import type { DeniedField } from '../types/leg.ts'
import type { SpreadFetch, TopField } from '../types/operation.ts'
import { argumentValues } from './check-arguments.ts'
import type { LegUse } from './list-uses.ts'
import type { Publication } from './publication.ts'

/** A top field of a fetch, and the country and the caller for whom it is pruned. */
export interface PruneContext {
  readonly fetch: SpreadFetch
  readonly field: TopField
  /** What the country publishes. */
  readonly publication: Publication
  /** How the country treats the caller. */
  readonly view: DomainView
  readonly variables: Readonly<Record<string, unknown>>
  /** The values of the top field's own arguments, if somebody has read them: they are the same for all countries. */
  readonly topValues?: Readonly<Record<string, unknown>> | undefined
}

/** Denied fields by `placeKey`. */
export type DeniedFields = ReadonlyMap<string, DeniedField>

/** Returns the key of a field's place in `DeniedFields`. */
export function placeKey(typeName: string, path: readonly string[]): string {
  return `${typeName} ${path.join('.')}`
}

/** Whether a rule guards a field, or a field that its arguments would reveal. */
export function isGuarded(use: LegUse, context: PruneContext): boolean {
  const { view } = context
  if (!isOpen(view.ruleOf(use.typeName, use.fieldName))) return true
  return listRevealedFields(use, context).some(([typeName, fieldName]) => !isOpen(view.ruleOf(typeName, fieldName)))
}

/** Finds the fields that the country denies. A field that the country does not publish is left out of the leg, but it is not denied. */
export function findDeniedFields(uses: readonly LegUse[], context: PruneContext): DeniedFields {
  const { publication, view } = context
  const { prefix } = context.fetch.keys
  const denied = new Map<string, DeniedField>()
  for (const use of uses) {
    const { typeName, fieldName, path } = use
    const coordinate = `${typeName}.${fieldName}`
    if (!publication.publishes(typeName, fieldName)) continue
    const isDenied = view.denialOf(typeName, fieldName) !== null
    if (isGatewayKey(use.node, prefix)) {
      const holder = isDenied ? findHolder(use, uses, prefix) : undefined
      if (holder) denied.set(placeKey(holder.typeName, holder.path), { coordinate, path: holder.path })
      continue
    }
    const revealing = findRevealingArgument(use, context)
    if (isDenied) denied.set(placeKey(typeName, path), { coordinate, path })
    else if (revealing !== null) denied.set(placeKey(typeName, path), { coordinate: revealing, path })
  }
  return denied
}

/** Lists the fields that the arguments of a field would reveal. */
export function listRevealedFields(use: LegUse, context: PruneContext): readonly FieldName[] {
  return revealedBy(use, context).flatMap(({ fields }) => fields.map(splitCoordinate))
}

/** Whether any argument of a field can reveal a field, whatever its value. */
export function mayReveal({ typeName, fieldName }: LegUse, publication: Publication, view: DomainView): boolean {
  const definition = publication.definitionOf(typeName, fieldName)
  return definition !== undefined && couldReveal(typeName, definition, view)
}

/**
 * Writes what the arguments of some fields reveal, field by field. Equal texts stand for the same arguments, input fields and enum values.
 * @param uses fields whose arguments may reveal a field (`mayReveal`).
 */
export function nameRevealed(uses: readonly LegUse[], context: PruneContext): string {
  let names = ''
  for (const use of uses) {
    const definition = context.publication.definitionOf(use.typeName, use.fieldName)
    const revealed = definition === undefined ? [] : revealedByValues(use, definition, context)
    for (const { coordinate } of revealed) names += `${coordinate},`
    names += ';'
  }
  return names
}

/** A type's name and the name of one of its fields. */
export type FieldName = readonly [typeName: string, fieldName: string]

/** Returns the coordinate of an argument, input field or enum value that would reveal a hidden field; null if there is none. */
function findRevealingArgument(use: LegUse, context: PruneContext): string | null {
  const revealing = revealedBy(use, context).find(({ fields }) =>
    fields.some((coordinate) => isHidden(splitCoordinate(coordinate), context)),
  )
  return revealing?.coordinate ?? null
}

/**
 * Whether a country hides a field from the caller: its rules deny the field, or it does not publish the field. No argument may reveal a
 * hidden field. The country's node would reject a leg with such an argument.
 */
function isHidden([typeName, fieldName]: FieldName, { publication, view }: PruneContext): boolean {
  if (view.denialOf(typeName, fieldName) !== null) return true
  return publication.definitionOf(typeName, fieldName) !== undefined && !publication.publishes(typeName, fieldName)
}

/** Finds the nearest field of the client above a gateway key. The gateway cannot put this field together without the key. */
function findHolder({ path }: LegUse, uses: readonly LegUse[], prefix: string): LegUse | undefined {
  return uses
    .filter((other) => other.path.length < path.length && other.path.every((key, i) => key === path[i]))
    .filter(({ node }) => !isGatewayKey(node, prefix))
    .toSorted((left, right) => right.path.length - left.path.length)[0]
}

function revealedBy(use: LegUse, context: PruneContext): ReturnType<typeof revealedByArguments> {
  const { publication, view } = context
  const definition = publication.definitionOf(use.typeName, use.fieldName)
  if (!definition || !mayReveal(use, publication, view)) return []
  return revealedByValues(use, definition, context)
}

/** Finds what the values of a field's arguments reveal, whose definition says that they may. */
function revealedByValues(
  { typeName, node }: LegUse,
  definition: GraphQLField<unknown, unknown>,
  context: PruneContext,
): ReturnType<typeof revealedByArguments> {
  const { field, view, variables, topValues } = context
  // The top field's own arguments are in the client's node: in the leg's node, variables of the gateway replace some of them.
  const isTop = node === field.node && field.spread !== null
  if (!isTop) return revealedByArguments(typeName, definition, argumentValues(definition, node, variables), view)
  const { node: asWritten, definition: asDefined } = field.spread
  const values = topValues ?? argumentValues(asDefined, asWritten, variables)
  return revealedByArguments(typeName, asDefined, values, view)
}

function splitCoordinate(coordinate: string): FieldName {
  const at = coordinate.indexOf('.')
  return [coordinate.slice(0, at), coordinate.slice(at + 1)]
}

/** Whether the gateway asks for a field itself. A client's alias that the gateway renamed begins with the prefix too. */
function isGatewayKey(node: FieldNode, prefix: string): boolean {
  const alias = node.alias?.value
  return alias?.startsWith(prefix) === true && !alias.startsWith(`${prefix}A_`)
}
