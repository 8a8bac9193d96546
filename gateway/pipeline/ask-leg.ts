import { appendPage, findShortPages } from '../gather/short-pages.ts'
import { continueLeg } from '../spread/spread.ts'
import type { Endpoint, Leg, LegAnswer } from '../types/flow.ts'
import type { FieldTarget, PlannedLeg } from '../types/leg.ts'
import type { SpreadFetch } from '../types/operation.ts'
import type { SendMerged, SentLeg } from './merged-answer.ts'

/** How many further pages the gateway asks for because the pages of one leg are short. */
export const MAX_FURTHER_PAGES = 20

/** A leg, and each leg that was sent for it. */
export interface LegWithSent {
  readonly leg: PlannedLeg
  readonly sent: readonly SentLeg[]
}

/** A leg with its complete answer, and each leg that was sent for it. */
export interface AskedLeg extends LegWithSent {
  readonly answer: LegAnswer
}

/** What {@link askLeg} needs besides the leg. */
export interface Asking {
  readonly fetch: SpreadFetch
  readonly targets: readonly FieldTarget[]
  readonly endpoint: Endpoint
  readonly send: SendMerged
  /** Whether legs of other fetches may be ready at the same time. */
  readonly mayWait: boolean
}

const LATE: LegAnswer = { kind: 'failed', outcome: { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' } }

/**
 * Sends a leg. If a page has fewer edges than were asked for and the country has more, asks for the next page, all within the leg's
 * deadline. If a further page fails, the leg fails: the country is asked again from its former place on the client's next page.
 */
export async function askLeg(leg: PlannedLeg, asking: Asking): Promise<AskedLeg> {
  const { fetch, targets, endpoint, send, mayWait } = asking
  const startedAt = performance.now()
  const first = await send(toLeg(leg, fetch, endpoint), mayWait)
  const sent = [...first.sent]
  let answer = first.answer
  for (let left = MAX_FURTHER_PAGES; left > 0; ) {
    const pages = findShortPages(leg, answer, targets).slice(0, left)
    if (pages.length === 0) break
    left -= pages.length
    const deadlineMs = Math.floor(endpoint.deadlineMs - (performance.now() - startedAt))
    if (deadlineMs <= 0) return { leg, answer: LATE, sent }
    const further = await Promise.all(
      pages.map((page) =>
        send(
          toLeg(continueLeg(fetch, leg, page.target.field, page.entity, page), fetch, { ...endpoint, deadlineMs }),
          pages.length > 1,
        ),
      ),
    )
    for (const each of further) sent.push(...each.sent)
    for (const [i, page] of pages.entries()) {
      const next = further[i]
      if (answer.kind === 'answered' && next) answer = appendPage(leg, answer, page, next.answer)
    }
  }
  return { leg, answer, sent }
}

function toLeg(leg: PlannedLeg, { domain }: SpreadFetch, endpoint: Endpoint): Leg {
  const { country, query, variables, scopes, policies, isForNobody = false } = leg
  const rights = { scopes, policies }
  return { domain, country, endpoint, query, variables, kind: 'query', rights, ...(isForNobody && { isForNobody }) }
}
