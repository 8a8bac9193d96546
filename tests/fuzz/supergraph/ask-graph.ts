/** One supergraph of a seed, put up; and one operation put to it and to the reference. */
import { lexicographicSortSchema, print, printSchema } from 'graphql'
import { findKnownPatterns } from '../../../composition/known-patterns.ts'
import { ERRORS, IstmoError } from '../../../contract/errors.ts'
import { createEngine, type Engine } from '../../../gateway/pipeline/engine.ts'
import { aContext } from '../../../gateway/testing.ts'
import type { RequestContext, SendLeg } from '../../../gateway/types/flow.ts'
import type { Subgraph } from '../../federation/harness/shape.ts'
import { composeShape, serveInProcess } from '../../federation/harness/subgraphs.ts'
import type { Operation } from '../../oracle/operation.ts'
import { makeModel } from './make-model.ts'
import { type Expected, isAnswered, type Reference, referenceOf, serveModel } from './serve-model.ts'

/** A supergraph with its engine and its reference. */
export interface Graph {
  readonly subgraphs: readonly Subgraph[]
  readonly reference: Reference
  readonly engine: Engine
}

/**
 * Puts up the supergraph of a seed; null where it does not compose, or has a shape that the planner is known to answer
 * wrongly (those of which the gateway warns at load, composition/known-patterns.ts).
 * @param around is put around the subgraphs, to change what they answer.
 */
export function buildGraph(seed: string, around: (send: SendLeg) => SendLeg = (send) => send): Graph | null {
  const model = makeModel(seed)
  if (!isAnswered(model)) return null
  const subgraphs = serveModel(model)
  const supergraphSdl = composed(subgraphs)
  if (supergraphSdl === null || findKnownPatterns(supergraphSdl).length > 0) return null
  const serve = serveInProcess(subgraphs)
  const sendLeg: SendLeg = async (leg) => {
    const { data = null, errors = [] } = await serve(leg.domain, leg.query, leg.variables)
    return { kind: 'answered', data, errors }
  }
  const subgraphDefaults = { deadlineMs: 1000, maxAnswerBytes: 1 << 20 }
  const engine = createEngine({ supergraphSdl, participants: [], subgraphDefaults, sendLeg: around(sendLeg) })
  const reference = referenceOf(model)
  checkSchemas(engine, reference)
  return { subgraphs, reference, engine }
}

function composed(subgraphs: readonly Subgraph[]): string | null {
  try {
    return composeShape(subgraphs)
  } catch {
    return null
  }
}

/** What a client sees of the supergraph is what the model says. */
function checkSchemas({ apiSchema }: Engine, { schema }: Reference): void {
  const [came, expected] = [apiSchema, schema].map((one) => printSchema(lexicographicSortSchema(one)))
  if (came !== expected) throw new Error(`expected the API schema\n${expected}\ncame\n${came}`)
}

/** What became of one operation: null where the answer is right, `refused` where the engine says that it cannot plan it. */
export type Finding = null | 'refused' | string

/** Asks the engine and judges its answer by the reference's. */
export async function askGraph({ engine, reference }: Graph, operation: Operation): Promise<Finding> {
  const { document, operationName, variables } = operation
  const expected = reference.answer(operation)
  try {
    const request = { document, operationName, variables, source: print(document) }
    const answer = JSON.parse(JSON.stringify(await engine.execute(request, newContext())))
    return differenceOf(answer.data, answer.errors ?? [], expected)
  } catch (cause) {
    if (cause instanceof IstmoError && cause.code === 'PLAN_FAILED') return 'refused'
    return `expected an answer; came ${cause instanceof Error ? cause.stack : cause}`
  }
}

interface AnswerError {
  readonly message: string
  readonly path?: readonly (string | number)[]
}

const MEANINGS = new Set<string>(Object.values(ERRORS).map(({ meaning }) => meaning))

/**
 * Data must be equal, keys in order. Of errors: none where there are none; each tells of a field that fails, or of what a
 * failure took along; each null that an error of the reference explains has an error of ours (which of several failures
 * under one null is told depends on the order in which fields are run, and equal entities are told of once). Words are the registry's.
 */
function differenceOf(data: unknown, errors: readonly AnswerError[], expected: Expected): string | null {
  const [came, wanted] = [data, expected.data].map((value) => JSON.stringify(value, null, 1))
  if (came !== wanted) return `expected data ${wanted}\ncame ${came}\nerrors ${JSON.stringify(errors)}`
  const foreign = errors.find(({ message }) => !MEANINGS.has(message))
  if (foreign) return `expected a sentence of the registry; came ${foreign.message}`
  const positions = errors.map(({ path = [] }) => positionOf(path))
  const nulled = expected.errorPaths.map((path) => positionOf(nulledPart(path, expected.data)))
  const isExplained = (position: string): boolean =>
    expected.failing.has(position) || nulled.some((at) => isWithin(position, at))
  const unknown = positions.find((position) => !isExplained(position))
  if (unknown !== undefined) return `expected errors of fields that fail; came one at ${unknown}`
  const untold = nulled.find((at) => !positions.some((position) => isWithin(position, at)))
  return untold === undefined ? null : `expected an error for ${untold}; came ${positions.join(', ') || 'none'}`
}

function isWithin(position: string, at: string): boolean {
  return position === at || position.startsWith(`${at}.`)
}

function positionOf(path: readonly (string | number)[]): string {
  return path
    .filter((step) => typeof step === 'string')
    .map((step) => `.${step}`)
    .join('')
}

/** The part of a path that leads to the null that took its place. */
function nulledPart(path: readonly (string | number)[], data: unknown): readonly (string | number)[] {
  let value = data
  for (const [i, step] of path.entries()) {
    if (value === null || value === undefined) return path.slice(0, i)
    value = (value as Record<string | number, unknown>)[step]
  }
  return path
}

/** A request of nobody in particular. */
export function newContext(): RequestContext {
  return aContext({ deadlineAt: performance.now() + 60_000 })
}
