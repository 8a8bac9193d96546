/**
 * From a planner's plan to the flat list of fetches that the executor runs: fetches of spread domains are split, each
 * fetch knows which earlier ones it waits for (spread.md, steps 1 and 2).
 */
import type { QueryPlanSelectionNode } from '@apollo/query-planner'
import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type VariableDefinitionNode,
} from 'graphql'
import { CONNECTION_ORDERS } from '../../contract/cursor.ts'
import type {
  CheckedField,
  Fetch,
  FieldShape,
  OwnKeys,
  PageArguments,
  PlainFetch,
  RequiredSelection,
  Rewrite,
  SpreadFetch,
  SpreadRule,
  TopField,
} from '../planned.ts'
import { withDependencies } from './depend.ts'
import type { DirectiveTable } from './directive-table.ts'
import { afterVariable, everyNode, everyVariables, mergeSpec } from './every.ts'
import { connectionOf, responseKey, uniteByKey } from './nodes.ts'
import { type CollectedField, compileField, fieldDefinition, type ShapeOptions } from './shapes.ts'
import { type SplitContext, splitField } from './split.ts'
import { fetchNodes, type LoadedSupergraph } from './supergraph.ts'

type PlannerFetch = ReturnType<typeof fetchNodes> extends Generator<{ node: infer N }> ? N : never

/** What the compilation of one operation carries along. */
interface Compilation {
  readonly graph: LoadedSupergraph
  readonly keys: OwnKeys
  readonly fetches: Unplaced[]
  readonly checked: CheckedField[]
}

/** A fetch before its dependencies are known. */
export type Unplaced = Omit<SpreadFetch, 'index' | 'dependsOn'> | Omit<PlainFetch, 'index' | 'dependsOn'>

/** Nodes to be asked of objects of one type. */
interface TypedNode {
  readonly typeName: string
  readonly node: FieldNode
}

/**
 * Makes the fetches of a planned operation.
 * @param isSpread whether countries publish the domain of this name.
 */
export function makeFetches(
  plan: ReturnType<LoadedSupergraph['plan']>,
  graph: LoadedSupergraph,
  keys: OwnKeys,
  isSpread: (domain: string) => boolean,
): { readonly fetches: readonly Fetch[]; readonly checked: readonly CheckedField[] } {
  const compilation: Compilation = { graph, keys, fetches: [], checked: [] }
  for (const { node, path } of fetchNodes(plan.node)) {
    if (isSpread(node.serviceName)) addSpread(node, path, compilation)
    else compilation.fetches.push(plainFetch(node, path, graph))
  }
  return { fetches: withDependencies(compilation.fetches), checked: compilation.checked }
}

function plainFetch(node: PlannerFetch, path: readonly string[], graph: LoadedSupergraph): Unplaced {
  return {
    mode: 'PLAIN',
    domain: node.serviceName,
    path,
    kind: node.operationKind === 'mutation' ? 'mutation' : 'query',
    query: node.operation,
    variableNames: node.variableUsages ?? [],
    variableDefinitions: operationOf(node).variableDefinitions ?? [],
    requires: node.requires ? requiredSelections(node.requires, graph) : null,
    inputRewrites: (node.inputRewrites ?? []).map(toRewrite),
    outputRewrites: (node.outputRewrites ?? []).map(toRewrite),
    contextRewrites: (node.contextRewrites ?? []).map(toRewrite),
    selections: operationOf(node).selectionSet.selections,
  }
}

