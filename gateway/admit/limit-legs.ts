import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, SendLeg } from '../types/flow.ts'
import type { Rate, TakeToken } from './rate.ts'

const UNSENT: Outcome = { reach: 'UNAVAILABLE', code: 'COUNTRY_RATE_LIMITED' }

/**
 * Sends legs to a country no faster than `rate`, counting all callers together; null: as they come. It does not send a leg above the
 * rate: its country is UNAVAILABLE with COUNTRY_RATE_LIMITED, so the answer lacks only that country's part.
 * @param onUnsent called for each leg that is not sent.
 */
export function limitLegs(
  sendLeg: SendLeg,
  takeToken: TakeToken,
  rate: Rate | null,
  onUnsent: (leg: Leg, outcome: Outcome) => void,
): SendLeg {
  if (rate === null) return sendLeg
  return async (leg, request) => {
    if (leg.country === null) return sendLeg(leg, request)
    const { isTaken } = await takeToken(`country ${leg.country}`, rate)
    if (isTaken) return sendLeg(leg, request)
    onUnsent(leg, UNSENT)
    return { kind: 'failed', outcome: UNSENT }
  }
}
