/**
 * Plans a `@requires` in steps of our own where the planner's plan is unsound (required-field-fetched-late.ts). What a field requires is
 * asked for as an operation would ask for it, and a fetch that follows asks for the field itself. Apollo's planner (2.14.4) takes a
 * required field that itself requires something for one that the subgraph of the path answers; if it is asked for by name, the planner
 * plans it well.
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql'
import type { GatewayKeys, RequiredSelection } from '../../types/plan.ts'
import type { Unplaced } from '../depend/add-dependencies.ts'
import type { LoadedSubgraph, LoadedSupergraph } from '../graph/supergraph.ts'
import { requiredKey } from '../normalise/gateway-keys.ts'
import { inlineFragments } from '../normalise/inline-fragments.ts'
import { fieldDefinition } from '../shapes/compile-shape.ts'
import { listPossibleTypes } from '../split/require-representations.ts'
import { fieldNode, listDepth, nameNode, responseKey, setOf, variablesIn } from '../syntax/nodes.ts'
import { isOwnBelow } from './partial-union-members-dropped.ts'

/** An operation with what its fields require in their place, and the fetches that ask for the fields. */
export interface Stepped {
  readonly document: DocumentNode
  readonly followUps: readonly Unplaced[]
}

interface Stepping {
  readonly graph: LoadedSupergraph
  readonly keys: GatewayKeys
  readonly operation: OperationDefinitionNode
  /** Tells apart what is required in this step from what is in others. */
  readonly firstNumber: number
  /** By coordinate; null for a field that cannot be asked for in a step. */
  readonly needs: Map<string, Need | null>
  /** By path and coordinate. */
  readonly asked: Map<string, Asked>
}

/** What a field needs before it can be asked for. */
interface Need {
  readonly domain: string
  /** What is asked in its place. */
  readonly nodes: readonly SelectionNode[]
  /** What its representations are made of. */
  readonly requires: readonly RequiredSelection[]
}

interface Asked {
  readonly typeName: string
  readonly path: readonly string[]
  readonly need: Need
  readonly nodes: FieldNode[]
}

/** More than the fields with requirements that one operation asks for. */
const NUMBERS_A_STEP = 100_000

/**
 * Takes the fields with requirements out of an operation.
 * @param step how many steps come after this one.
 * @returns null where it has none that can be asked for in a step, or countries publish domains of the graph.
 */
export function stepRequirements(
  document: DocumentNode,
  graph: LoadedSupergraph,
  keys: GatewayKeys,
  step: number,
): Stepped | null {
  const [operation] = inlineFragments(document).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION || graph.directives.answeredBy.size > 0) return null
  const root = graph.apiSchema.getRootType(operation.operation)
  if (!root) return null
  const firstNumber = step * NUMBERS_A_STEP
  const stepping: Stepping = { graph, keys, operation, firstNumber, needs: new Map(), asked: new Map() }
  const selectionSet = steppedSet(operation.selectionSet, root, [], stepping)
  if (stepping.asked.size === 0) return null
  return {
    document: { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }] },
    followUps: [...stepping.asked.values()].map((asked) => followUp(asked, stepping)),
  }
}

function steppedSet(
  set: SelectionSetNode,
  type: GraphQLCompositeType,
  path: readonly string[],
  stepping: Stepping,
): SelectionSetNode {
  return setOf(set.selections.flatMap((node) => steppedSelection(node, type, path, stepping)))
}

function steppedSelection(
  node: SelectionNode,
  type: GraphQLCompositeType,
  path: readonly string[],
  stepping: Stepping,
): readonly SelectionNode[] {
  if (node.kind === Kind.FRAGMENT_SPREAD) return [node]
  if (node.kind === Kind.INLINE_FRAGMENT) {
    const condition = node.typeCondition ? stepping.graph.apiSchema.getType(node.typeCondition.name.value) : type
    if (!isCompositeType(condition)) return [node]
    return [{ ...node, selectionSet: steppedSet(node.selectionSet, condition, path, stepping) }]
  }
  const need = needOf(node, type, stepping)
  if (need) {
    const key = [type.name, node.name.value, ...path].join(' ')
    const asked = stepping.asked.get(key) ?? { typeName: type.name, path, need, nodes: [] }
    asked.nodes.push(node)
    stepping.asked.set(key, asked)
    return need.nodes
  }
  const definition = fieldDefinition(type, node.name.value)
  const below = definition && getNamedType(definition.type)
  if (!node.selectionSet || !definition || !isCompositeType(below)) return [node]
  const at = [...path, responseKey(node), ...new Array<string>(listDepth(definition.type)).fill('@')]
  return [{ ...node, selectionSet: steppedSet(node.selectionSet, below, at, stepping) }]
}

function needOf(node: FieldNode, type: GraphQLCompositeType, stepping: Stepping): Need | null {
  if (!isObjectType(type) || (node.directives?.length ?? 0) > 0) return null
  const coordinate = `${type.name}.${node.name.value}`
  let need = stepping.needs.get(coordinate)
  if (need === undefined) {
    need = makeNeed(node.name.value, type, stepping)
    stepping.needs.set(coordinate, need)
  }
  const subgraph = need && stepping.graph.subgraphs.get(need.domain)
  return subgraph && isOwnBelow(node, type.name, subgraph) ? need : null
}