function addSpread(node: PlannerFetch, path: readonly string[], compilation: Compilation): void {
  const { graph } = compilation
  const schema = schemaOf(graph, node.serviceName)
  const operation = operationOf(node)
  const definitions = (operation.variableDefinitions ?? []).filter(
    ({ variable }) => variable.name.value !== 'representations',
  )
  const isEntities = node.requires !== undefined && node.requires.length > 0
  const nodes = isEntities
    ? entityNodes(operation.selectionSet.selections)
    : rootNodes(operation.selectionSet.selections, schema)
  noteArguments(nodes, schema, node.serviceName, compilation)
  const requires = isEntities && node.requires ? requiredSelections(node.requires, graph) : null
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

/** Splits the nodes of one fetch, adds the fetch or the two (OWNER and EVERY) that come of it, then its follow-ups. */
function addFetches(request: SpreadRequest, compilation: Compilation): void {
  const { graph, keys } = compilation
  const split: SplitContext = {
    schema: schemaOf(graph, request.domain),
    directives: graph.directives,
    keys,
    followUps: [],
    originals: new WeakMap(),
  }
  const isEvery = ({ typeName, node }: TypedNode): boolean =>
    graph.directives.answeredBy.get(`${typeName}.${node.name.value}`)?.who === 'EVERY'
  const groups: [SpreadFetch['mode'], readonly TypedNode[]][] = request.isEntities
    ? [
        ['OWNER', request.nodes.filter((node) => !isEvery(node))],
        ['EVERY', request.nodes.filter(isEvery)],
      ]
    : [['ROOT', request.nodes]]
  for (const [mode, nodes] of groups) {
    if (nodes.length === 0) continue
    const fields = nodes.map((node, bit) => topField(node, bit, request.path, split, graph))
    compilation.fetches.push({
      mode,
      domain: request.domain,
      path: request.path,
      fields,
      requires: request.requires,
      keys,
      variableDefinitions: [...request.definitions, ...everyVariables(keys, fields.length)],
    })
  }
  for (const followUp of split.followUps) {
    addFetches(
      {
        domain: request.domain,
        path: followUp.path,
        nodes: uniteByKey(followUp.nodes).map((node) => ({ typeName: followUp.typeName, node })),
        requires: ownKeyRequirement(followUp.typeName, keys, graph),
        definitions: request.definitions,
        isEntities: true,
      },
      compilation,
    )
  }
}

function topField(
  { typeName, node }: TypedNode,
  bit: number,
  path: readonly string[],
  split: SplitContext,
  graph: LoadedSupergraph,
): TopField {
  const parent = objectType(split.schema, typeName)
  const rewritten = splitField(node, parent, path, split)
  const spread = spreadRule(parent, node, graph.directives)
  const definition = fieldDefinition(parent, node.name.value)
  const type = definition && getNamedType(definition.type)
  const isEvery = spread?.who === 'EVERY' && isObjectType(type)
  const takesAfter = definition?.args.some((argument) => argument.name === 'after') ?? false
  const sent = isEvery ? everyNode(rewritten, type, spread.argument.name, bit, split.keys, takesAfter) : rewritten
  split.originals.set(sent, node)
  const options = shapeOptions(split, isEvery && takesAfter ? afterVariable(split.keys, bit) : null, sent)
  return {
    bit,
    typeName,
    node: sent,
    spread,
    shape: compileField(parent, { key: responseKey(node), nodes: [sent] }, options),
    merge: isEvery ? mergeSpec(type, node, sent, split.keys, graph.directives, options) : null,
  }
}

/** How the parts of one top field are read: with marks for borders, countries, pages and connections. */
function shapeOptions(split: SplitContext, after: string | null, top: FieldNode): ShapeOptions {
  const { directives, schema, keys } = split
  const rows = rowTypes(directives, schema)
  return {
    schema,
    fragments: new Map(),
    outKey: (key) => key,
    contractScalars: true,
    isRecord: (typeName) => directives.entities.has(typeName),
    mark: (parent, node) => ({
      border: directives.crossBorder.has(`${parent.name}.${node.name.value}`),
      namesCountry: namesCountry(parent, node, directives, rows),
      page: pageArguments(parent, split.originals.get(node) ?? node, node === top ? after : null),
    }),
    connection: (type, fields) => {
      if (!connectionOf(type)) return null
      const edges = fields.filter((field) => field.nodes[0].name.value === 'edges')
      const own = edges.find((field) => hasDirect(field, `${keys.prefix}C`))
      if (!own) return null
      const node = own.nodes[0].selectionSet?.selections.find(
        (child): child is FieldNode => child.kind === Kind.FIELD && child.name.value === 'node',
      )
      return {
        edges: edges.map((field) => field.key),
        ownEdges: own.key,
        ownCursor: `${keys.prefix}C`,
        ownNode: node ? responseKey(node) : null,
      }
    },
  }
}

function hasDirect(field: CollectedField, key: string): boolean {
  return field.nodes.some((node) =>
    node.selectionSet?.selections.some((child) => child.kind === Kind.FIELD && responseKey(child) === key),
  )
}

function namesCountry(
  parent: GraphQLObjectType,
  node: FieldNode,
  directives: DirectiveTable,
  rows: ReadonlySet<string>,
): FieldShape['namesCountry'] {
  if (node.name.value === 'originator') return true
  return node.name.value === 'country' && (directives.entities.has(parent.name) || rows.has(parent.name))
}

/** Types whose rows are joined over countries: their `country` is the country that answers. */
function rowTypes(directives: DirectiveTable, schema: GraphQLSchema): ReadonlySet<string> {
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

/** Reads from a connection field where its page comes from; null for any other field. */
export function pageArguments(
  parent: GraphQLObjectType,
  node: FieldNode,
  afterVariableName: string | null,
): PageArguments | null {
  const definition = fieldDefinition(parent, node.name.value)
  const type = definition && getNamedType(definition.type)
  const argument = (name: string): boolean => definition?.args.some((arg) => arg.name === name) ?? false
  if (!definition || !isObjectType(type) || !connectionOf(type) || !argument('first') || !argument('after')) return null
  const coordinate = `${parent.name}.${node.name.value}`
  return {
    coordinate,
    definition,
    node,
    fixedOrder: argument('orderBy') ? null : (CONNECTION_ORDERS[coordinate] ?? 'ID_ASC'),
    afterVariable: afterVariableName,
  }
}

function spreadRule(parent: GraphQLObjectType, node: FieldNode, directives: DirectiveTable): SpreadRule | null {
  const coordinate = `${parent.name}.${node.name.value}`
  const answered = directives.answeredBy.get(coordinate)
  const definition = fieldDefinition(parent, node.name.value)
  const argument = definition?.args.find(({ name }) => name === answered?.argument)
  if (!answered || !definition || !argument) return null
  return { who: answered.who, argument, definition, node, ruled: directives.ruled.has(coordinate) }
}

/** Notes every field with arguments, so that they are checked before any leg. */
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
        definition,
        node,
        page: pageArguments(parent, node, null),
        spread: spreadRule(parent, node, compilation.graph.directives),
        domain,
      })
    }
    const below = typedNodes(node.selectionSet?.selections ?? [], getNamedType(definition.type).name)
    noteArguments(below, schema, domain, compilation)
  }
}

