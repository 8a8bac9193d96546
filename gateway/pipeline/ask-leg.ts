import { appendPage, findShortPages, type ShortPage } from '../gather/short-pages.ts'
import { continueLeg } from '../spread/spread.ts'
import type { Leg, LegAnswer } from '../types/flow.ts'
import type { FieldTarget, PlannedLeg } from '../types/leg.ts'
import type { SpreadFetch } from '../types/operation.ts'
import type { Endpoint } from '../types/participant.ts'
import type { SendMerged, SentLeg } from './merge-legs.ts'

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
  const startedAt = performance.now()
  const { answer, sent } = await asking.send(toLeg(leg, asking.fetch, asking.endpoint), asking.mayWait)
  const pages = findShortPages(leg, answer, asking.targets)
  // Nearly no leg has a short page. What is needed for those would be copied with each leg that waits for its answer.
  return pages.length === 0 ? { leg, answer, sent } : askFurther({ leg, answer, sent }, pages, startedAt, asking)
}

/** Asks for the next pages, as often as there are some and time is left. */
async function askFurther(
  { leg, answer: firstAnswer, sent: firstSent }: AskedLeg,
  firstPages: readonly ShortPage[],
  startedAt: number,
  { fetch, targets, endpoint, send }: Asking,
): Promise<AskedLeg> {
  const sent = [...firstSent]
  let answer = firstAnswer
  let left = MAX_FURTHER_PAGES
  for (let pages = firstPages.slice(0, left); pages.length > 0; ) {
    left -= pages.length
    const deadlineMs = Math.floor(endpoint.deadlineMs - (performance.now() - startedAt))
    if (deadlineMs <= 0) return { leg, answer: LATE, sent }
    const mayWait = pages.length > 1
    const further = await Promise.all(
      pages.map((page) => {
        const next = continueLeg(fetch, leg, page.target.field, page.entity, page)
        return send(toLeg(next, fetch, { ...endpoint, deadlineMs }), mayWait)
      }),
    )
    for (const each of further) sent.push(...each.sent)
    for (const [i, page] of pages.entries()) {
      const next = further[i]
      if (answer.kind === 'answered' && next) answer = appendPage(leg, answer, page, next.answer)
    }
    pages = left > 0 ? findShortPages(leg, answer, targets).slice(0, left) : []
  }
  return { leg, answer, sent }
}

function toLeg(leg: PlannedLeg, { domain }: SpreadFetch, endpoint: Endpoint): Leg {
  const { country, query, variables, scopes, policies, isForNobody = false } = leg
  const rights = { scopes, policies }
  return { domain, country, endpoint, query, variables, kind: 'query', rights, ...(isForNobody && { isForNobody }) }
}
