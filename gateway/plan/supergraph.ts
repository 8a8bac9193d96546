import { operationFromDocument, Supergraph } from '@apollo/federation-internals'
import { type PlanNode, type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import { type DocumentNode, type GraphQLSchema, isObjectType, isScalarType, parse } from 'graphql'
import { SCALARS } from '../../contract/scalars.ts'
import { type DirectiveTable, readDirectiveTable } from './directive-table.ts'
import { type Requirements, requirementsOf } from './sound.ts'

/**
 * A loaded supergraph: what the plan room knows of the graph it serves. Made once, replaced whole.
 */
export interface LoadedSupergraph {
  readonly apiSchema: GraphQLSchema
  readonly directives: DirectiveTable
  /** Interfaces that some subgraph has as an object type (`@interfaceObject`). */
  readonly interfaceObjects: ReadonlySet<string>
  /** By subgraph name. */
  readonly subgraphs: ReadonlyMap<string, LoadedSubgraph>
  /** Plans an operation of the API schema. Throws what the planner throws. */
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan
}

/** One subgraph as the supergraph tells of it. */
export interface LoadedSubgraph {
  readonly url: string
  readonly schema: GraphQLSchema
  readonly requirements: Requirements
}

/**
 * The specs that may be linked `for: SECURITY` or `for: EXECUTION`: those that the engine or our own rooms know.
 * Any other stops the load: fail closed (architecture.md, decision 1).
 */
const SUPPORTED_FEATURES = new Set(
  [
    ['core', ['0.1', '0.2']],
    ['join', ['0.1', '0.2', '0.3', '0.4', '0.5']],
    ['tag', ['0.1', '0.2', '0.3']],
    ['inaccessible', ['0.1', '0.2']],
    ['authenticated', ['0.1']],
    ['requiresScopes', ['0.1']],
    ['policy', ['0.1']],
    ['context', ['0.1']],
    ['cost', ['0.1']],
  ].flatMap(([name, versions]) =>
    (versions as string[]).map((version) => `https://specs.apollo.dev/${name}/v${version}`),
  ),
)

/**
 * Loads a supergraph SDL, as @apollo/composition writes it.
 * @throws when it is no valid supergraph, or links a spec for security or execution that is not known here.
 */
export function loadSupergraph(sdl: string): LoadedSupergraph {
  const supergraph = Supergraph.build(sdl, { supportedFeatures: SUPPORTED_FEATURES })
  const api = supergraph.apiSchema()
  const planner = new QueryPlanner(supergraph, {
    exposeDocumentNodeInFetchNode: true,
    reuseQueryFragments: false,
    generateQueryFragments: false,
    typeConditionedFetching: false,
  })
  const subgraphs = new Map(
    supergraph
      .subgraphs()
      .values()
      .map((subgraph): [string, LoadedSubgraph] => [
        subgraph.name,
        { url: subgraph.url, schema: subgraph.schema.toGraphQLJSSchema(), requirements: requirementsOf(subgraph) },
      ]),
  )
  const interfaces = supergraph.schema.interfaceTypes().map((type) => type.name)
  const interfaceObjects = new Set(
    interfaces.filter((name) => [...subgraphs.values()].some(({ schema }) => isObjectType(schema.getType(name)))),
  )
  const directives = readDirectiveTable(parse(sdl, { noLocation: true }))
  const apiSchema = withContractScalars(api.toGraphQLJSSchema(), directives)
  return {
    apiSchema,
    directives,
    interfaceObjects,
    subgraphs,
    plan: (document, operationName) =>
      planner.buildQueryPlan(
        operationFromDocument(api, document, operationName === undefined ? {} : { operationName }),
      ),
  }
}

/** The nodes of a plan in the order in which they may run, each with the Flatten path that leads to it. */
export function* fetchNodes(
  node: QueryPlan['node'],
  path: readonly string[] = [],
): Generator<{ node: Extract<PlanNode, { kind: 'Fetch' }>; path: readonly string[] }> {
  switch (node?.kind) {
    case undefined:
      return
    case 'Fetch':
      yield { node, path }
      return
    case 'Flatten':
      yield* fetchNodes(node.node, [...path, ...node.path.map(String)])
      return
    case 'Sequence':
    case 'Parallel':
      for (const child of node.nodes) yield* fetchNodes(child, path)
      return
    default:
      throw new Error(`expected Sequence, Parallel, Flatten or Fetch in the plan; came ${node?.kind}`)
  }
}

/** The contract's scalars take only what they say where the supergraph is one of the contract's domains. */
function withContractScalars(schema: GraphQLSchema, directives: DirectiveTable): GraphQLSchema {
  if (directives.answeredBy.size === 0) return schema
  for (const [name, scalar] of Object.entries(SCALARS)) {
    const type = schema.getType(name)
    if (!isScalarType(type)) continue
    type.parseValue = scalar.parseValue
    type.parseLiteral = scalar.parseLiteral
    type.serialize = scalar.serialize
  }
  return schema
}
