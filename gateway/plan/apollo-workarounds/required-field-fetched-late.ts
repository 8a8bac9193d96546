/**
 * Finds a plan that asks a subgraph for a field without what the field requires. The gateway then plans in another way
 * (requirement-of-a-requirement.ts, conflicting-requirements.ts) or rejects the operation, because an error is better than a value
 * computed from nothing. Apollo's planner (2.14.4) silently makes such plans in two cases. Either the required field itself requires
 * something and belongs to the subgraph that the path comes from. Or two requirements ask for one field with different arguments. If a
 * requirement requires another, the planner also asks a subgraph for a field that is external there.
 */
import type { FieldNode, GraphQLSchema } from 'graphql'
import { argumentsText, fieldsIn, type Requirements } from '../../../composition/field-terms.ts'
import { getOrAdd } from '../../../contract/get-or-add.ts'
import { type FetchedField, type FetchNode, listFetchedFields } from '../split/list-fetch-nodes.ts'

/** A planner's fetch with the path that leads to it, and its subgraph. */
export interface PlannedFetch {
  readonly node: FetchNode
  readonly path: readonly string[]
  readonly schema: GraphQLSchema
  readonly requirements: Requirements
}

/** A plan cannot run: it asks for a field without what the field requires, or asks it of a subgraph that never answers it. */
export class UnmetRequirement extends Error {
  override readonly name = 'UnmetRequirement'
  /** `Type.field`. */
  readonly coordinate: string
  constructor(coordinate: string) {
    super(`the planner asks for ${coordinate} where it is external, or without what its @requires names`)
    this.coordinate = coordinate
  }
}

/** Finds the first field that a plan asks for without what it requires. Returns its coordinate; null if there is none. */
export function findUnmetRequirement(fetches: readonly PlannedFetch[]): string | null {
  if (fetches.every(({ requirements }) => requirements.size === 0)) return null
  const argumentsByPlace = new Map<string, Set<string>>()
  const requested = fetches.map((fetch) => ({
    fetch,
    fields: [...listFetchedFields(fetch.node, fetch.path, fetch.schema)],
  }))
  for (const { place, node } of requested.flatMap(({ fields }) => fields)) {
    getOrAdd(argumentsByPlace, place, () => new Set<string>()).add(argumentsText(node.arguments))
  }
  for (const { fetch, fields } of requested) {
    const names = listRepresentationNames(fetch.node.requires ?? [])
    for (const { node, typeName, parent, above } of fields) {
      const coordinate = `${typeName}.${node.name.value}`
      const terms = fetch.requirements.get(coordinate)
      if (terms?.isExternal && !isProvided(node, above, fetch.requirements)) return coordinate
      const requirement = terms?.requires
      if (!requirement) continue
      const isEntityField = above === null && fetch.node.requires !== undefined
      const isInRepresentation = isEntityField && requirement.names.every((name) => names.has(name))
      const hasArguments = [...requirement.withArguments].every(([path, text]) => {
        const texts = argumentsByPlace.get(`${parent}.${path}`)
        return texts?.size === 1 && texts.has(text)
      })
      if (!isInRepresentation || !hasArguments) return coordinate
    }
  }
  return null
}

/** Whether a field above a field provides one of its name there (`@provides`). */
function isProvided(node: FieldNode, above: FetchedField | null, requirements: Requirements): boolean {
  return listProvided(above, requirements).some(({ name }) => name.value === node.name.value)
}

/** Lists the fields that a field, or a `@provides` above it, provides below it. */
function listProvided(field: FetchedField | null, requirements: Requirements): readonly FieldNode[] {
  if (field === null) return []
  const { node, typeName, above } = field
  const providing = listProvided(above, requirements).filter(({ name }) => name.value === node.name.value)
  const own = requirements.get(`${typeName}.${node.name.value}`)?.provides ?? []
  return [...providing.flatMap((each) => fieldsIn(each.selectionSet?.selections ?? [])), ...own]
}

function listRepresentationNames(requires: NonNullable<FetchNode['requires']>): ReadonlySet<string> {
  return new Set(
    requires.flatMap((node) => (node.kind === 'Field' ? [node.name] : [...listRepresentationNames(node.selections)])),
  )
}
