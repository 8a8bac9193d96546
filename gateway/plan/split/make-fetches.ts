/**
 * Turns a planner's plan into the flat list of fetches that the engine runs. Splits the fetches of domains that countries publish, and
 * finds for each fetch the earlier ones that it depends on (docs/design/spread.md, Step 1: cut at borders).
 */
import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql'
import type {
  GatewayKeys,
  PlannedCheckedField,
  PlannedFetch,
  PlannedSpreadFetch,
  RequiredSelection,
  Rewrite,
  RewriteStep,
} from '../../types/plan.ts'
import { restoreAliases } from '../apollo-workarounds/nested-alias-forgotten.ts'
import { restoreDroppedMembers } from '../apollo-workarounds/partial-union-members-dropped.ts'
import { findUnmetRequirement, UnmetRequirement } from '../apollo-workarounds/required-field-fetched-late.ts'
import { addDependencies, type Unplaced } from '../depend/add-dependencies.ts'
import type { LoadedSubgraph, LoadedSupergraph } from '../graph/supergraph.ts'
import { fieldDefinition } from '../shapes/compile-shape.ts'
import { uniteByKey } from '../syntax/nodes.ts'
import { compileTopField, readPage, readSpreadRule } from './compile-top-field.ts'
import { type FetchNode, listFetchNodes } from './list-fetch-nodes.ts'
import { listEntityNodes, listRootNodes, listTypedNodes, type TypedNode } from './list-typed-nodes.ts'
import { listPossibleTypes, requireGatewayKeys, requireSelections } from './require-representations.ts'
import { defineEveryVariables } from './rewrite-every-field.ts'
import type { SplitContext } from './split-field.ts'

/** One plan while its fetches are made. */
interface Compilation {
  readonly graph: LoadedSupergraph
  readonly keys: GatewayKeys
  readonly fetches: Unplaced[]
  readonly checked: PlannedCheckedField[]
}

/**
 * Makes the fetches of a planned operation.
 * @param document the document that was planned.
 * @param isSpread whether countries publish the domain of this name.
 * @param followUps fetches that requirement-of-a-requirement.ts adds after those of the plan.
 * @throws {UnmetRequirement} if the plan asks for a field without what it requires.
 */
export function makeFetches(
  plan: ReturnType<LoadedSupergraph['plan']>,
  document: DocumentNode,
  graph: LoadedSupergraph,
  keys: GatewayKeys,
  isSpread: (domain: string) => boolean,
  followUps: readonly Unplaced[],
): { readonly fetches: readonly PlannedFetch[]; readonly checked: readonly PlannedCheckedField[] } {
  const compilation: Compilation = { graph, keys, fetches: [], checked: [] }
  const planned = [...listFetchNodes(plan.node)].map(({ node, path }) => ({ node: restoreAliases(node), path }))
  const restored = restoreDroppedMembers(planned, document, graph)
  const nodes = planned.map((each, i) => (isSpread(each.node.serviceName) ? each : (restored[i] ?? each)))
  rejectUnmetRequirement(nodes, graph)
  for (const { node, path } of nodes) {
    if (isSpread(node.serviceName)) addSpreadFetches(node, path, compilation)
    else compilation.fetches.push(makePlainFetch(node, path, graph))
  }
  return { fetches: addDependencies([...compilation.fetches, ...followUps]), checked: compilation.checked }
}

function rejectUnmetRequirement(
  nodes: readonly { node: FetchNode; path: readonly string[] }[],
  graph: LoadedSupergraph,
): void {
  const coordinate = findUnmetRequirement(
    nodes.map((each) => ({ ...each, ...subgraphOf(graph, each.node.serviceName) })),
  )
  if (coordinate !== null) throw new UnmetRequirement(coordinate)
}

function makePlainFetch(node: FetchNode, path: readonly string[], graph: LoadedSupergraph): Unplaced {
  return {
    mode: 'PLAIN',
    domain: node.serviceName,
    path,
    kind: node.operationKind === 'mutation' ? 'mutation' : 'query',
    query: node.operation,
    variableNames: node.variableUsages ?? [],
    variableDefinitions: operationOf(node).variableDefinitions ?? [],
    requires: node.requires ? requireSelections(node.requires, graph) : null,
    inputRewrites: (node.inputRewrites ?? []).map((rewrite) => toRewrite(rewrite, graph)),
    // The deepest rewrite comes first, because its path names the keys above it before they are renamed.
    outputRewrites: (node.outputRewrites ?? [])
      .map((rewrite) => toRewrite(rewrite, graph))
      .sort((a, b) => b.path.length - a.path.length),
    contextRewrites: (node.contextRewrites ?? []).map((rewrite) => toRewrite(rewrite, graph)),
    interfaceObjects: graph.interfaceObjects,
    selections: operationOf(node).selectionSet.selections,
  }
}

