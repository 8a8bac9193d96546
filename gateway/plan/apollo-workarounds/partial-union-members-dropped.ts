/**
 * Restores what the planner drops. If several subgraphs answer a field of an abstract type, and one of them knows fewer of its types than
 * the others, Apollo's planner (2.14.4) drops the selections on the types that not all of them know. It drops them even from the fetch to
 * a subgraph that knows the type. This pass does not restore what another fetch asks for, or what the subgraph cannot answer itself.
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isObjectType,
  Kind,
  OverlappingFieldsCanBeMergedRule,
  type SelectionNode,
  type SelectionSetNode,
  validate,
} from 'graphql'
import type { LoadedSubgraph, LoadedSupergraph } from '../graph/supergraph.ts'
import { inlineFragments } from '../normalise/inline-fragments.ts'
import { collectFields, fieldDefinition } from '../shapes/compile-shape.ts'
import {
  type FetchNode,
  listFetchedFields,
  operationOf,
  placeOf,
  typeBelow,
  withSelections,
} from '../split/list-fetch-nodes.ts'
import { nameNode, responseKey, setOf, variablesIn } from '../syntax/nodes.ts'
import { rewrittenKey } from './nested-alias-forgotten.ts'
import { UnmetRequirement } from './required-field-fetched-late.ts'

interface PathedFetch {
  readonly node: FetchNode
  readonly path: readonly string[]
}

interface Restoring {
  readonly graph: LoadedSupergraph
  /** By response path: the selections of the operation there. */
  readonly wanted: ReadonlyMap<string, readonly SelectionSetNode[]>
  /** `path|type|key` of each field that the fetches ask for. */
  readonly fetched: ReadonlySet<string>
}

interface RestoringFetch extends Restoring {
  readonly node: FetchNode
  readonly subgraph: LoadedSubgraph
  /** Coordinates of the restored fields. */
  readonly restored: string[]
}

/**
 * Restores in the fetches of a plan what the planner dropped from the operation.
 * @throws {UnmetRequirement} if a restored field conflicts with another field of the fetch.
 */
export function restoreDroppedMembers(
  fetches: readonly PathedFetch[],
  document: DocumentNode,
  graph: LoadedSupergraph,
): readonly PathedFetch[] {
  if (graph.partialTypes.size === 0) return fetches
  const restoring = { graph, wanted: findWantedSets(document), fetched: findFetchedFields(fetches, graph) }
  return fetches.map(({ node, path }) => ({ path, node: restoreFetch(node, path, restoring) }))
}

function restoreFetch(node: FetchNode, path: readonly string[], restoring: Restoring): FetchNode {
  const { operation: kind, selectionSet: before } = operationOf(node)
  const subgraph = restoring.graph.subgraphs.get(node.serviceName)
  if (!subgraph) return node
  const root = subgraph.schema.getRootType(kind)?.name ?? ''
  const restored: string[] = []
  const after = restoreSet(before, root, placeOf(path), { ...restoring, subgraph, node, restored })
  // A variable that the fetch does not send yet would need a definition. A fetch with such a field is not changed.
  const sent = variablesIn(before)
  if ([...variablesIn(after)].some((name) => !sent.has(name))) return node
  const changed = withSelections(node, after)
  if (changed === node || changed.operationDocumentNode === undefined) return node
  if (validate(subgraph.schema, changed.operationDocumentNode, [OverlappingFieldsCanBeMergedRule]).length > 0) {
    throw new UnmetRequirement(restored[0] ?? '')
  }
  return changed
}

function restoreSet(
  set: SelectionSetNode,
  typeName: string,
  place: string,
  restoring: RestoringFetch,
): SelectionSetNode {
  const { schema } = restoring.subgraph
  return setOf(
    set.selections.map((node): SelectionNode => {
      if (node.kind === Kind.FRAGMENT_SPREAD || !node.selectionSet) return node
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const condition = node.typeCondition?.name.value ?? typeName
        return { ...node, selectionSet: restoreSet(node.selectionSet, condition, place, restoring) }
      }
      const below = typeBelow(schema, typeName, node)
      const isEntities = node.name.value === '_entities'
      const at = isEntities ? place : `${place}.${rewrittenKey(responseKey(node), restoring.node)}`
      const selectionSet = restoreSet(node.selectionSet, below, at, restoring)
      const dropped = isEntities ? [] : makeDroppedFragments(below, at, restoring)
      return {
        ...node,
        selectionSet: dropped.length > 0 ? setOf([...selectionSet.selections, ...dropped]) : selectionSet,
      }
    }),
  )
}

