import type { Participant, SendLeg } from '../types/flow.ts'
import type { Layer } from './layers.ts'

/**
 * Holds back the legs of requests that are in progress when a country becomes unavailable. Later requests make no legs to it (spread).
 * @param participantOf returns the settings of a country that are in force when the leg would be sent.
 */
export function holdUnavailableLegs(participantOf: (country: string) => Participant | undefined): Layer<SendLeg> {
  return (sendLeg) => async (leg, request) => {
    const unavailable = leg.country === null ? undefined : participantOf(leg.country)?.unavailable
    if (unavailable === undefined) return sendLeg(leg, request)
    return { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: unavailable.code } }
  }
}
