import { operationFromDocument, type Subgraph, Supergraph } from '@apollo/federation-internals'
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import {
  type DocumentNode,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  isScalarType,
  parse,
  type SelectionNode,
} from 'graphql'
import { type Requirements, readFieldSet, requirementsOf } from '../../../composition/field-terms.ts'
import { findKnownPatterns, type KnownPattern } from '../../../composition/known-patterns.ts'
import { SUPPORTED_FEATURES } from '../../../composition/supported-features.ts'
import { type RuleTable, readRuleTable } from '../../../contract/access/rule-table.ts'
import { SCALARS } from '../../../contract/scalars.ts'
import { putResolvableKeysFirst } from '../apollo-workarounds/unresolvable-key-first.ts'
import { type DirectiveTable, readDirectiveTable } from './directive-table.ts'

/**
 * A loaded supergraph: what the plan room knows about the graph that it serves. It never changes; a new graph replaces it completely.
 */
export interface LoadedSupergraph {
  readonly apiSchema: GraphQLSchema
  readonly directives: DirectiveTable
  readonly rules: RuleTable
  /** Interfaces that some subgraph has as an object type (`@interfaceObject`). */
  readonly interfaceObjects: ReadonlySet<string>
  /** Unions and interfaces that have fewer types in some subgraph than in another. */
  readonly partialTypes: ReadonlySet<string>
  /** By subgraph name. */
  readonly subgraphs: ReadonlyMap<string, LoadedSubgraph>
  /** Where the planner may plan wrongly. */
  readonly knownPatterns: readonly KnownPattern[]
  /** Plans an operation of the API schema. @throws {Error} if the planner throws, or if the graph was loaded without it. */
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan
}

/** One subgraph as the supergraph describes it. */
export interface LoadedSubgraph {
  readonly url: string
  readonly schema: GraphQLSchema
  readonly requirements: Requirements
  /** Coordinates of its `@external` fields. */
  readonly externals: ReadonlySet<string>
  /** By type name: the keys by which it resolves an entity. */
  readonly entityKeys: ReadonlyMap<string, readonly (readonly SelectionNode[])[]>
}

/** What was loaded last, with and without a planner. */
const last = new Map<boolean, { readonly sdl: string; readonly graph: LoadedSupergraph }>()

/**
 * Loads a supergraph SDL, as @apollo/composition writes it. The same SDL again, as when only a country's file has changed, is not loaded again.
 * @param plans whether to make the planner too, which takes most of the memory. False: another thread plans.
 * @param validates false if another thread loads the same SDL and validates it.
 * @throws {Error} if it is not a valid supergraph, or if it links a spec for security or execution that the gateway does not know.
 */
export function loadSupergraph(sdl: string, plans = true, validates = true): LoadedSupergraph {
  const before = last.get(plans)
  if (before?.sdl === sdl) return before.graph
  const graph = readSupergraph(sdl, plans, validates)
  last.set(plans, { sdl, graph })
  return graph
}

function readSupergraph(sdl: string, plans: boolean, validates: boolean): LoadedSupergraph {
  const document = parse(sdl, { noLocation: true })
  const supergraph = Supergraph.build(putResolvableKeysFirst(document), {
    supportedFeatures: SUPPORTED_FEATURES,
    validateSupergraph: validates,
  })
  const api = supergraph.apiSchema()
  const subgraphs = new Map(
    supergraph
      .subgraphs()
      .values()
      .map((subgraph): [string, LoadedSubgraph] => [
        subgraph.name,
        {
          url: subgraph.url,
          schema: subgraph.schema.toGraphQLJSSchema(),
          requirements: requirementsOf(subgraph),
          externals: externalsOf(subgraph),
          entityKeys: entityKeysOf(subgraph),
        },
      ]),
  )
  const interfaces = supergraph.schema.interfaceTypes().map((type) => type.name)
  const interfaceObjects = new Set(
    interfaces.filter((name) => [...subgraphs.values()].some(({ schema }) => isObjectType(schema.getType(name)))),
  )
  const directives = readDirectiveTable(document)
  const apiSchema = withContractScalars(api.toGraphQLJSSchema(), directives)
  return {
    apiSchema,
    directives,
    rules: readRuleTable(document),
    interfaceObjects,
    partialTypes: findPartialTypes([...subgraphs.values()].map(({ schema }) => schema)),
    subgraphs,
    knownPatterns: findKnownPatterns(supergraph),
    plan: plans ? createPlan(supergraph) : planNothing,
  }
}

function createPlan(supergraph: Supergraph): LoadedSupergraph['plan'] {
  const api = supergraph.apiSchema()
  const planner = createQueryPlanner(supergraph)
  return (document, operationName) =>
    planner.buildQueryPlan(operationFromDocument(api, document, operationName === undefined ? {} : { operationName }))
}

function planNothing(): never {
  throw new Error('expected a graph that was loaded with its planner; another thread plans')
}

function externalsOf(subgraph: Subgraph): ReadonlySet<string> {
  const applications = [...subgraph.metadata().externalDirective().applications()]
  return new Set(applications.map(({ parent }) => String((parent as { coordinate?: unknown }).coordinate)))
}

function entityKeysOf(subgraph: Subgraph): LoadedSubgraph['entityKeys'] {
  const keys = new Map<string, (readonly SelectionNode[])[]>()
  for (const application of subgraph.metadata().keyDirective().applications()) {
    const { fields, resolvable = true } = application.arguments() as { fields: string; resolvable?: boolean }
    const { name } = application.parent as { readonly name?: string }
    if (resolvable && name !== undefined) keys.set(name, [...(keys.get(name) ?? []), readFieldSet(fields)])
  }
  return keys
}

function findPartialTypes(schemas: readonly GraphQLSchema[]): ReadonlySet<string> {
  const memberNames = new Map<string, string>()
  const partial = new Set<string>()
  for (const schema of schemas) {
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isAbstractType(type) || type.name === '_Entity') continue
      const names = schema
        .getPossibleTypes(type)
        .map(({ name }) => name)
        .sort()
        .join(' ')
      if ((memberNames.get(type.name) ?? names) !== names) partial.add(type.name)
      memberNames.set(type.name, names)
    }
  }
  return partial
}

/** Gives the contract's scalars their checks, if the supergraph is made of the contract's domains. */
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

/**
 * How many plans of one operation the planner compares. With Apollo's default of 10,000, planning an operation of 300 bytes over five
 * subgraphs takes 6 s and fills the heap. With this number, the slowest operation of the fuzz tests takes 60 ms, and 7 of 1,100 plans have
 * one fetch more than the best plan. If one subgraph answers each field, as in the domains, there is only one plan.
 */
export const MAX_EVALUATED_PLANS = 256

/** Makes Apollo's planner for a supergraph: without fragments in fetches, and with a limit on the plans that it compares. */
export function createQueryPlanner(supergraph: Supergraph): QueryPlanner {
  return new QueryPlanner(supergraph, {
    exposeDocumentNodeInFetchNode: true,
    reuseQueryFragments: false,
    generateQueryFragments: false,
    typeConditionedFetching: false,
    debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS },
  })
}
