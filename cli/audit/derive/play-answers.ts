import { hash } from 'node:crypto'
import type { ReplayedAnswer, ReplayedLeg } from '../../../gateway/replay-question.ts'
import { canonical, type RecordedLeg } from './compare-derived.ts'

/** A recorded leg with the answer to it, if the tool has it. */
export interface AnsweredLeg {
  readonly recorded: RecordedLeg
  /** The parsed answer; undefined if it is not at hand. */
  readonly body: unknown
}

/** Plays the countries to a question that is asked again, with what they answered then. */
export interface PlayedAnswers {
  readonly answer: (leg: ReplayedLeg) => ReplayedAnswer
  /** Whether each answer was at hand so far. */
  readonly isComplete: () => boolean
}

const NO_ANSWER = { outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } } as const

/** Creates the answers. A leg that no log has gets none, and what would follow from it is not derived. */
export function playAnswers(legs: readonly AnsweredLeg[]): PlayedAnswers {
  let isComplete = true
  const open = legs.filter(({ recorded, body }) => recorded.opened !== null && body !== undefined)
  return {
    isComplete: () => isComplete,
    answer(leg) {
      const ofPlace = open.filter(({ recorded }) => recorded.country === leg.country && recorded.domain === leg.domain)
      const body = findExact(leg, ofPlace) ?? collectRows(leg, ofPlace)
      if (body !== undefined) return { body }
      const failed = legs.find(
        ({ recorded }) =>
          recorded.country === leg.country &&
          recorded.domain === leg.domain &&
          (recorded.requestHash === null || recorded.operationHash === hash('sha256', leg.query)) &&
          !recorded.outcome.startsWith('ANSWERED'),
      )
      // A country that did not answer is the same as one that was not asked: nothing follows from it.
      if (failed === undefined) isComplete = false
      return NO_ANSWER
    },
  }
}

function findExact(leg: ReplayedLeg, open: readonly AnsweredLeg[]): unknown {
  const values = canonical(leg.variables)
  return open.find(({ recorded: { opened } }) => opened?.query === leg.query && canonical(opened.variables) === values)
    ?.body
}

/** Collects the answer to a leg about several entities from legs that asked about them in another order or together with others. */
function collectRows({ query, variables }: ReplayedLeg, open: readonly AnsweredLeg[]): unknown {
  const { representations, ...rest } = variables
  if (!Array.isArray(representations)) return undefined
  const others = canonical(rest)
  const rows = new Map<string, unknown>()
  for (const { recorded, body } of open) {
    const { representations: asked, ...values } = recorded.opened?.variables ?? {}
    if (recorded.opened?.query !== query || canonical(values) !== others || !Array.isArray(asked)) continue
    const entities = (body as { data?: { _entities?: unknown } } | null)?.data?._entities
    if (!Array.isArray(entities)) continue
    for (const [at, each] of asked.entries()) rows.set(canonical(each), entities[at] ?? null)
  }
  const keys = representations.map(canonical)
  return keys.every((key) => rows.has(key)) ? { data: { _entities: keys.map((key) => rows.get(key)) } } : undefined
}
