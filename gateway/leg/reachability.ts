import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, Participant } from '../flow.ts'

/** What the last leg to a country and domain became, and when (ISO 8601); nulls where none was sent yet. */
export interface LastSeen {
  readonly reach: Outcome['reach'] | null
  readonly code: Outcome['code']
  readonly at: string | null
}

/** A participant as `/status` shows it: no address. */
export interface ParticipantStatus {
  readonly country: string
  readonly name: Participant['name']
  readonly domains: Readonly<Record<string, LastSeen>>
}

/** Remembers what the last leg to each country and domain became. */
export interface Reachability {
  readonly note: (leg: Leg, outcome: Outcome) => void
  readonly show: (participants: readonly Participant[]) => readonly ParticipantStatus[]
}

const NEVER: LastSeen = { reach: null, code: null, at: null }

/** An empty memory. `now`: milliseconds since the epoch. */
export function createReachability(now: () => number = Date.now): Reachability {
  const seen = new Map<string, { readonly outcome: Outcome; readonly atMs: number }>()
  const lastSeen = (country: string, domain: string): LastSeen => {
    const last = seen.get(`${country} ${domain}`)
    if (last === undefined) return NEVER
    return { ...last.outcome, at: new Date(last.atMs).toISOString() }
  }
  return {
    note(leg, outcome) {
      if (leg.country !== null) seen.set(`${leg.country} ${leg.domain}`, { outcome, atMs: now() })
    },
    show: (participants) =>
      participants.map(({ country, name, domains }) => ({
        country,
        name,
        domains: Object.fromEntries(Object.keys(domains).map((domain) => [domain, lastSeen(country, domain)])),
      })),
  }
}
