import {
  type DocumentNode,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  print,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { RuleTable } from '../../contract/access/rule-table.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { CompiledOperation, PreparedOperation } from '../types/operation.ts'
import { type LoadedSupergraph, loadSupergraph } from './graph/supergraph.ts'
import { collectUses } from './normalise/collect-uses.ts'
import {
  conditionVariables,
  findOperation,
  type NormalisedOperation,
  normaliseOperation,
  outKeyOf,
} from './normalise/normalise-operation.ts'
import { removeDeniedFields } from './normalise/remove-denied-fields.ts'
import { planOperation } from './plan-operation.ts'
import { compileObject } from './shapes/compile-shape.ts'

/** How many operations are kept. */
const MAX_COMPILED = 1000

/** How many sets of rights an operation is kept compiled for. */
const MAX_VARIANTS = 16

/** Compiles operations; the one door of the plan room. */
export interface Planner {
  readonly apiSchema: GraphQLSchema
  /** The rules of the whole graph: the contract's floor. */
  readonly rules: RuleTable
  /** How many operations are kept compiled. */
  compiledCount(): number
  /** By subgraph name: where a subgraph that no country publishes is served, and its schema. */
  readonly subgraphs: LoadedSupergraph['subgraphs']
  /**
   * Reads an operation and coerces its variables; the same text, operation and conditions give the same prepared operation.
   * @throws {IstmoError} `BAD_USER_INPUT`, `OPERATION_RESOLUTION_FAILURE`, `OPERATION_NOT_SUPPORTED`.
   */
  prepare(request: OperationRequest): {
    readonly prepared: PreparedOperation
    readonly variables: Record<string, unknown>
  }
  /**
   * Compiles what is left of a prepared operation without the fields at `denied`. What was compiled before is taken from the cache,
   * which knows a plan by the operation *and* what was taken out of it: nobody's plan is used for another's rights.
   * @param denied coordinates `Type.field`.
   * @throws {IstmoError} `PLAN_FAILED`.
   */
  compile(prepared: PreparedOperation, denied: ReadonlySet<string>): CompiledOperation
}

/** A validated document, and which operation of it is asked. `source` is its text, the key of the cache. */
export interface OperationRequest {
  readonly document: DocumentNode
  readonly source: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * Loads a supergraph and makes the planner for it.
 * @param isSpread whether countries publish the domain of this name.
 * @throws when the supergraph does not load, or has an `@answeredBy` in a domain that nobody publishes.
 */
export function createPlanner(supergraphSdl: string, isSpread: (domain: string) => boolean): Planner {
  const graph = loadSupergraph(supergraphSdl)
  rejectUnpublished(graph, isSpread)
  const cache = new LRUCache<string, Prepared>({ max: MAX_COMPILED })
  const conditions = new LRUCache<string, readonly string[]>({ max: MAX_COMPILED })
  return {
    apiSchema: graph.apiSchema,
    rules: graph.rules,
    subgraphs: graph.subgraphs,
    compiledCount: () => cache.size,
    prepare(request) {
      const operation = findOperation(request.document, request.operationName)
      const variables = coerceVariables(graph.apiSchema, operation, request.variables)
      let names = conditions.get(request.source)
      if (names === undefined) {
        names = conditionVariables(request.document)
        conditions.set(request.source, names)
      }
      const bits = names.map((name) => (variables[name] === true ? '1' : '0')).join('')
      const key = `${bits} ${operation.name?.value ?? ''} ${request.source}`
      let prepared = cache.get(key)
      if (prepared === undefined) {
        prepared = prepareOperation(graph, request.document, operation, conditionValues(names, variables))
        cache.set(key, prepared)
      }
      return { prepared, variables }
    },
    compile(prepared, denied) {
      const { compiled, operation, normal } = prepared as Prepared
      const key = [...denied].sort().join(' ')
      let found = compiled.get(key)
      if (found === undefined) {
        found = compileOperation(graph, operation, normal, denied, isSpread)
        compiled.set(key, found)
      }
      return found
    },
  }
}

/** A prepared operation with what was compiled of it, by what was taken out. */
interface Prepared extends PreparedOperation {
  readonly operation: OperationDefinitionNode
  readonly normal: NormalisedOperation
  readonly compiled: LRUCache<string, CompiledOperation>
}

function prepareOperation(
  graph: LoadedSupergraph,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Readonly<Record<string, boolean>>,
): Prepared {
  const normal = normaliseOperation(document, operation, conditions, graph.directives)
  return {
    uses: collectUses(normal.operation, normal.fragments, graph.apiSchema),
    outKey: (key) => outKeyOf(key, normal.keys),
    operation,
    normal,
    compiled: new LRUCache({ max: MAX_VARIANTS }),
  }
}

function compileOperation(
  graph: LoadedSupergraph,
  operation: OperationDefinitionNode,
  normal: NormalisedOperation,
  denied: ReadonlySet<string>,
  isSpread: (domain: string) => boolean,
): CompiledOperation {
  const rootType = graph.apiSchema.getRootType(operation.operation)
  if (!rootType) throw new IstmoError('OPERATION_NOT_SUPPORTED', `the graph has no ${operation.operation} type`)
  const planned = normal.planned && removeDeniedFields(normal.planned, denied, graph.apiSchema)
  const { fetches, checked, separately } = planned
    ? planOperation(planned, { graph, operation, keys: normal.keys, isSpread })
    : { fetches: [], checked: [], separately: [] }
  return {
    fetches,
    separately,
    checked,
    keys: normal.keys,
    introspection: normal.introspection,
    isEmpty: normal.planned !== null && planned === null && !asksAboutTypes(normal),
    shape: compileObject(rootType, [normal.operation.selectionSet], {
      schema: graph.apiSchema,
      fragments: normal.fragments,
      outKey: (key) => outKeyOf(key, normal.keys),
      contractScalars: graph.directives.answeredBy.size > 0,
      interfaceObjects: graph.interfaceObjects,
      denied,
    }),
  }
}

function asksAboutTypes({ operation }: NormalisedOperation): boolean {
  return operation.selectionSet.selections.some((node) => node.kind === Kind.FIELD && node.name.value.startsWith('__'))
}

function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { coerced, errors } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    { ...inputs },
    { maxErrors: 10 },
  )
  if (errors)
    throw new IstmoError('BAD_USER_INPUT', errors.map((error) => withoutValue(error.message, operation)).join(' '))
  return coerced
}

