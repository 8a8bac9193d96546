import type { Participant, SendLeg, SuspendedNow } from '../types/flow.ts'
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
  return (sendLeg) => async (leg, request) => {
    const unavailable = leg.country === null ? undefined : participantOf(leg.country)?.unavailable
    if (unavailable !== undefined) {
      return { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: unavailable.code } }
    }
    const { country, domain } = leg
    const outcome = country === null ? null : (suspended?.outcomeOf(country, domain, request.caller) ?? null)
    return outcome === null ? sendLeg(leg, request) : { kind: 'failed', outcome }
  }
}
