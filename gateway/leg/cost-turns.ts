import { getOrAdd } from '../../contract/get-or-add.ts'
import type { Leg, RequestContext } from '../types/flow.ts'
import { type LegClock, LegEnded } from './leg-clock.ts'

/** For what part of a second's cost the legs of one caller to one country may be in progress at once. */
const IN_PROGRESS_SHARE = 1 / 4

/** Lets legs begin when it is their caller's turn at their country. */
export interface CostTurns {
  /**
   * Begins a leg, at once or when it is its turn. Each leg that has begun must end.
   * @returns undefined if the leg has begun. The promise rejects with {LegEnded} if the clock ends before the leg's turn; the leg then has not begun.
   */
  begin(leg: Leg, request: RequestContext, clock: LegClock): Promise<void> | undefined
  end(leg: Leg, request: RequestContext): void
}

/** The legs of one caller to one country. */
interface Lane {
  /** What the requests in `legs` cost the country together. */
  cost: number
  /** How many legs of each request are in progress. */
  readonly legs: Map<RequestContext, number>
  /** Legs that wait, the oldest first. */
  readonly waiting: Set<Waiting>
}

interface Waiting {
  readonly request: RequestContext
  readonly begin: () => void
}

/**
 * Lets the requests of one caller cost a country only so much at once, so that somebody who asks much does not fill a node, and one country that is silent
 * keeps no other waiting. A request counts with its whole cost while a leg of it is in progress. One may always run, whatever it costs. Callers without a
 * token are many, and do not wait for one another.
 * @param perSecond what a caller's operations may cost each country a second (`--cost-rate`); null: no leg waits.
 */
export function createCostTurns(perSecond: number | null): CostTurns {
  const most = (perSecond ?? 0) * IN_PROGRESS_SHARE
  const lanes = new Map<string, Lane>()
  const mayBegin = (lane: Lane, request: RequestContext): boolean =>
    lane.legs.size === 0 || lane.legs.has(request) || lane.cost + (request.cost ?? 0) <= most
  const begin = (lane: Lane, request: RequestContext): void => {
    const legs = lane.legs.get(request) ?? 0
    if (legs === 0) lane.cost += request.cost ?? 0
    lane.legs.set(request, legs + 1)
  }
  const beginWaiting = (lane: Lane): void => {
    // A leg passes others only if its request is in progress already.
    let isFirst = true
    for (const next of lane.waiting) {
      if (lane.legs.has(next.request) || (isFirst && mayBegin(lane, next.request))) next.begin()
      else isFirst = false
    }
  }
  const wait = (lane: Lane, request: RequestContext, clock: LegClock): Promise<void> => {
    if (clock.ending !== null) return Promise.reject(new LegEnded())
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting: Waiting = {
      request,
      begin() {
        lane.waiting.delete(waiting)
        clock.endsOnTime(null)
        begin(lane, request)
        resolve()
      },
    }
    lane.waiting.add(waiting)
    clock.endsOnTime({
      end() {
        lane.waiting.delete(waiting)
        reject(new LegEnded())
        beginWaiting(lane)
      },
    })
    return promise
  }
  return {
    begin(leg, request, clock) {
      const key = perSecond === null ? null : laneOf(leg, request)
      if (key === null) return undefined
      const lane = getOrAdd(lanes, key, () => ({ cost: 0, legs: new Map(), waiting: new Set<Waiting>() }))
      const mustWait = lane.waiting.size > 0 && !lane.legs.has(request)
      if (mustWait || !mayBegin(lane, request)) return wait(lane, request, clock)
      begin(lane, request)
      return undefined
    },
    end(leg, request) {
      const key = laneOf(leg, request) ?? ''
      const lane = lanes.get(key)
      const legs = lane?.legs.get(request)
      if (lane === undefined || legs === undefined) return
      if (legs > 1) {
        lane.legs.set(request, legs - 1)
        return
      }
      lane.legs.delete(request)
      lane.cost -= request.cost ?? 0
      beginWaiting(lane)
      if (lane.legs.size === 0) lanes.delete(key)
    },
  }
}

/** Returns the caller and the country of a leg as a key; null if the leg never waits. */
function laneOf({ country }: Leg, { caller, cost }: RequestContext): string | null {
  return caller === null || country === null || cost === undefined
    ? null
    : `${country} ${caller.issuer} ${caller.subject}`
}
