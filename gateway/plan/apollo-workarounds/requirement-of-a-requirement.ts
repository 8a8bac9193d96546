/**
 * Plans a `@requires` in steps if the planner's plan is wrong (required-field-fetched-late.ts). The gateway asks for what a field requires
 * as an operation would ask for it. A later fetch asks for the field itself. If a required field itself requires something, Apollo's
 * planner (2.14.4) assumes that the subgraph of the path can answer it at once. If an operation asks for it by name, the planner plans it
 * correctly.
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
import { getOrAdd } from '../../../contract/get-or-add.ts'
import type { GatewayKeys, RequiredSelection } from '../../types/plan.ts'
import type { Unplaced } from '../depend/add-dependencies.ts'
import type { LoadedSubgraph, LoadedSupergraph } from '../graph/supergraph.ts'
import { requiredKey } from '../normalise/gateway-keys.ts'
import { inlineFragments } from '../normalise/inline-fragments.ts'
import { fieldDefinition } from '../shapes/compile-shape.ts'
import { listPossibleTypes } from '../split/require-representations.ts'
import { fieldNode, listDepth, nameNode, responseKey, setOf, variablesIn } from '../syntax/nodes.ts'
import { canAnswerBelow } from './partial-union-members-dropped.ts'

/** An operation that asks for what its fields require in place of the fields, and the fetches that then ask for the fields. */
export interface Stepped {
  readonly document: DocumentNode
  readonly followUps: readonly Unplaced[]
}

interface Stepping {
  readonly graph: LoadedSupergraph
  readonly keys: GatewayKeys
  readonly operation: OperationDefinitionNode
  /** The first number of this step's gateway keys, so that they differ from those of other steps. */
  readonly firstNumber: number
  /** By coordinate; null for a field that cannot be asked for in a step. */
  readonly needs: Map<string, Need | null>
  /** By path and coordinate. */
  readonly takenOut: Map<string, TakenOut>
}

/** What a field needs before a fetch can ask for it. */
interface Need {
  readonly domain: string
  /** The selections that replace the field. */
  readonly nodes: readonly SelectionNode[]
  /** What the representations of the later fetch are made of. */
  readonly requires: readonly RequiredSelection[]
}

/** Fields that are taken out of the operation, and asked for by one later fetch. */
interface TakenOut {
  readonly typeName: string
  readonly path: readonly string[]
  readonly need: Need
  readonly nodes: FieldNode[]
}

/** How many numbers a step has for its gateway keys: more than an operation has fields with requirements. */
const NUMBERS_PER_STEP = 100_000

