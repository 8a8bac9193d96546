import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, LegAnswer, RequestContext, SendLeg } from '../types/flow.ts'
import { callerKey } from './admission.ts'
import type { Rate, Taken, TakeToken } from './rate.ts'

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
  const reject = (leg: Leg): LegAnswer => {
    limits.onUnsent(leg, UNSENT)
    return { kind: 'failed', outcome: UNSENT }
  }
  const { countryRate } = limits
  const rates = countryRate && { ofCountry: countryRate, ofCaller: shareOf(countryRate, limits.countrySharePercent) }
  return (leg, request) => {
    const { country } = leg
    if (country === null) return sendLeg(leg, request)
    if (countLeg(country, request) > limits.maxCountryLegs) return Promise.resolve(reject(leg))
    if (rates === null) return sendLeg(leg, request)
    const taken = takeTokens(country, rates, request, limits.takeToken)
    const go = (isTaken: boolean) => (isTaken ? sendLeg(leg, request) : Promise.resolve(reject(leg)))
    return taken instanceof Promise ? taken.then(go) : go(taken)
  }
}

/** Counts a leg of a request to a country. */
function countLeg(country: string, request: RequestContext): number {
  request.legCounts ??= new Map()
  const count = (request.legCounts.get(country) ?? 0) + 1
  request.legCounts.set(country, count)
  return count
}

/** Takes a token of the caller's share, and then one of the country. A caller whose share is used up takes nothing from the others. */
function takeTokens(
  country: string,
  { ofCountry, ofCaller }: { readonly ofCountry: Rate; readonly ofCaller: Rate | null },
  { caller }: RequestContext,
  takeToken: TakeToken,
): boolean | Promise<boolean> {
  const takeOfCountry = (): boolean | Promise<boolean> => andThen(takeToken(`country ${country}`, ofCountry), isTaken)
  if (ofCaller === null) return takeOfCountry()
  const key = `country ${country} ${caller === null ? 'anonymous' : callerKey(caller)}`
  return andThen(takeToken(key, ofCaller), (taken) => taken.isTaken && takeOfCountry())
}

/** Goes on with a value, at once if it is there. */
function andThen<Value, Next>(
  value: Value | Promise<Value>,
  next: (value: Value) => Next | Promise<Next>,
): Next | Promise<Next> {
  return value instanceof Promise ? value.then(next) : next(value)
}

function isTaken(taken: Taken): boolean {
  return taken.isTaken
}

/** Returns the part of a rate that one caller may use; null if one caller may use all of it. */
function shareOf({ perSecond, burst }: Rate, percent: number): Rate | null {
  if (percent >= 100) return null
  return { perSecond: (perSecond * percent) / 100, burst: Math.max(1, Math.floor((burst * percent) / 100)) }
}