function addSpreadFetches(node: FetchNode, path: readonly string[], compilation: Compilation): void {
  const { graph } = compilation
  const schema = subgraphOf(graph, node.serviceName).schema
  const operation = operationOf(node)
  const definitions = (operation.variableDefinitions ?? []).filter(
    ({ variable }) => variable.name.value !== 'representations',
  )
  const isEntities = node.requires !== undefined && node.requires.length > 0
  const nodes = isEntities
    ? listEntityNodes(operation.selectionSet.selections)
    : listRootNodes(operation.selectionSet.selections, schema)
  noteArguments(nodes, schema, node.serviceName, compilation)
  const requires = isEntities && node.requires ? requireSelections(node.requires, graph) : null
  addFetches({ domain: node.serviceName, path, nodes, requires, definitions, isEntities }, compilation)
}

interface SpreadRequest {
  readonly domain: string
  readonly path: readonly string[]
  readonly nodes: readonly TypedNode[]
  readonly requires: readonly RequiredSelection[] | null
  readonly definitions: readonly VariableDefinitionNode[]
  readonly isEntities: boolean
}

/** Splits the nodes of one fetch. Adds the resulting fetch, or the two (OWNER and EVERY), then its follow-ups. */
function addFetches(request: SpreadRequest, compilation: Compilation): void {
  const { graph, keys } = compilation
  const split: SplitContext = {
    schema: subgraphOf(graph, request.domain).schema,
    directives: graph.directives,
    keys,
    followUps: [],
    originals: new WeakMap(),
  }
  const isEvery = ({ typeName, node }: TypedNode): boolean =>
    graph.directives.answeredBy.get(`${typeName}.${node.name.value}`)?.who === 'EVERY'
  const groups: [PlannedSpreadFetch['mode'], readonly TypedNode[]][] = request.isEntities
    ? [
        ['OWNER', request.nodes.filter((node) => !isEvery(node))],
        ['EVERY', request.nodes.filter(isEvery)],
      ]
    : [['ROOT', request.nodes]]
  for (const [mode, nodes] of groups) {
    if (nodes.length === 0) continue
    const fields = nodes.map((node, bit) => compileTopField(node, bit, request.path, split, graph))
    compilation.fetches.push({
      mode,
      domain: request.domain,
      path: request.path,
      fields,
      requires: request.requires,
      keys,
      variableDefinitions: [...request.definitions, ...defineEveryVariables(keys, fields.length)],
    })
  }
  for (const followUp of split.followUps) {
    addFetches(
      {
        domain: request.domain,
        path: followUp.path,
        nodes: uniteByKey(followUp.nodes).map((node) => ({ typeName: followUp.typeName, node })),
        requires: requireGatewayKeys(followUp.typeName, keys, graph),
        definitions: request.definitions,
        isEntities: true,
      },
      compilation,
    )
  }
}

function toRewrite(rewrite: NonNullable<FetchNode['inputRewrites']>[number], graph: LoadedSupergraph): Rewrite {
  const path = rewrite.path.map((step): RewriteStep => {
    const condition = /^\.\.\. on (\w+)$/.exec(step)?.[1]
    return condition === undefined ? step : listPossibleTypes(condition, graph)
  })
  return rewrite.kind === 'ValueSetter'
    ? { kind: 'ValueSetter', path, value: rewrite.setValueTo }
    : { kind: 'KeyRenamer', path, renameKeyTo: rewrite.renameKeyTo }
}

function operationOf(node: FetchNode): OperationDefinitionNode {
  const definition = node.operationDocumentNode?.definitions.find((d) => d.kind === Kind.OPERATION_DEFINITION)
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('expected an operation in the planner’s fetch')
  return definition
}

/** Notes each field with arguments, so that the gateway can check them before it sends any leg. */
function noteArguments(
  nodes: readonly TypedNode[],
  schema: GraphQLSchema,
  domain: string,
  compilation: Compilation,
): void {
  for (const { typeName, node } of nodes) {
    const parent = schema.getType(typeName)
    const definition = isObjectType(parent) ? fieldDefinition(parent, node.name.value) : undefined
    if (!isObjectType(parent) || !definition) continue
    if (definition.args.length > 0) {
      compilation.checked.push({
        coordinate: `${typeName}.${node.name.value}`,
        node,
        page: readPage(parent, node, null),
        spread: readSpreadRule(parent, node, compilation.graph),
        domain,
      })
    }
    const below = listTypedNodes(node.selectionSet?.selections ?? [], getNamedType(definition.type).name)
    noteArguments(below, schema, domain, compilation)
  }
}

function subgraphOf(graph: LoadedSupergraph, name: string): LoadedSubgraph {
  const subgraph = graph.subgraphs.get(name)
  if (!subgraph) throw new Error(`expected a subgraph of the supergraph; came ${name}`)
  return subgraph
}
