import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { Kind, parse, print, visit } from 'graphql'
import type { CompiledOperation } from '../types/operation.ts'
import { createPlanner } from './compile.ts'
import { type CreatePlanMaker, createPlanMaker } from './make-plan.ts'

/** The committed supergraph of the three domains, for tests. */
export const SUPERGRAPH_SDL = readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8')

let planner: ReturnType<typeof createPlanner> | undefined

/** Compiles an operation over the three domains, for tests. It makes the planner once, because that takes most of the time. */
export function compileForTest(source: string, variables: Record<string, unknown> = {}): CompiledOperation {
  planner ??= createPlanner(SUPERGRAPH_SDL, () => true)
  const { prepared } = planner.prepare({ document: parse(source), source, operationName: undefined, variables })
  return planner.compile(prepared, new Set())
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
    prepare: (...request) => clonePlain(maker.prepare(...request)),
    plan: (...request) => clonePlain(maker.plan(...clonePlain(request))),
  }
}
