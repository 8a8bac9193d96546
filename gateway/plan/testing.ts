import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { Kind, parse, print, visit } from 'graphql'
import type { CompiledOperation } from '../types/operation.ts'
import { createBinder } from './bind/bind-operation.ts'
import { loadSupergraph } from './graph/supergraph.ts'
import { type CreatePlanMaker, createPlanMaker } from './make-plan.ts'
import { coerceVariables } from './normalise/coerce-variables.ts'
import { findOperation, listConditionVariables, readConditions } from './normalise/conditions.ts'

/** The committed supergraph of the three domains, for tests. */
export const SUPERGRAPH_SDL = readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8')

/** Compiles an operation, for tests. */
export type CompileForTest = (source: string, variables?: Record<string, unknown>) => CompiledOperation

/** Makes a function that compiles operations over a supergraph at once, without caches. */
export function createTestCompiler(supergraphSdl: string, isSpread: (domain: string) => boolean): CompileForTest {
  const graph = loadSupergraph(supergraphSdl)
  const maker = createPlanMaker(graph, isSpread)
  const binder = createBinder(graph)
  return (source, variables = {}) => {
    const document = parse(source)
    const coerced = coerceVariables(graph.apiSchema, findOperation(document, undefined), variables)
    const conditions = readConditions(listConditionVariables(document), coerced)
    return binder.bindOperation(maker.plan(maker.prepare(document, undefined, conditions).normalised, new Set()))
  }
}

let compile: CompileForTest | undefined

/** Compiles an operation over the three domains, for tests. It loads the graph once, because that takes most of the time. */
export function compileForTest(source: string, variables: Record<string, unknown> = {}): CompiledOperation {
  compile ??= createTestCompiler(SUPERGRAPH_SDL, () => true)
  return compile(source, variables)
}

/** The same graph without access rules, for tests that are not about rights. */
export const OPEN_SUPERGRAPH_SDL = withoutRules(SUPERGRAPH_SDL)

function withoutRules(sdl: string): string {
  const rules = new Set(['authenticated', 'requiresScopes', 'policy'])
  return print(
    visit(parse(sdl, { noLocation: true }), {
      enter(node) {
        if (node.kind === Kind.SCHEMA_DEFINITION) return false
        return node.kind === Kind.DIRECTIVE && rules.has(node.name.value) ? null : undefined
      },
    }),
  )
}

/**
 * Lists the parts of a value that are not plain data, each as `path: what`: functions, symbols, instances of classes, locations of syntax
 * nodes. The list is empty if `structuredClone` copies the value completely.
 */
export function listForeignParts(value: unknown, path = '', seen = new Set<unknown>()): string[] {
  if (typeof value === 'function' || typeof value === 'symbol') return [`${path}: ${typeof value}`]
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  if (!PLAIN_PROTOTYPES.has(Object.getPrototypeOf(value))) return [`${path}: ${value.constructor?.name}`]
  return [...partsOf(value)].flatMap(([key, part]) =>
    key === 'loc' && part !== undefined ? [`${path}.loc: a location`] : listForeignParts(part, `${path}.${key}`, seen),
  )
}

const PLAIN_PROTOTYPES: ReadonlySet<unknown> = new Set([
  Object.prototype,
  Array.prototype,
  Map.prototype,
  Set.prototype,
])

function partsOf(value: object): Iterable<[unknown, unknown]> {
  if (value instanceof Map) return value.entries()
  if (value instanceof Set) return value.entries()
  return Reflect.ownKeys(value).map((key): [unknown, unknown] => [String(key), Reflect.get(value, key)])
}

/**
 * Copies a value as a message between worker threads would.
 * @throws {Error} if a part of it is not plain data, or if the copy differs.
 */
export function clonePlain<T>(value: T): T {
  const foreign = listForeignParts(value)
  if (foreign.length > 0) throw new Error(`expected plain data; came ${foreign.join(', ')}`)
  const clone = structuredClone(value)
  if (!isDeepStrictEqual(clone, value)) throw new Error('expected a clone that equals the original')
  return clone
}

/** Makes a plan maker whose input and plans pass through `clonePlain`, as if they were messages to and from a worker thread. */
export const createCloningPlanMaker: CreatePlanMaker = (graph, isSpread) => {
  const maker = createPlanMaker(graph, isSpread)
  return {
    lift: (...request) => clonePlain(maker.lift(...request)),
    prepare: (...request) => clonePlain(maker.prepare(...request)),
    plan: (...request) => clonePlain(maker.plan(...clonePlain(request))),
  }
}
