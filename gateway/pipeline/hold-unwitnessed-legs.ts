import type { Participant, SendLeg } from '../types/flow.ts'
import type { Layer } from './layers.ts'

/**
 * Does not send legs to a country whose file says that it gives nothing while the audit log has no quorum of witnesses: its outcome
 * is UNAVAILABLE with the code UNWITNESSED.
 * @param unwitnessedMs for how long the audit log has had no quorum, in milliseconds; 0 while it has one.
 */
export function holdUnwitnessedLegs(
  unwitnessedMs: () => number,
  participantOf: (country: string) => Participant | undefined,
): Layer<SendLeg> {
  return (sendLeg) => async (leg, request) => {
    const silentMs = unwitnessedMs()
    if (silentMs > 0 && leg.country !== null) {
      const refuseAfterMs = participantOf(leg.country)?.refuseUnwitnessedAfterMs
      if (refuseAfterMs !== undefined && silentMs > refuseAfterMs) {
        return { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'UNWITNESSED' } }
      }
    }
    return sendLeg(leg, request)
  }
}
