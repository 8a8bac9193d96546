/**
 * Turns a planner's plan into the flat list of fetches that the engine runs. Splits the fetches of domains that countries publish, and
 * finds for each fetch the earlier ones that it depends on (docs/design/spread.md, Step 1: cut at borders).
 */

import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type VariableDefinitionNode,
} from 'graphql'
import { isOpen } from '../../../contract/access/rule.ts'
import { CONNECTION_ORDERS } from '../../../contract/cursor.ts'
import type { CheckedField, Fetch, SpreadFetch, SpreadRule, TopField } from '../../types/operation.ts'
import type { GatewayKeys, RequiredSelection, Rewrite, RewriteStep, Unbound } from '../../types/plan.ts'
import type { FieldShape, PageArguments } from '../../types/shape.ts'
import { restoreAliases } from '../apollo-workarounds/nested-alias-forgotten.ts'
import { restoreDroppedMembers } from '../apollo-workarounds/partial-union-members-dropped.ts'
import { findUnmetRequirement, UnmetRequirement } from '../apollo-workarounds/required-field-fetched-late.ts'
import { addDependencies, type Unplaced } from '../depend/add-dependencies.ts'
import type { DirectiveTable } from '../graph/directive-table.ts'
import type { LoadedSubgraph, LoadedSupergraph } from '../graph/supergraph.ts'
import { type CollectedField, compileField, fieldDefinition, type ShapeOptions } from '../shapes/compile-shape.ts'
import { connectionOf, responseKey, uniteByKey } from '../syntax/nodes.ts'
import {
  type FetchNode,
  listEntityNodes,
  listFetchNodes,
  listRootNodes,
  listTypedNodes,
  operationOf,
  type TypedNode,
} from './list-fetch-nodes.ts'
import { listPossibleTypes, requireGatewayKeys, requireSelections } from './require-representations.ts'
import { afterVariable, compileMerge, defineEveryVariables, rewriteEveryField } from './rewrite-every-field.ts'
import { type SplitContext, splitField } from './split-field.ts'

