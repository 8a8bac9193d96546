import type { Outcome } from '../../contract/outcome.ts'
import type { Leg } from '../types/flow.ts'
import type { Participant, ReceiptSettings, Unavailable } from '../types/participant.ts'
import type { BreakerKey, BreakerState } from './breaker.ts'

/** The outcome of the last leg to a country and domain, and its time (ISO 8601). All are null if the gateway has not sent one yet. */
export interface LastSeen {
  readonly reach: Outcome['reach'] | null
  readonly code: Outcome['code']
  readonly at: string | null
}

/** A participant as everybody sees it: what it publishes, and nothing of when it was asked or how it answered. */
export interface PublicParticipant {
  readonly country: string
  readonly name: Participant['name']
  /** The names of the domains, in the order of the country's file. */
  readonly domains: readonly string[]
  /** Set if the gateway asks the country for nothing: the code of the outcome, and since when if the country's file says it. */
  readonly unavailable?: Omit<Unavailable, 'reason' | 'by'>
  /** The domains in which the country also answers what no officer has signed. Absent if there are none. */
  readonly unsigned?: readonly string[]
  /**
   * The verifier keys of the country's audit log that the gateway takes, the newest last: a country erases an old key when its gateways know the new
   * one (`istmo keys rotate audit-log-key --finish`). Absent if the country's file says nothing of receipts.
   */
  readonly logKeys?: readonly string[]
}

/** Shows participants to everybody. @param listLogKeys lists the keys that a country's settings lead to. */
export function showPublicly(
  participants: readonly Participant[],
  listLogKeys: (receipts: ReceiptSettings) => readonly string[],
): readonly PublicParticipant[] {
  return participants.map(({ country, name, domains, unavailable, unsigned, receipts }) => ({
    country,
    name,
    domains: Object.keys(domains),
    ...(unavailable && { unavailable: { code: unavailable.code, since: unavailable.since } }),
    ...(unsigned && { unsigned }),
    ...(receipts && { logKeys: listLogKeys(receipts) }),
  }))
}

/** Returns the state of an endpoint's circuit breaker. */
export type BreakerOf = (endpoint: BreakerKey) => BreakerState

const NEVER: LastSeen = { reach: null, code: null, at: null }

/** Creates a memory without outcomes. `now` returns milliseconds since the epoch. */
export function createReachability(now: () => number = Date.now) {
  const seen = new Map<string, { readonly outcome: Outcome; readonly atMs: number }>()
  const lastSeen = (country: string, domain: string): LastSeen => {
    const last = seen.get(`${country} ${domain}`)
    if (last === undefined) return NEVER
    return { ...last.outcome, at: new Date(last.atMs).toISOString() }
  }
  return {
    note(leg: Leg, outcome: Outcome) {
      if (leg.country !== null) seen.set(`${leg.country} ${leg.domain}`, { outcome, atMs: now() })
    },
    /** Shows participants as the operator's `/status` does, without their addresses. */
    show: (participants: readonly Participant[], breakerOf: BreakerOf) =>
      participants.map(({ country, name, domains, unavailable, unsigned }) => ({
        country,
        name,
        ...(unavailable && { unavailable }),
        ...(unsigned && { unsigned }),
        domains: Object.fromEntries(
          Object.entries(domains).map(([domain, endpoint]) => {
            const breaker = breakerOf({ country, domain, endpoint })
            return [domain, { ...lastSeen(country, domain), breaker }]
          }),
        ),
      })),
  }
}

/** Reads the breaker of each country and domain, in the order of the participants. */
export function readBreakers(
  participants: readonly Participant[],
  breakerOf: BreakerOf,
): { readonly country: string; readonly domain: string; readonly state: BreakerState }[] {
  return participants.flatMap(({ country, domains }) =>
    Object.entries(domains).map(([domain, endpoint]) => ({
      country,
      domain,
      state: breakerOf({ country, domain, endpoint }),
    })),
  )
}
