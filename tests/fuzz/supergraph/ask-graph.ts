/** Builds the supergraph of a seed, and runs operations on it and on the reference. */
import { lexicographicSortSchema, print, printSchema } from 'graphql'
import { meaningOf } from '../../../contract/error-message.ts'
import { ERRORS, type ErrorCode, IstmoError } from '../../../contract/errors.ts'
import { createEngine, type Engine } from '../../../gateway/pipeline/engine.ts'
import { loadSupergraph } from '../../../gateway/plan/graph/supergraph.ts'
import { aContext, offerBody } from '../../../gateway/testing.ts'
import type { RequestContext, SendLeg } from '../../../gateway/types/flow.ts'
import { variablesOf } from '../../federation/harness/leg-variables.ts'
import type { Subgraph } from '../../federation/harness/pattern.ts'
import { composePattern, serveInProcess } from '../../federation/harness/subgraphs.ts'
import type { Operation } from '../../oracle/operation.ts'
import { hashOf } from '../random.ts'
import { makeModel } from './make-model.ts'
import { type Expected, isAnswered, type Reference, referenceOf, serveModel } from './serve-model.ts'

/** One of so many legs gets no body that it could take, so that the answers before it have to be put together in the usual way. */
const OFFERED_NOT_ONE_IN = 5

/** A supergraph with its engine and its reference. */
export interface Graph {
  readonly subgraphs: readonly Subgraph[]
  readonly reference: Reference
  readonly engine: Engine
}

/**
 * Builds the supergraph of a seed. Returns null if it does not compose, or if it has a pattern that the planner is known to plan wrongly
 * (the gateway warns of these at load, composition/known-patterns.ts).
 * @param around wraps the subgraphs, to change what they answer.
 */
export function buildGraph(seed: string, around: (send: SendLeg) => SendLeg = (send) => send): Graph | null {
  const model = makeModel(seed)
  if (!isAnswered(model)) return null
  const subgraphs = serveModel(model)
  const supergraphSdl = composed(subgraphs)
  if (supergraphSdl === null || loadSupergraph(supergraphSdl).knownPatterns.length > 0) return null
  const serve = serveInProcess(subgraphs)
  const sendLeg: SendLeg = async (leg) => {
    const { data = null, errors = [] } = await serve(leg.domain, leg.query, variablesOf(leg))
    const isOffered = hashOf(`${leg.query} ${JSON.stringify(leg.variables)}`) % OFFERED_NOT_ONE_IN !== 0
    return isOffered ? offerBody(leg, { data, errors }) : { kind: 'answered', data, errors }
  }
  const subgraphDefaults = { deadlineMs: 1000, maxAnswerBytes: 1 << 20 }
  const engine = createEngine({ supergraphSdl, participants: [], subgraphDefaults, sendLeg: around(sendLeg) })
  const reference = referenceOf(model)
  checkSchemas(engine, reference)
  return { subgraphs, reference, engine }
}

function composed(subgraphs: readonly Subgraph[]): string | null {
  try {
    return composePattern(subgraphs)
  } catch {
    return null
  }
}

/** Checks that a client sees the schema that the model describes. */
function checkSchemas({ apiSchema }: Engine, { schema }: Reference): void {
  const [loaded, expected] = [apiSchema, schema].map((one) => printSchema(lexicographicSortSchema(one)))
  if (loaded !== expected) throw new Error(`expected the API schema\n${expected}\ncame\n${loaded}`)
}

/** The result of one operation: null if the answer is correct, `refused` if the engine says that it cannot plan the operation. */
export type Finding = null | 'refused' | string

/** Runs an operation on the engine and compares its answer with that of the reference. */
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

const MEANINGS = new Set<string>((Object.keys(ERRORS) as ErrorCode[]).map((code) => meaningOf(code)))

/**
 * Compares the answers. The data must be equal, with the keys in order. If the reference has no errors, we have none. Each of our errors
 * is about a field that fails, or about a field that became null with it. For each null that an error of the reference explains, we have
 * an error too. If several fields fail under one null, the order of execution decides which one is reported; equal entities are reported
 * once. The messages are those of the registry.
 */
function differenceOf(data: unknown, errors: readonly AnswerError[], expected: Expected): string | null {
  const [answered, wanted] = [data, expected.data].map((value) => JSON.stringify(value, null, 1))
  if (answered !== wanted) return `expected data ${wanted}\ncame ${answered}\nerrors ${JSON.stringify(errors)}`
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

/** Returns the part of a path that leads to the null above the failed field. */
function nulledPart(path: readonly (string | number)[], data: unknown): readonly (string | number)[] {
  let value = data
  for (const [i, step] of path.entries()) {
    if (value === null || value === undefined) return path.slice(0, i)
    value = (value as Record<string | number, unknown>)[step]
  }
  return path
}

/** Makes an anonymous request. */
export function newContext(): RequestContext {
  return aContext({ deadlineAt: performance.now() + 60_000 })
}
