import type { SendLeg } from '../types/flow.ts'
import type { Participant } from '../types/participant.ts'
import type { Layer } from './layers.ts'

/**
 * Holds back the legs to a country if the audit log has lacked a quorum of witnesses for longer than the country's file allows. The
 * outcome is then UNAVAILABLE with the code UNWITNESSED.
 * @param unwitnessedMs how long the audit log has had no quorum, in milliseconds; 0 while it has one.
 */
export function holdUnwitnessedLegs(
  unwitnessedMs: () => number,
  participantOf: (country: string) => Participant | undefined,
): Layer<SendLeg> {
  return (sendLeg) => (leg, request) => {
    const withoutQuorumMs = unwitnessedMs()
    if (withoutQuorumMs > 0 && leg.country !== null) {
      const refuseAfterMs = participantOf(leg.country)?.refuseUnwitnessedAfterMs
      if (refuseAfterMs !== undefined && withoutQuorumMs > refuseAfterMs) {
        return Promise.resolve({ kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'UNWITNESSED' } })
      }
    }
    return sendLeg(leg, request)
  }
}
