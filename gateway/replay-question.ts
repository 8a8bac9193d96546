/** Asks a question of the past again, without asking any country: which legs does it make? (docs/design/trust.md, Deriving) */

import { parse } from 'graphql'
import type { CountryAccess } from '../contract/access/country-access.ts'
import type { Caller, Grounds } from '../contract/access-token.ts'
import { NEVER_GONE } from '../contract/hangup.ts'
import { parseLegNotes } from '../contract/leg-notes.ts'
import type { Outcome } from '../contract/outcome.ts'
import { createEngine } from './pipeline/engine.ts'
import type { Leg, LegAnswer } from './types/flow.ts'
import type { Participant } from './types/participant.ts'

/** The graph that a gateway served at some time. */
export interface PastGraph {
  readonly supergraphSdl: string
  readonly countries: readonly PastCountry[]
}

/** A question of that time. */
export interface PastQuestion {
  readonly caller: Caller | null
  readonly grounds: Grounds | null
  /** When it was asked, in milliseconds since the epoch. */
  readonly timeMs: number
  readonly document: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/** A country at that time. `sdl`: its own SDL by domain; null for a domain that it publishes as the supergraph has it. */
export interface PastCountry {
  readonly access: CountryAccess
  readonly sdl: ReadonlyMap<string, string | null>
}

/** A leg that the question makes. `country`: null for a subgraph that no country publishes. */
export type ReplayedLeg = Pick<Leg, 'country' | 'domain' | 'query' | 'variables'>

/** How a leg ended: with the parsed body of its answer, or without one. */
export type ReplayedAnswer = { readonly body: unknown } | { readonly outcome: Outcome }

/** No limit of time or size makes a difference here. */
const LIMITS = { deadlineMs: 2 ** 31 - 1, maxAnswerBytes: Number.MAX_SAFE_INTEGER }

/** Asks questions of one graph again, one after another. */
export type Replay = ReturnType<typeof openReplay>

/**
 * Opens a graph to ask questions again.
 * @throws {Error} if the supergraph or a country's SDL cannot be read.
 */
export function openReplay({ supergraphSdl, countries }: PastGraph) {
  let timeMs = 0
  let take: (leg: ReplayedLeg) => ReplayedAnswer = () => NO_QUESTION
  const engine = createEngine({
    supergraphSdl,
    participants: countries.map(toParticipant),
    subgraphDefaults: LIMITS,
    now: () => timeMs,
    mergesTexts: false,
    sendLeg: async ({ country, domain, query, variables }) => toLegAnswer(take({ country, domain, query, variables })),
  })
  return {
    /**
     * Runs a question through the gateway's engine. Each leg is given to `answer`, which plays the countries, so later legs are those that these
     * answers make.
     * @returns the legs, in the order in which the engine made them. Rejects with {IstmoError} if the gateway refuses such a question before it sends
     * any leg.
     */
    async ask(
      { document, operationName, variables, caller, grounds, ...question }: PastQuestion,
      answer: (leg: ReplayedLeg) => ReplayedAnswer,
    ) {
      const legs: ReplayedLeg[] = []
      timeMs = question.timeMs
      take = (leg) => {
        legs.push(leg)
        return answer(leg)
      }
      const request = { document: parse(document), source: document, operationName, variables }
      const nobody = { requestId: '', language: 'en', isDryRun: false, groundsRejected: null } as const
      const never = { hangup: NEVER_GONE, deadlineAt: Number.POSITIVE_INFINITY }
      await engine.execute(request, { ...nobody, ...never, caller, grounds })
      return legs
    },
    close: engine.close,
  }
}

const NO_QUESTION = { outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } } as const

function toParticipant({ access, sdl }: PastCountry): Participant {
  const { country } = access
  const endpoint = { url: `http://${country.toLowerCase()}.invalid/`, ...LIMITS }
  const domains = [...sdl].map(([name, own]) => [name, own === null ? endpoint : { ...endpoint, sdl: own }])
  return { country, name: { es: country, en: country }, domains: Object.fromEntries(domains), access }
}

const NOT_READABLE: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } }

function toLegAnswer(given: ReplayedAnswer): LegAnswer {
  if ('outcome' in given) return { kind: 'failed', outcome: given.outcome }
  const { body } = given
  if (typeof body !== 'object' || body === null || !('data' in body)) return NOT_READABLE
  const { data, errors, extensions } = body as { data: unknown; errors?: unknown; extensions?: unknown }
  const notes = parseLegNotes(extensions)
  return { kind: 'answered', data, errors: Array.isArray(errors) ? errors : [], ...(notes.length > 0 && { notes }) }
}