function makeDroppedFragments(
  typeName: string,
  place: string,
  { graph, subgraph, wanted, fetched, restored }: RestoringFetch,
): InlineFragmentNode[] {
  const type = subgraph.schema.getType(typeName)
  if (!isAbstractType(type) || !graph.partialTypes.has(typeName)) return []
  return subgraph.schema.getPossibleTypes(type).flatMap(({ name }): InlineFragmentNode[] => {
    const apiType = graph.apiSchema.getType(name)
    if (!isObjectType(apiType)) return []
    const options = { schema: graph.apiSchema, fragments: new Map() }
    const nodes = collectFields(apiType, wanted.get(place) ?? [], options)
      .filter(({ key }) => !fetched.has(`${place}|${name}|${key}`))
      .flatMap((field) => field.nodes)
      .filter((node) => node.name.value !== '__typename' && canAnswer(node, name, subgraph))
    restored.push(...nodes.map((node) => `${name}.${node.name.value}`))
    const typeCondition = { kind: Kind.NAMED_TYPE, name: nameNode(name) } as const
    return nodes.length > 0 ? [{ kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: setOf(nodes) }] : []
  })
}

/** Whether a subgraph can answer a field and all that is below it by itself. */
function canAnswer(node: FieldNode, typeName: string, subgraph: LoadedSubgraph): boolean {
  const coordinate = `${typeName}.${node.name.value}`
  if (node.name.value === '__typename') return true
  if (subgraph.externals.has(coordinate) || subgraph.requirements.get(coordinate)?.requires) return false
  return canAnswerBelow(node, typeName, subgraph)
}

/** Whether a subgraph that answers a field can also answer all that is selected below it. */
export function canAnswerBelow(node: FieldNode, typeName: string, subgraph: LoadedSubgraph): boolean {
  const type = subgraph.schema.getType(typeName)
  const definition = isCompositeType(type) ? fieldDefinition(type, node.name.value) : undefined
  if (!definition) return false
  const below = getNamedType(definition.type)
  if (isLeafType(below)) return true
  return (node.selectionSet?.selections ?? []).every(
    (child) => child.kind === Kind.FIELD && canAnswer(child, below.name, subgraph),
  )
}

function findWantedSets(document: DocumentNode): ReadonlyMap<string, readonly SelectionSetNode[]> {
  const wanted = new Map<string, SelectionSetNode[]>()
  const walk = (set: SelectionSetNode, place: string): void => {
    for (const node of set.selections) {
      if (node.kind === Kind.FRAGMENT_SPREAD || !node.selectionSet) continue
      const at = node.kind === Kind.FIELD ? `${place}.${responseKey(node)}` : place
      if (node.kind === Kind.FIELD) wanted.set(at, [...(wanted.get(at) ?? []), node.selectionSet])
      walk(node.selectionSet, at)
    }
  }
  for (const node of inlineFragments(document).definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) walk(node.selectionSet, '')
  }
  return wanted
}

function findFetchedFields(fetches: readonly PathedFetch[], graph: LoadedSupergraph): ReadonlySet<string> {
  const fetched = new Set<string>()
  for (const { node, path } of fetches) {
    const schema = graph.subgraphs.get(node.serviceName)?.schema
    if (!schema) continue
    for (const { parent, place, typeName } of listFetchedFields(node, path, schema, (key) => rewrittenKey(key, node))) {
      const key = place.slice(parent.length + 1)
      for (const name of listRuntimeTypes(typeName, schema, graph)) fetched.add(`${parent}|${name}|${key}`)
    }
  }
  return fetched
}

/** Lists the runtime types of a type in the subgraph. For an interface object, lists those of the API schema. */
function listRuntimeTypes(typeName: string, schema: GraphQLSchema, graph: LoadedSupergraph): readonly string[] {
  const subgraphType = schema.getType(typeName)
  const apiType = graph.apiSchema.getType(typeName)
  const names = [typeName]
  if (isAbstractType(subgraphType)) names.push(...schema.getPossibleTypes(subgraphType).map(({ name }) => name))
  else if (isAbstractType(apiType)) names.push(...graph.apiSchema.getPossibleTypes(apiType).map(({ name }) => name))
  return names
}
