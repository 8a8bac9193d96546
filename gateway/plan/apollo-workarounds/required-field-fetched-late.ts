/**
 * Finds a plan that asks a subgraph for a field without what the field requires. The gateway then plans in another way
 * (requirement-of-a-requirement.ts, conflicting-requirements.ts) or rejects the operation, because an error is better than a value
 * computed from nothing. Apollo's planner (2.14.4) silently makes such plans in two cases. Either the required field itself requires
 * something and belongs to the subgraph that the path comes from. Or two requirements ask for one field with different arguments. If a
 * requirement requires another, the planner also asks a subgraph for a field that is external there.
 */
import { type FieldNode, type GraphQLSchema, getNamedType, isCompositeType, Kind, type SelectionNode } from 'graphql'
import { argumentsText, fieldsIn, type Requirements } from '../../../composition/field-terms.ts'
import { fieldDefinition } from '../shapes/compile-shape.ts'
import type { FetchNode } from '../split/list-fetch-nodes.ts'
import { responseKey } from '../syntax/nodes.ts'

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
  const requested = fetches.map((fetch) => ({ fetch, fields: [...fieldsOf(fetch)] }))
  for (const { place, argumentsText } of requested.flatMap(({ fields }) => fields)) {
    argumentsByPlace.set(place, (argumentsByPlace.get(place) ?? new Set()).add(argumentsText))
  }
  for (const { fetch, fields } of requested) {
    const names = listRepresentationNames(fetch.node.requires ?? [])
    for (const { coordinate, isEntityField, isProvided, parent } of fields) {
      const terms = fetch.requirements.get(coordinate)
      if (terms?.isExternal && !isProvided) return coordinate
      const requirement = terms?.requires
      if (!requirement) continue
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

interface RequestedField {
  readonly coordinate: string
  /** Response path of the object that has the field, without list levels. */
  readonly parent: string
  readonly place: string
  readonly argumentsText: string
  /** Whether it is a field of an entity that the fetch sends a representation of. */
  readonly isEntityField: boolean
  /** Whether a field above it provides a field of its name. */
  readonly isProvided: boolean
}

function* fieldsOf({ node, path, schema, requirements }: PlannedFetch): Generator<RequestedField> {
  const operation = node.operationDocumentNode?.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION)
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return
  const root = schema.getRootType(operation.operation)?.name ?? ''
  const at = ['', ...path.filter((step) => step !== '@')].join('.')
  const position = { schema, requirements, typeName: root, parent: at, root, isEntity: false, provided: [] }
  yield* fieldsBelow(operation.selectionSet.selections, position)
}

interface Position {
  readonly schema: GraphQLSchema
  readonly typeName: string
  readonly parent: string
  readonly root: string
  readonly isEntity: boolean
  readonly requirements: Requirements
  /** The fields that a `@provides` above this place provides here. */
  readonly provided: readonly FieldNode[]
}

function* fieldsBelow(selections: readonly SelectionNode[], position: Position): Generator<RequestedField> {
  const { schema, typeName, parent, root, isEntity } = position
  for (const node of selections) {
    if (node.kind === Kind.FRAGMENT_SPREAD) continue
    const below = node.selectionSet?.selections ?? []
    if (node.kind === Kind.INLINE_FRAGMENT) {
      yield* fieldsBelow(below, { ...position, typeName: node.typeCondition?.name.value ?? typeName })
      continue
    }
    const type = schema.getType(typeName)
    const definition = isCompositeType(type) ? fieldDefinition(type, node.name.value) : undefined
    const typeBelow = definition ? getNamedType(definition.type).name : ''
    if (typeName === root && node.name.value === '_entities') {
      yield* fieldsBelow(below, { ...position, typeName: typeBelow, isEntity: true })
      continue
    }
    const place = `${parent}.${responseKey(node)}`
    const coordinate = `${typeName}.${node.name.value}`
    const providing = position.provided.filter(({ name }) => name.value === node.name.value)
    yield {
      coordinate,
      parent,
      place,
      argumentsText: argumentsText(node.arguments),
      isEntityField: isEntity,
      isProvided: providing.length > 0,
    }
    const provided = [
      ...providing.flatMap((each) => fieldsIn(each.selectionSet?.selections ?? [])),
      ...(position.requirements.get(coordinate)?.provides ?? []),
    ]
    yield* fieldsBelow(below, { ...position, typeName: typeBelow, parent: place, isEntity: false, provided })
  }
}

function listRepresentationNames(requires: NonNullable<FetchNode['requires']>): ReadonlySet<string> {
  return new Set(
    requires.flatMap((node) => (node.kind === 'Field' ? [node.name] : [...listRepresentationNames(node.selections)])),
  )
}
