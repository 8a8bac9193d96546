import { type GraphQLSchema, print } from 'graphql'
import { isDomain } from '../../contract/domain.ts'
import { parseLegNotes } from '../../contract/leg-notes.ts'
import { createEngine, type Engine } from '../../gateway/pipeline/engine.ts'
import type { CreatePlanMaker } from '../../gateway/plan/make-plan.ts'
import { OPEN_SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { aContext, anEndpoint, aParticipant } from '../../gateway/testing.ts'
import type { LegAnswer, RequestContext, SendLeg } from '../../gateway/types/flow.ts'
import type { Participant } from '../../gateway/types/participant.ts'
import type { AnswerNationally } from './nation.ts'
import type { Operation } from './operation.ts'
import { errorLine } from './oracle.ts'
import type { Publishers } from './rows.ts'

/** Returns the failure of a leg; undefined if the country answers. Called once per leg. */
export type FailLeg = (country: string, domain: string) => LegAnswer | undefined

/** The engine's answer, in the oracle's terms. */
export interface FederatedAnswer {
  readonly data: unknown
  readonly errors: readonly string[]
  /** The entries of `extensions.countries` that are not ANSWERED: `country domain reach code`. */
  readonly silent: readonly string[]
  readonly legs: number
}

/** A run of one operation: where the answers come from, and which legs fail. */
interface Run {
  readonly answer: AnswerNationally
  readonly fail: FailLeg
  legs: number
  /** The first error of a national subgraph that shows a fault of the harness or the gateway. */
  problem: unknown
}

const DEADLINE_MS = 60_000
const runs = new Map<string, Run>()
let lastRun = 0

/** Answers an operation through the gateway's engine and national subgraphs. */
export type AskCountries = (
  publishers: Publishers,
  operation: Operation,
  answer: AnswerNationally,
  fail?: FailLeg,
) => Promise<FederatedAnswer>

/** How the engines are made. `mergesTexts`: whether they merge legs that are ready at the same time. */
export interface AskOptions {
  readonly createPlanMaker?: CreatePlanMaker
  readonly mergesTexts?: boolean
}

/** The API schema of the three domains. */
export function apiSchema(): GraphQLSchema {
  return createEngineFor({ GT: ['cases', 'persons', 'legal'] }).apiSchema
}

/**
 * Makes a function that answers operations with its own engines. It caches one engine for each set of publishers, because loading a
 * supergraph takes longer than running hundreds of operations.
 * @param options default: those of production.
 */
export function createAsk(options: AskOptions = {}): AskCountries {
  const engines = new Map<string, Engine>()
  return (publishers, operation, answer, fail = () => undefined) => {
    const key = JSON.stringify(publishers)
    const engine = engines.get(key) ?? createEngineFor(publishers, options)
    engines.set(key, engine)
    return ask(engine, operation, answer, fail)
  }
}

/** Answers operations with engines as in production. */
export const askCountries = createAsk()

async function ask(
  engine: Engine,
  operation: Operation,
  answer: AnswerNationally,
  fail: FailLeg,
): Promise<FederatedAnswer> {
  const run: Run = { answer, fail, legs: 0, problem: undefined }
  const requestId = String(++lastRun)
  runs.set(requestId, run)
  try {
    const { document, operationName, variables } = operation
    const request = { document, operationName, variables: { ...variables }, source: print(document) }
    const { data, errors = [], extensions } = await engine.execute(request, contextOf(requestId))
    if (run.problem !== undefined) throw run.problem
    const countries = (extensions?.countries ?? []) as readonly Record<string, unknown>[]
    return {
      data,
      errors: distinct(
        errors.map(({ path = [], extensions: { code, country, coordinate } = {} }) =>
          errorLine(code, country, coordinate, path),
        ),
      ),
      silent: distinct(
        countries
          .filter(({ reach, code }) => reach !== 'ANSWERED' || code !== null)
          .map(({ country, domain, reach, code }) => `${country} ${domain} ${reach} ${code}`),
      ),
      legs: run.legs,
    }
  } finally {
    runs.delete(requestId)
  }
}

function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)].sort()
}

function contextOf(requestId: string): RequestContext {
  return aContext({ requestId, deadlineAt: performance.now() + DEADLINE_MS })
}

function createEngineFor(publishers: Publishers, options: AskOptions = {}): Engine {
  return createEngine({
    supergraphSdl: OPEN_SUPERGRAPH_SDL,
    participants: Object.entries(publishers).map(participant),
    subgraphDefaults: { deadlineMs: DEADLINE_MS, maxAnswerBytes: 1_000_000 },
    sendLeg,
    ...options,
  })
}

function participant([country, domains]: [string, readonly string[]]): Participant {
  const url = `http://${country.toLowerCase()}.invalid/`
  const endpoint = anEndpoint({ url, deadlineMs: DEADLINE_MS, maxAnswerBytes: 1_000_000 })
  return aParticipant(country, { domains: Object.fromEntries(domains.map((domain) => [domain, endpoint])) })
}

const sendLeg: SendLeg = async ({ country, domain, query, variables }, { requestId }) => {
  const run = runs.get(requestId)
  if (!run || country === null || !isDomain(domain))
    throw new Error(`expected a leg of a run; came ${country} ${domain}`)
  run.legs++
  const failure = run.fail(country, domain)
  if (failure) return failure
  try {
    const plain = JSON.parse(JSON.stringify(variables))
    const { data, errors = [], extensions } = await run.answer({ country, domain, query, variables: plain })
    return { kind: 'answered', data, errors, notes: parseLegNotes(extensions) }
  } catch (problem) {
    run.problem ??= problem
    return { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } }
  }
}
