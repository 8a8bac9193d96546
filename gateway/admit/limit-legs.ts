import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, LegAnswer, RequestContext, SendLeg } from '../types/flow.ts'
import { callerKey } from './admission.ts'
import type { Rate, TakeToken } from './rate.ts'

/** What {@link limitLegs} works with. */
export interface LegLimits {
  readonly takeToken: TakeToken
  /** How often the gateway may send legs to one country, for all callers together; null: as they come. */
  readonly countryRate: Rate | null
  /** How much of `countryRate` one caller may use, in percent. All callers without a token are one caller. */
  readonly countrySharePercent: number
  /** How many legs one request may send to one country. */
  readonly maxCountryLegs: number
  /** Called for each leg that is not sent. */
  readonly onUnsent: (leg: Leg, outcome: Outcome) => void
}

const UNSENT: Outcome = { reach: 'UNAVAILABLE', code: 'COUNTRY_RATE_LIMITED' }

/**
 * Limits the legs to each country: of one request, of one caller and of all callers. It does not send a leg above a limit: its country
 * is UNAVAILABLE with COUNTRY_RATE_LIMITED, so the answer lacks only that country's part. One caller cannot use up what the country
 * answers to all.
 */
export function limitLegs(sendLeg: SendLeg, limits: LegLimits): SendLeg {
  const sentByRequest = new WeakMap<RequestContext, Map<string, number>>()
  const countLeg = (country: string, request: RequestContext): number => {
    let sent = sentByRequest.get(request)
    if (sent === undefined) {
      sent = new Map()
      sentByRequest.set(request, sent)
    }
    const count = (sent.get(country) ?? 0) + 1
    sent.set(country, count)
    return count
  }
  const reject = (leg: Leg): LegAnswer => {
    limits.onUnsent(leg, UNSENT)
    return { kind: 'failed', outcome: UNSENT }
  }
  return (leg, request) => {
    const { country } = leg
    if (country === null) return sendLeg(leg, request)
    if (countLeg(country, request) > limits.maxCountryLegs) return Promise.resolve(reject(leg))
    if (limits.countryRate === null) return sendLeg(leg, request)
    return takeTokens(country, request, limits).then((isTaken) => (isTaken ? sendLeg(leg, request) : reject(leg)))
  }
}

/** Takes a token of the caller's share, and then one of the country. A caller whose share is used up takes nothing from the others. */
async function takeTokens(country: string, { caller }: RequestContext, limits: LegLimits): Promise<boolean> {
  const { takeToken, countryRate, countrySharePercent } = limits
  if (countryRate === null) return true
  if (countrySharePercent < 100) {
    const key = `country ${country} ${caller === null ? 'anonymous' : callerKey(caller)}`
    const { isTaken } = await takeToken(key, shareOf(countryRate, countrySharePercent))
    if (!isTaken) return false
  }
  return (await takeToken(`country ${country}`, countryRate)).isTaken
}

function shareOf({ perSecond, burst }: Rate, percent: number): Rate {
  return { perSecond: (perSecond * percent) / 100, burst: Math.max(1, Math.floor((burst * percent) / 100)) }
}
