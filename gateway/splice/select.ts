import { type FieldNode, Kind, type SelectionNode } from 'graphql'
import type { PlainFetch } from '../types/plan.ts'
import { checkName, Unspliceable } from './patterns.ts'

/** The fields that a fetch selects on an object, by response key, in the order in which a subgraph answers them (GraphQL, 6.3.2). */
export type Selected = ReadonlyMap<string, SelectedField>

/** A field that a fetch selects. */
export interface SelectedField {
  readonly name: string
  /** The selections below it; null for a leaf. */
  readonly below: readonly SelectionNode[] | null
}

/** A fetch that answers objects at a place, with what it selects on them. */
export interface Provider {
  readonly fetch: number
  readonly selected: Selected
}

/** Returns what a fetch selects on its objects: the entities, or the root. @throws {Unspliceable} if it is not a plain list of fields. */
export function topSelections(fetch: PlainFetch): readonly SelectionNode[] {
  if (fetch.requires === null) return fetch.selections
  const [entities, ...others] = fetch.selections
  if (entities?.kind !== Kind.FIELD || entities.name.value !== '_entities' || others.length > 0)
    throw new Unspliceable()
  if (entities.alias !== undefined || entities.directives?.length) throw new Unspliceable()
  return entities.selectionSet?.selections ?? []
}

/**
 * Collects the fields that are selected on an object type.
 * @throws {Unspliceable} if a fragment may apply or not, or if a field has a directive.
 */
export function selectOn(typeName: string, selections: readonly SelectionNode[]): Selected {
  const fields = new Map<string, { name: string; below: SelectionNode[] | null }>()
  for (const node of fieldsOn(typeName, selections)) {
    const key = checkName((node.alias ?? node.name).value)
    const below = node.selectionSet ? [...node.selectionSet.selections] : null
    const field = fields.get(key)
    if (field === undefined) fields.set(key, { name: node.name.value, below })
    else if (field.name !== node.name.value) throw new Unspliceable()
    else if (below !== null) field.below?.push(...below)
  }
  return fields
}

function fieldsOn(typeName: string, selections: readonly SelectionNode[]): readonly FieldNode[] {
  return selections.flatMap((node) => {
    if (node.directives?.length) throw new Unspliceable()
    if (node.kind === Kind.FIELD) return [node]
    if (node.kind !== Kind.INLINE_FRAGMENT) throw new Unspliceable()
    const condition = node.typeCondition?.name.value
    if (condition !== undefined && condition !== typeName) throw new Unspliceable()
    return fieldsOn(typeName, node.selectionSet.selections)
  })
}
