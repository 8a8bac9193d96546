import { hash } from 'node:crypto'
import { plainText } from '../../../gateway/merged-legs.ts'
import type { ReplayedAnswer, ReplayedLeg } from '../../../gateway/replay-question.ts'
import { type AnsweredLeg, canonical, type RecordedLeg } from './legs.ts'
import { findMergedTexts } from './merged-legs.ts'

/** Plays the countries to a question that is asked again, with what they answered then. */
export interface PlayedAnswers {
  readonly answer: (leg: ReplayedLeg) => ReplayedAnswer
  /** Whether each answer was at hand so far, or the log says that the country gave none. */
  readonly isComplete: () => boolean
}

const NO_ANSWER = { outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } } as const

/** Creates the answers. A leg that no log has gets none, and what would follow from it is not derived. */
export function playAnswers(legs: readonly AnsweredLeg[]): PlayedAnswers {
  const open = legs.filter(({ recorded, body }) => recorded.opened !== null && body !== undefined)
  const silent = legs.flatMap(({ recorded }) => (recorded.outcome.startsWith('ANSWERED') ? [] : [recorded]))
  const asked: ReplayedLeg[] = []
  const unanswered: ReplayedLeg[] = []
  return {
    isComplete: () => unanswered.every((leg) => isSilent(leg, asked, silent)),
    answer(leg) {
      const ofPlace = open.filter(({ recorded }) => isSamePlace(recorded, leg))
      asked.push(leg)
      const body = findExact(leg, ofPlace) ?? collectRows(leg, ofPlace)
      if (body !== undefined) return { body }
      // A country that did not answer is the same as one that was not asked: nothing follows from it.
      unanswered.push(leg)
      return NO_ANSWER
    },
  }
}

/** Whether the log says that a country gave no answer to a leg, by itself or merged with others of the legs that the question makes. */
function isSilent(leg: ReplayedLeg, asked: readonly ReplayedLeg[], silent: readonly RecordedLeg[]): boolean {
  const texts = [...new Set(asked.filter((each) => isSamePlace(each, leg)).map(({ query }) => query))]
  const hashes = [hash('sha256', leg.query), hash('sha256', plainText(leg.query))]
  return silent.some(({ country, domain, requestHash, operationHash, opened }) => {
    if (!isSamePlace({ country, domain }, leg)) return false
    if (requestHash === null || hashes.includes(operationHash ?? '')) return true
    return opened === null && findMergedTexts(texts, operationHash)?.includes(leg.query) === true
  })
}

type Place = Pick<RecordedLeg, 'country' | 'domain'>

function isSamePlace(one: Place, other: Place): boolean {
  return one.country === other.country && one.domain === other.domain
}

function findExact(leg: ReplayedLeg, open: readonly AnsweredLeg[]): unknown {
  const [text, values] = [plainText(leg.query), canonical(leg.variables)]
  const isIt = (opened: RecordedLeg['opened']): boolean =>
    opened !== null && plainText(opened.query) === text && canonical(opened.variables) === values
  return open.find(({ recorded }) => isIt(recorded.opened))?.body
}

/** Collects the answer to a leg about several entities from legs that asked about them in another order or together with others. */
function collectRows({ query, variables }: ReplayedLeg, open: readonly AnsweredLeg[]): unknown {
  const { representations, ...rest } = variables
  if (!Array.isArray(representations)) return undefined
  const [text, others] = [plainText(query), canonical(rest)]
  const rows = new Map<string, unknown>()
  for (const { recorded, body } of open) {
    const { representations: asked, ...values } = recorded.opened?.variables ?? {}
    if (plainText(recorded.opened?.query ?? '') !== text || canonical(values) !== others || !Array.isArray(asked))
      continue
    const entities = (body as { data?: { _entities?: unknown } } | null)?.data?._entities
    if (!Array.isArray(entities)) continue
    for (const [at, each] of asked.entries()) rows.set(canonical(each), entities[at] ?? null)
  }
  const keys = representations.map(canonical)
  return keys.every((key) => rows.has(key)) ? { data: { _entities: keys.map((key) => rows.get(key)) } } : undefined
}
