import type { PlanNode, QueryPlan } from '@apollo/query-planner'
import {
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql'
import { fieldDefinition } from '../shapes/compile-shape.ts'
import { responseKey, setOf, uniteByKey } from '../syntax/nodes.ts'

/** A planner's fetch. */
export type FetchNode = Extract<PlanNode, { kind: 'Fetch' }>

/** Lists the fetches of a plan in an order in which they may run, each with the Flatten path that leads to it. */
export function* listFetchNodes(
  node: QueryPlan['node'],
  path: readonly string[] = [],
): Generator<{ node: FetchNode; path: readonly string[] }> {
  switch (node?.kind) {
    case undefined:
      return
    case 'Fetch':
      yield { node, path }
      return
    case 'Flatten':
      yield* listFetchNodes(node.node, [...path, ...node.path.map(String)])
      return
    case 'Sequence':
    case 'Parallel':
      for (const child of node.nodes) yield* listFetchNodes(child, path)
      return
    default:
      throw new Error(`expected Sequence, Parallel, Flatten or Fetch in the plan; came ${node?.kind}`)
  }
}

/** A field node, and the type of the objects that it is asked of. */
export interface TypedNode {
  readonly typeName: string
  readonly node: FieldNode
}

/** Lists the root fields of a planner's fetch. Unites nodes with equal response keys. */
export function listRootNodes(selections: readonly SelectionNode[], schema: GraphQLSchema): TypedNode[] {
  const nodes = listTypedNodes(selections, schema.getQueryType()?.name ?? 'Query')
  return uniteByKey(nodes.map(({ node }) => node)).map((node) => ({ typeName: nodes[0]?.typeName ?? 'Query', node }))
}

/**
 * Lists the nodes below `_entities`, each with its type. Unites nodes with equal response keys. Leaves out `__typename`, because the
 * representation has it. An owner that does not publish the domain is therefore not asked for it.
 */
export function listEntityNodes(selections: readonly SelectionNode[]): TypedNode[] {
  const nodes = selections
    .flatMap((node) => (node.kind === Kind.FIELD ? listTypedNodes(node.selectionSet?.selections ?? [], '_Entity') : []))
    .filter(({ node }) => node.name.value !== '__typename')
  const byType = Map.groupBy(nodes, ({ typeName }) => typeName)
  return [...byType].flatMap(([typeName, group]) =>
    uniteByKey(group.map(({ node }) => node)).map((node) => ({ typeName, node })),
  )
}

/** Lists the field nodes of selections, also those in inline fragments, each with its type. */
export function listTypedNodes(selections: readonly SelectionNode[], typeName: string): TypedNode[] {
  return selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [{ typeName, node }]
    if (node.kind === Kind.INLINE_FRAGMENT) {
      return listTypedNodes(node.selectionSet.selections, node.typeCondition?.name.value ?? typeName)
    }
    return []
  })
}

/** Returns the operation of a fetch. */
export function operationOf({ operationDocumentNode }: FetchNode): OperationDefinitionNode {
  const definition = operationDocumentNode?.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION)
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('expected an operation in the planner’s fetch')
  return definition
}

/** Returns the fetch with other selections, or as it is if they are the same. */
export function withSelections(node: FetchNode, selectionSet: SelectionSetNode): FetchNode {
  const operation = operationOf(node)
  if (print(selectionSet) === print(operation.selectionSet)) return node
  const changed = { ...operation, selectionSet }
  const operationDocumentNode = { kind: Kind.DOCUMENT, definitions: [changed] } as const
  return { ...node, operationDocumentNode, operation: stripIgnoredCharacters(print(operationDocumentNode)) }
}

/** Returns a place: a response path without list levels. */
export function placeOf(path: readonly string[]): string {
  return ['', ...path.filter((step) => step !== '@')].join('.')
}

/** Returns the name of the type that a field leads to; empty if the schema does not have the field. */
export function typeBelow(schema: GraphQLSchema, typeName: string, node: FieldNode): string {
  const type = schema.getType(typeName)
  const definition = isCompositeType(type) ? fieldDefinition(type, node.name.value) : undefined
  return definition ? getNamedType(definition.type).name : ''
}

/** A field that a fetch asks for. */
export interface FetchedField {
  readonly node: FieldNode
  /** The type that it is asked of. */
  readonly typeName: string
  /** Its place, and that of the object that has it. */
  readonly place: string
  readonly parent: string
  /** The field above it; null at the top, and for a field of an entity that the fetch sends a representation of. */
  readonly above: FetchedField | null
}

/**
 * Lists the fields that a fetch asks for, with `_entities` left out, also those in fragments.
 * @param keyOf returns the key of a field in the answer. Default: its response key.
 */
export function* listFetchedFields(
  node: FetchNode,
  path: readonly string[],
  schema: GraphQLSchema,
  keyOf: (key: string) => string = (key) => key,
): Generator<FetchedField> {
  function* below(set: SelectionSetNode, typeName: string, above: FetchedField | null): Generator<FetchedField> {
    for (const each of set.selections) {
      if (each.kind === Kind.FRAGMENT_SPREAD) continue
      if (each.kind === Kind.INLINE_FRAGMENT) {
        yield* below(each.selectionSet, each.typeCondition?.name.value ?? typeName, above)
        continue
      }
      const isEntities = above === null && each.name.value === '_entities'
      const parent = above?.place ?? placeOf(path)
      const field = { node: each, typeName, parent, place: `${parent}.${keyOf(responseKey(each))}`, above }
      if (!isEntities) yield field
      const sets = each.selectionSet ?? setOf([])
      yield* below(sets, typeBelow(schema, typeName, each), isEntities ? null : field)
    }
  }
  const operation = operationOf(node)
  yield* below(operation.selectionSet, schema.getRootType(operation.operation)?.name ?? '', null)
}
