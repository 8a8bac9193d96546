/**
 * Finds a plan that asks a subgraph for a field without what the field requires. Such a plan is made otherwise
 * (requirement-of-a-requirement.ts, conflicting-requirements.ts) or refused: a refusal is better than a value computed from nothing.
 * Apollo's planner (2.14.4) silently makes such plans in two cases: a requirement is itself required of the subgraph that the path
 * comes from, or two requirements ask for one field with different arguments. It also asks a subgraph for a field that is external
 * there, where a requirement is required by another.
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

/** The plan cannot be run: it asks for a field without what the field requires, or of a subgraph that never answers it. */
export class UnmetRequirement extends Error {
  override readonly name = 'UnmetRequirement'
  /** `Type.field`. */
  readonly coordinate: string
  constructor(coordinate: string) {
    super(`the planner asks for ${coordinate} where it is external, or without what its @requires names`)
    this.coordinate = coordinate
  }
}

/** The first field, by coordinate, that a plan asks for without what it requires; null where there is none. */
export function findUnmetRequirement(fetches: readonly PlannedFetch[]): string | null {
  if (fetches.every(({ requirements }) => requirements.size === 0)) return null
  const given = new Map<string, Set<string>>()
  const asked = fetches.map((fetch) => ({ fetch, fields: [...fieldsOf(fetch)] }))
  for (const { place, argumentsText } of asked.flatMap(({ fields }) => fields)) {
    given.set(place, (given.get(place) ?? new Set()).add(argumentsText))
  }
  for (const { fetch, fields } of asked) {
    const names = namesGiven(fetch.node.requires ?? [])
    for (const { coordinate, isEntityField, isProvided, parent } of fields) {
      const terms = fetch.requirements.get(coordinate)
      if (terms?.isExternal && !isProvided) return coordinate
      const requirement = terms?.requires
      if (!requirement) continue
      const isFed = isEntityField && requirement.names.every((name) => names.has(name))
      const isAsked = [...requirement.withArguments].every(([path, text]) => {
        const texts = given.get(`${parent}.${path}`)
        return texts?.size === 1 && texts.has(text)
      })
      if (!isFed || !isAsked) return coordinate
    }
  }
  return null
}

interface AskedField {
  readonly coordinate: string
  /** Response path of the object that the field stands on, without list levels. */
  readonly parent: string
  readonly place: string
  readonly argumentsText: string
  /** Whether it is asked of an entity that the fetch was given. */
  readonly isEntityField: boolean
  /** Whether a field above it provides a field of its name. */
  readonly isProvided: boolean
}

function* fieldsOf({ node, path, schema, requirements }: PlannedFetch): Generator<AskedField> {
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
  /** What the fields above provide here. */
  readonly provided: readonly FieldNode[]
}

function* fieldsBelow(selections: readonly SelectionNode[], position: Position): Generator<AskedField> {
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
    const given = position.provided.filter(({ name }) => name.value === node.name.value)
    yield {
      coordinate,
      parent,
      place,
      argumentsText: argumentsText(node.arguments),
      isEntityField: isEntity,
      isProvided: given.length > 0,
    }
    const provided = [
      ...given.flatMap((each) => fieldsIn(each.selectionSet?.selections ?? [])),
      ...(position.requirements.get(coordinate)?.provides ?? []),
    ]
    yield* fieldsBelow(below, { ...position, typeName: typeBelow, parent: place, isEntity: false, provided })
  }
}

function namesGiven(requires: NonNullable<FetchNode['requires']>): ReadonlySet<string> {
  return new Set(requires.flatMap((node) => (node.kind === 'Field' ? [node.name] : [...namesGiven(node.selections)])))
}