function makeNeed(name: string, type: GraphQLCompositeType, stepping: Stepping): Need | null {
  const { graph, keys, needs, firstNumber } = stepping
  for (const [domain, subgraph] of graph.subgraphs) {
    const requirement = subgraph.requirements.get(`${type.name}.${name}`)?.requires
    if (!requirement?.selections.every((node) => node.kind === Kind.FIELD)) continue
    if (!takesNoContext(name, type, subgraph)) continue
    const key = subgraph.entityKeys.get(type.name)?.find((nodes) => isAskable(nodes, type, graph.apiSchema))
    if (!key || !isAskable(requirement.selections, type, graph.apiSchema)) continue
    const number = firstNumber + needs.size
    const asked = withTypenames([...key, ...requirement.selections], type, graph.apiSchema).map((node) =>
      node.kind === Kind.FIELD ? { ...node, alias: nameNode(requiredKey(node.name.value, number, keys)) } : node,
    )
    const typename: RequiredSelection = { kind: 'field', key: '__typename', name: '__typename', selections: null }
    const selections = [typename, ...requiredOf(asked, graph)]
    const requires: RequiredSelection = { kind: 'fragment', types: listPossibleTypes(type.name, graph), selections }
    return { domain, nodes: [fieldNode('__typename'), ...asked], requires: [requires] }
  }
  return null
}

/** A `@fromContext` argument is no argument of the API. */
function takesNoContext(name: string, type: GraphQLCompositeType, { schema }: LoadedSubgraph): boolean {
  const known = new Set(fieldDefinition(type, name)?.args.map((arg) => arg.name))
  const own = schema.getType(type.name)
  const definition = isObjectType(own) ? fieldDefinition(own, name) : undefined
  return definition?.args.every((arg) => known.has(arg.name)) ?? false
}

/** Whether a client could ask for all of it: an inaccessible field cannot be planned by name. */
function isAskable(nodes: readonly SelectionNode[], type: GraphQLCompositeType, schema: GraphQLSchema): boolean {
  return nodes.every((node) => {
    const below = typeBelow(node, type, schema)
    if (node.kind === Kind.FIELD && node.name.value === '__typename') return true
    if (node.kind === Kind.FRAGMENT_SPREAD || below === undefined) return false
    return !node.selectionSet || (isCompositeType(below) && isAskable(node.selectionSet.selections, below, schema))
  })
}

function typeBelow(node: SelectionNode, type: GraphQLCompositeType, schema: GraphQLSchema) {
  if (node.kind === Kind.FRAGMENT_SPREAD) return undefined
  if (node.kind === Kind.INLINE_FRAGMENT) return schema.getType(node.typeCondition?.name.value ?? type.name)
  const definition = fieldDefinition(type, node.name.value)
  return definition && getNamedType(definition.type)
}

/** Where a type is abstract its name is asked for, so that fragments can be told apart. */
function withTypenames(
  nodes: readonly SelectionNode[],
  type: GraphQLCompositeType,
  schema: GraphQLSchema,
): SelectionNode[] {
  return nodes.map((node): SelectionNode => {
    const below = typeBelow(node, type, schema)
    if (node.kind === Kind.FRAGMENT_SPREAD || !node.selectionSet || !isCompositeType(below)) return node
    const selections = withTypenames(node.selectionSet.selections, below, schema)
    const isTold = node.kind === Kind.INLINE_FRAGMENT || !isAbstractType(below)
    return { ...node, selectionSet: setOf(isTold ? selections : [fieldNode('__typename'), ...selections]) }
  })
}

function requiredOf(nodes: readonly SelectionNode[], graph: LoadedSupergraph): RequiredSelection[] {
  return nodes.flatMap((node): RequiredSelection[] => {
    if (node.kind === Kind.FRAGMENT_SPREAD) return []
    const selections = node.selectionSet ? requiredOf(node.selectionSet.selections, graph) : null
    if (node.kind === Kind.FIELD) return [{ kind: 'field', key: responseKey(node), name: node.name.value, selections }]
    const types = node.typeCondition ? listPossibleTypes(node.typeCondition.name.value, graph) : null
    return [{ kind: 'fragment', types, selections: selections ?? [] }]
  })
}

const [ENTITIES] = parse(
  'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }',
  { noLocation: true },
).definitions as [OperationDefinitionNode]

function followUp({ typeName, path, need, nodes }: Asked, { graph, operation }: Stepping): Unplaced {
  const typeCondition = { kind: Kind.NAMED_TYPE, name: nameNode(typeName) } as const
  const entity = { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: setOf(nodes) } as const
  const names = variablesIn(setOf(nodes))
  const definitions = operation.variableDefinitions?.filter(({ variable }) => names.has(variable.name.value)) ?? []
  const [entities] = ENTITIES.selectionSet.selections as [FieldNode]
  const selections = [{ ...entities, selectionSet: setOf([entity]) }]
  const variableDefinitions = [...(ENTITIES.variableDefinitions ?? []), ...definitions]
  return {
    mode: 'PLAIN',
    domain: need.domain,
    path,
    kind: 'query',
    query: stripIgnoredCharacters(print({ ...ENTITIES, variableDefinitions, selectionSet: setOf(selections) })),
    variableNames: [...names],
    variableDefinitions,
    requires: need.requires,
    inputRewrites: [],
    outputRewrites: [],
    contextRewrites: [],
    interfaceObjects: graph.interfaceObjects,
    selections,
  }
}