/**
 * Takes the fields with requirements out of an operation.
 * @param step how many steps run after this one.
 * @returns null if no field can be asked for in a step, or if countries publish domains of the graph.
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
  const firstNumber = step * NUMBERS_PER_STEP
  const stepping: Stepping = { graph, keys, operation, firstNumber, needs: new Map(), takenOut: new Map() }
  const selectionSet = stepSet(operation.selectionSet, root, [], stepping)
  if (stepping.takenOut.size === 0) return null
  return {
    document: { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }] },
    followUps: [...stepping.takenOut.values()].map((fields) => makeFollowUp(fields, stepping)),
  }
}

function stepSet(
  set: SelectionSetNode,
  type: GraphQLCompositeType,
  path: readonly string[],
  stepping: Stepping,
): SelectionSetNode {
  return setOf(set.selections.flatMap((node) => stepSelection(node, type, path, stepping)))
}

function stepSelection(
  node: SelectionNode,
  type: GraphQLCompositeType,
  path: readonly string[],
  stepping: Stepping,
): readonly SelectionNode[] {
  if (node.kind === Kind.FRAGMENT_SPREAD) return [node]
  if (node.kind === Kind.INLINE_FRAGMENT) {
    const condition = node.typeCondition ? stepping.graph.apiSchema.getType(node.typeCondition.name.value) : type
    if (!isCompositeType(condition)) return [node]
    return [{ ...node, selectionSet: stepSet(node.selectionSet, condition, path, stepping) }]
  }
  const need = findNeed(node, type, stepping)
  if (need) {
    const key = [type.name, node.name.value, ...path].join(' ')
    getOrAdd(stepping.takenOut, key, () => ({ typeName: type.name, path, need, nodes: [] })).nodes.push(node)
    return need.nodes
  }
  const definition = fieldDefinition(type, node.name.value)
  const below = definition && getNamedType(definition.type)
  if (!node.selectionSet || !definition || !isCompositeType(below)) return [node]
  const at = [...path, responseKey(node), ...new Array<string>(listDepth(definition.type)).fill('@')]
  return [{ ...node, selectionSet: stepSet(node.selectionSet, below, at, stepping) }]
}

function findNeed(node: FieldNode, type: GraphQLCompositeType, stepping: Stepping): Need | null {
  if (!isObjectType(type) || (node.directives?.length ?? 0) > 0) return null
  const coordinate = `${type.name}.${node.name.value}`
  const need = getOrAdd(stepping.needs, coordinate, () => makeNeed(node.name.value, type, stepping))
  const subgraph = need && stepping.graph.subgraphs.get(need.domain)
  return subgraph && canAnswerBelow(node, type.name, subgraph) ? need : null
}

function makeNeed(name: string, type: GraphQLCompositeType, stepping: Stepping): Need | null {
  const { graph, keys, needs, firstNumber } = stepping
  for (const [domain, subgraph] of graph.subgraphs) {
    const requirement = subgraph.requirements.get(`${type.name}.${name}`)?.requires
    if (!requirement?.selections.every((node) => node.kind === Kind.FIELD)) continue
    if (!takesNoContext(name, type, subgraph)) continue
    const key = subgraph.entityKeys.get(type.name)?.find((keyNodes) => isAskable(keyNodes, type, graph.apiSchema))
    if (!key || !isAskable(requirement.selections, type, graph.apiSchema)) continue
    const number = firstNumber + needs.size
    const nodes = withTypenames([...key, ...requirement.selections], type, graph.apiSchema).map((node) =>
      node.kind === Kind.FIELD ? { ...node, alias: nameNode(requiredKey(node.name.value, number, keys)) } : node,
    )
    const typename: RequiredSelection = { kind: 'field', key: '__typename', name: '__typename', selections: null }
    const selections = [typename, ...listRequired(nodes, graph)]
    const requires: RequiredSelection = { kind: 'fragment', types: listPossibleTypes(type.name, graph), selections }
    return { domain, nodes: [fieldNode('__typename'), ...nodes], requires: [requires] }
  }
  return null
}

/** Whether a field has no `@fromContext` argument. The API schema does not have such an argument. */
function takesNoContext(name: string, type: GraphQLCompositeType, { schema }: LoadedSubgraph): boolean {
  const apiArguments = new Set(fieldDefinition(type, name)?.args.map((arg) => arg.name))
  const subgraphType = schema.getType(type.name)
  const definition = isObjectType(subgraphType) ? fieldDefinition(subgraphType, name) : undefined
  return definition?.args.every((arg) => apiArguments.has(arg.name)) ?? false
}

/** Whether a client could ask for all of the nodes. The planner cannot plan an inaccessible field by name. */
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

/** Adds `__typename` below each field of an abstract type, so that the gateway knows which fragments apply. */
function withTypenames(
  nodes: readonly SelectionNode[],
  type: GraphQLCompositeType,
  schema: GraphQLSchema,
): SelectionNode[] {
  return nodes.map((node): SelectionNode => {
    const below = typeBelow(node, type, schema)
    if (node.kind === Kind.FRAGMENT_SPREAD || !node.selectionSet || !isCompositeType(below)) return node
    const selections = withTypenames(node.selectionSet.selections, below, schema)
    const isTypeKnown = node.kind === Kind.INLINE_FRAGMENT || !isAbstractType(below)
    return { ...node, selectionSet: setOf(isTypeKnown ? selections : [fieldNode('__typename'), ...selections]) }
  })
}

function listRequired(nodes: readonly SelectionNode[], graph: LoadedSupergraph): RequiredSelection[] {
  return nodes.flatMap((node): RequiredSelection[] => {
    if (node.kind === Kind.FRAGMENT_SPREAD) return []
    const selections = node.selectionSet ? listRequired(node.selectionSet.selections, graph) : null
    if (node.kind === Kind.FIELD) return [{ kind: 'field', key: responseKey(node), name: node.name.value, selections }]
    const types = node.typeCondition ? listPossibleTypes(node.typeCondition.name.value, graph) : null
    return [{ kind: 'fragment', types, selections: selections ?? [] }]
  })
}

const [ENTITIES] = parse(
  'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }',
  { noLocation: true },
).definitions as [OperationDefinitionNode]

function makeFollowUp({ typeName, path, need, nodes }: TakenOut, { graph, operation }: Stepping): Unplaced {
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
