import { type Outcome, worseOutcome } from '../../contract/outcome.ts'
import type { Gathered } from '../gather/gather-state.ts'
import type { Trail, TrailLeg } from '../types/flow.ts'
import type { LegWithSent } from './ask-leg.ts'

/**
 * Notes in the trail how a fetch ended in each country: one leg for each request that a country got, and one without a request for a
 * country that the fetch concerned but the gateway did not ask. A request that serves several fetches is noted once, with the worst
 * outcome of them.
 */
export function noteLegs(trail: Trail, domain: string, gathered: Gathered, asked: readonly LegWithSent[]): void {
  for (const [country, outcome] of gathered.outcomes) {
    const legs = asked.filter(({ leg }) => leg.country === country)
    const [only, ...others] = legs.flatMap(({ sent }) => sent)
    if (only === undefined) trail.legs.push({ country, domain, outcome, leg: null })
    else if (others.length === 0) noteSent(trail, { country, domain, outcome, leg: only.leg })
    else {
      for (const { leg, sent } of legs) {
        const ofLeg: Outcome = gathered.outcomeOf(leg) ?? outcome
        for (const each of sent) noteSent(trail, { country, domain, outcome: each.failure ?? ofLeg, leg: each.leg })
      }
    }
  }
}

/** Notes a leg that was sent. If it serves several fetches, the worst outcome of them remains. */
export function noteSent(trail: Trail, noted: TrailLeg): void {
  const at = trail.legs.findLastIndex(({ leg }) => leg === noted.leg)
  const earlier = trail.legs[at]
  if (earlier) trail.legs[at] = { ...noted, outcome: worseOutcome(earlier.outcome, noted.outcome) }
  else trail.legs.push(noted)
}