/** One plan while its fetches are made. */
interface Compilation {
  readonly graph: LoadedSupergraph
  readonly keys: GatewayKeys
  readonly fetches: Unplaced[]
  readonly checked: Unbound<CheckedField>[]
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
): { readonly fetches: readonly Unbound<Fetch>[]; readonly checked: readonly Unbound<CheckedField>[] } {
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
  const groups: [Unbound<SpreadFetch>['mode'], readonly TypedNode[]][] = request.isEntities
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

/**
 * Compiles a field at the top of a fetch: splits it, rewrites it as legs ask for it, and compiles how the gateway reads and merges the
 * countries' parts.
 * @param bit the field's ordinal within the fetch.
 * @param path the place of the field's parent.
 */
function compileTopField(
  { typeName, node }: TypedNode,
  bit: number,
  path: readonly string[],
  split: SplitContext,
  graph: LoadedSupergraph,
): Unbound<TopField> {
  const parent = objectType(split.schema, typeName)
  const rewritten = splitField(node, parent, path, split)
  const spread = readSpreadRule(parent, node, graph)
  const definition = fieldDefinition(parent, node.name.value)
  const type = definition && getNamedType(definition.type)
  const isEvery = spread?.who === 'EVERY' && isObjectType(type)
  const takesAfter = definition?.args.some((argument) => argument.name === 'after') ?? false
  const sent = isEvery ? rewriteEveryField(rewritten, type, spread.argument, bit, split.keys, takesAfter) : rewritten
  split.originals.set(sent, node)
  const options = makeShapeOptions(split, isEvery && takesAfter ? afterVariable(split.keys, bit) : null, sent)
  return {
    bit,
    typeName,
    node: sent,
    spread,
    shape: compileField(parent, { key: responseKey(node), nodes: [sent] }, options),
    merge: isEvery ? compileMerge(type, node, sent, split.keys, graph.directives, options) : null,
  }
}

/** Makes the options for the shape of one top field: marks for borders, countries, pages and connections. */
function makeShapeOptions(split: SplitContext, after: string | null, top: FieldNode): ShapeOptions {
  const { directives, schema, keys } = split
  const rows = listRowTypes(directives, schema)
  return {
    schema,
    fragments: new Map(),
    outKey: (key) => key,
    isRecord: (typeName) => directives.entities.has(typeName),
    mark: (parent, node) => ({
      border: directives.crossBorder.has(`${parent.name}.${node.name.value}`),
      namesCountry: namesCountry(parent, node, directives, rows),
      page: readPage(parent, split.originals.get(node) ?? node, node === top ? after : null),
    }),
    connection: (type, fields) => {
      if (!connectionOf(type)) return null
      const edges = fields.filter((field) => field.nodes[0].name.value === 'edges')
      const withCursor = edges.find((field) => hasKeyBelow(field, `${keys.prefix}C`))
      if (!withCursor) return null
      const node = withCursor.nodes[0].selectionSet?.selections.find(
        (child): child is FieldNode => child.kind === Kind.FIELD && child.name.value === 'node',
      )
      return {
        edges: edges.map((field) => field.key),
        gatewayEdges: withCursor.key,
        gatewayCursor: `${keys.prefix}C`,
        gatewayNode: node ? responseKey(node) : null,
      }
    },
  }
}

function hasKeyBelow(field: CollectedField, key: string): boolean {
  return field.nodes.some((node) =>
    node.selectionSet?.selections.some((child) => child.kind === Kind.FIELD && responseKey(child) === key),
  )
}

function namesCountry(
  parent: GraphQLObjectType,
  node: FieldNode,
  directives: DirectiveTable,
  rows: ReadonlySet<string>,
): Unbound<FieldShape>['namesCountry'] {
  if (node.name.value === 'originator') return true
  const definition = fieldDefinition(parent, node.name.value)
  // A joined list of countries, such as `withheldBy`: each country can only name itself.
  const isJoined = directives.merge.get(`${parent.name}.${node.name.value}`) === 'JOIN'
  if (definition && isJoined && getNamedType(definition.type).name === 'CountryCode') return true
  return node.name.value === 'country' && (directives.entities.has(parent.name) || rows.has(parent.name))
}

/** Lists the types whose rows are joined over countries. The `country` of such a row is the country that answers. */
function listRowTypes(directives: DirectiveTable, schema: GraphQLSchema): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [coordinate, kind] of directives.merge) {
    if (kind !== 'JOIN') continue
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    const type = schema.getType(typeName)
    if (!isObjectType(type)) continue
    const definition = fieldDefinition(type, fieldName)
    if (definition) names.add(getNamedType(definition.type).name)
  }
  return names
}

/**
 * Reads where the page of a connection field comes from; null for any other field.
 * @param node the field as the client wrote it.
 * @param afterVariableName the variable that carries `after` to a country; null if the field has none.
 */
function readPage(
  parent: GraphQLObjectType,
  node: FieldNode,
  afterVariableName: string | null,
): Unbound<PageArguments> | null {
  const definition = fieldDefinition(parent, node.name.value)
  const type = definition && getNamedType(definition.type)
  const argument = (name: string): boolean => definition?.args.some((arg) => arg.name === name) ?? false
  if (!definition || !isObjectType(type) || !connectionOf(type) || !argument('first') || !argument('after')) return null
  const coordinate = `${parent.name}.${node.name.value}`
  return {
    coordinate,
    node,
    fixedOrder: argument('orderBy') ? null : (CONNECTION_ORDERS[coordinate] ?? 'ID_ASC'),
    afterVariable: afterVariableName,
  }
}

/** Reads how the gateway spreads a field; null if it has no `@answeredBy`. */
function readSpreadRule(
  parent: GraphQLObjectType,
  node: FieldNode,
  { directives, rules }: Pick<LoadedSupergraph, 'directives' | 'rules'>,
): Unbound<SpreadRule> | null {
  const coordinate = `${parent.name}.${node.name.value}`
  const answered = directives.answeredBy.get(coordinate)
  const definition = fieldDefinition(parent, node.name.value)
  const argument = definition?.args.find(({ name }) => name === answered?.argument)
  if (!answered || !argument) return null
  return {
    who: answered.who,
    argument: argument.name,
    node,
    isGuarded: !isOpen(rules.ofField(parent.name, node.name.value)),
  }
}

function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType {
  const type = schema.getType(name)
  if (!isObjectType(type)) throw new Error(`expected an object type; came ${name}`)
  return type
}