function rootNodes(selections: readonly SelectionNode[], schema: GraphQLSchema): TypedNode[] {
  const nodes = typedNodes(selections, schema.getQueryType()?.name ?? 'Query')
  return uniteByKey(nodes.map(({ node }) => node)).map((node) => ({ typeName: nodes[0]?.typeName ?? 'Query', node }))
}

/**
 * The nodes below `_entities`, each with the type that it is asked of; what stands twice is united. `__typename` is known
 * from the representation: nobody is asked for it, least of all an owner that does not publish the domain.
 */
function entityNodes(selections: readonly SelectionNode[]): TypedNode[] {
  const nodes = selections
    .flatMap((node) => (node.kind === Kind.FIELD ? typedNodes(node.selectionSet?.selections ?? [], '_Entity') : []))
    .filter(({ node }) => node.name.value !== '__typename')
  const byType = Map.groupBy(nodes, ({ typeName }) => typeName)
  return [...byType].flatMap(([typeName, group]) =>
    uniteByKey(group.map(({ node }) => node)).map((node) => ({ typeName, node })),
  )
}

function typedNodes(selections: readonly SelectionNode[], typeName: string): TypedNode[] {
  return selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [{ typeName, node }]
    if (node.kind === Kind.INLINE_FRAGMENT) {
      return typedNodes(node.selectionSet.selections, node.typeCondition?.name.value ?? typeName)
    }
    return []
  })
}

function ownKeyRequirement(typeName: string, keys: OwnKeys, graph: LoadedSupergraph): RequiredSelection[] {
  const field = (key: string, name: string): RequiredSelection => ({ kind: 'field', key, name, selections: null })
  return [
    {
      kind: 'fragment',
      types: possibleTypes(typeName, graph),
      selections: [field(keys.typename, '__typename'), field(keys.id, 'id')],
    },
  ]
}

function requiredSelections(
  selections: readonly QueryPlanSelectionNode[],
  graph: LoadedSupergraph,
): RequiredSelection[] {
  return selections.map((node) =>
    node.kind === 'Field'
      ? {
          kind: 'field',
          key: node.alias ?? node.name,
          name: node.alias ?? node.name,
          selections: node.selections ? requiredSelections(node.selections, graph) : null,
        }
      : {
          kind: 'fragment',
          types: node.typeCondition === undefined ? null : possibleTypes(node.typeCondition, graph),
          selections: requiredSelections(node.selections, graph),
        },
  )
}

/** The runtime types that a type condition takes, by the API schema and by every subgraph. */
function possibleTypes(name: string, graph: LoadedSupergraph): ReadonlySet<string> {
  const names = new Set([name])
  for (const schema of [graph.apiSchema, ...[...graph.subgraphs.values()].map((subgraph) => subgraph.schema)]) {
    const type = schema.getType(name)
    if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) names.add(possible.name)
  }
  return names
}

function toRewrite(rewrite: NonNullable<PlannerFetch['inputRewrites']>[number]): Rewrite {
  return rewrite.kind === 'ValueSetter'
    ? { kind: 'ValueSetter', path: rewrite.path, value: rewrite.setValueTo }
    : { kind: 'KeyRenamer', path: rewrite.path, renameKeyTo: rewrite.renameKeyTo }
}

function operationOf(node: PlannerFetch): OperationDefinitionNode {
  const definition = node.operationDocumentNode?.definitions.find((d) => d.kind === Kind.OPERATION_DEFINITION)
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('expected an operation in the planner’s fetch')
  return definition
}

function schemaOf(graph: LoadedSupergraph, name: string): GraphQLSchema {
  const subgraph = graph.subgraphs.get(name)
  if (!subgraph) throw new Error(`expected a subgraph of the supergraph; came ${name}`)
  return subgraph.schema
}

function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType {
  const type = schema.getType(name)
  if (!isObjectType(type)) throw new Error(`expected an object type; came ${name}`)
  return type
}
