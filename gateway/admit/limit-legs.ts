import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, SendLeg } from '../types/flow.ts'
import type { Rate, TakeToken } from './rate.ts'

const UNSENT: Outcome = { reach: 'UNAVAILABLE', code: 'COUNTRY_RATE_LIMITED' }

/**
 * Sends legs to a country no faster than `rate`, whoever asks; null: as they come. A leg too many is not sent, and its country
 * is UNAVAILABLE with COUNTRY_RATE_LIMITED: one caller's haste takes the country's part of an answer, not the answer.
 * @param onUnsent told of each leg that is not sent.
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
