import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, RequestContext, SendLeg } from '../types/flow.ts'
import type { Participant, SuspendedNow } from '../types/participant.ts'
import type { Layer } from './layers.ts'

/**
 * Holds back the legs of requests that are in progress when a country becomes unavailable. Later requests make no legs to it (spread).
 * @param participantOf returns the settings of a country that are in force when the leg would be sent.
 * @param suspended what is suspended then.
 */
export function holdUnavailableLegs(
  participantOf: (country: string) => Participant | undefined,
  suspended?: Pick<SuspendedNow, 'outcomeOf'>,
): Layer<SendLeg> {
  const findOutcome = (country: string, { domain }: Leg, { caller }: RequestContext): Outcome | null => {
    const unavailable = participantOf(country)?.unavailable
    if (unavailable !== undefined) return { reach: 'UNAVAILABLE', code: unavailable.code }
    return suspended?.outcomeOf(country, domain, caller) ?? null
  }
  return (sendLeg) => (leg, request) => {
    const outcome = leg.country === null ? null : findOutcome(leg.country, leg, request)
    return outcome === null ? sendLeg(leg, request) : Promise.resolve({ kind: 'failed', outcome })
  }
}
