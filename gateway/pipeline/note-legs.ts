import { type Outcome, worseOutcome } from '../../contract/outcome.ts'
import type { Gathered } from '../gather/gather-state.ts'
import type { Leg, Trail, TrailLeg } from '../types/flow.ts'
import type { LegWithSent } from './ask-leg.ts'

/** Notes in a request's trail how its legs ended. */
export class LegNotes {
  readonly #trail: Trail
  /** The places in the trail of the legs that were sent. A search would cost the more, the more countries are asked. */
  readonly #places = new Map<Leg, number>()

  constructor(trail: Trail) {
    this.#trail = trail
  }

  /**
   * Notes how a fetch ended in each country: one leg for each request that a country got, and one without a request for a country that the
   * fetch concerned but the gateway did not ask. A request that serves several fetches is noted once, with the worst outcome of them.
   */
  noteLegs(domain: string, gathered: Gathered, asked: readonly LegWithSent[]): void {
    const byCountry = Map.groupBy(asked, ({ leg }) => leg.country)
    for (const [country, outcome] of gathered.outcomes) {
      const legs = byCountry.get(country) ?? []
      const [only, ...others] = legs.flatMap(({ sent }) => sent)
      if (only === undefined) this.#trail.legs.push({ country, domain, outcome, leg: null })
      else if (others.length === 0) this.noteSent(only.leg, { country, domain, outcome })
      else {
        for (const { leg, sent } of legs) {
          const ofLeg: Outcome = gathered.outcomeOf(leg) ?? outcome
          for (const each of sent) this.noteSent(each.leg, { country, domain, outcome: each.failure ?? ofLeg })
        }
      }
    }
  }

  /** Notes a leg that was sent. If it serves several fetches, the worst outcome of them remains. */
  noteSent(leg: Leg, noted: Omit<TrailLeg, 'leg'>): void {
    const { legs } = this.#trail
    const at = this.#places.get(leg)
    const earlier = at === undefined ? undefined : legs[at]
    if (at === undefined || earlier === undefined) this.#places.set(leg, legs.push({ ...noted, leg }) - 1)
    else legs[at] = { ...noted, leg, outcome: worseOutcome(earlier.outcome, noted.outcome) }
  }
}