/** graphql-js puts the value that came into its message; ours names the variable, the place in it and the type alone. */
function withoutValue(message: string, operation: OperationDefinitionNode): string {
  const name = /^Variable "\$(\w+)"/.exec(message)?.[1]
  const definition = operation.variableDefinitions?.find((node) => node.variable.name.value === name)
  if (!definition) return 'A variable has a value that is not of its type.'
  const expected = `Variable $${name} takes ${print(definition.type)}`
  if (/was not provided|must not be null/.test(message)) return `${expected}; came none.`
  const at = / at "\w+((?:\.\w+|\[\d+\])+)"/.exec(message)?.[1]
  return `${expected}; came a value that is not of this type${at === undefined ? '' : ` at ${at}`}.`
}

function conditionValues(names: readonly string[], variables: Record<string, unknown>): Record<string, boolean> {
  return Object.fromEntries(names.map((name) => [name, variables[name] === true]))
}

function rejectUnpublished(graph: LoadedSupergraph, isSpread: (domain: string) => boolean): void {
  for (const coordinate of graph.directives.answeredBy.keys()) {
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    for (const [domain, { schema }] of graph.subgraphs) {
      const type = schema.getType(typeName)
      if (isSpread(domain) || type?.astNode?.kind === Kind.SCALAR_TYPE_DEFINITION) continue
      if (type && 'getFields' in type && type.getFields()[fieldName]) {
        throw new Error(
          `${coordinate} has @answeredBy, so countries answer it; expected a country that publishes the domain ${domain}, came none. ` +
            'Add a file to the countries folder, or serve a supergraph without @answeredBy.',
        )
      }
    }
  }
}
