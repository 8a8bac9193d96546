import { getOrAdd } from '../../contract/get-or-add.ts'
import type { Leg, RequestContext } from '../types/flow.ts'
import type { LegClock } from './leg-clock.ts'
import { LegEnded } from './leg-failures.ts'

/** For what part of a second's cost the legs of one caller to one country may be in progress at once. */
const IN_PROGRESS_SHARE = 1 / 4

/** Lets legs begin when it is their caller's turn at their country. */
export type CostTurns = ReturnType<typeof createCostTurns>

interface Waiting {
  readonly request: RequestContext
  readonly begin: () => void
}

/** The legs of one caller to one country. */
class Lane {
  readonly #most: number
  /** What the requests in `#legs` cost the country together. */
  #cost = 0
  /** How many legs of each request are in progress. */
  readonly #legs = new Map<RequestContext, number>()
  /** Legs that wait, the oldest first. */
  readonly #waiting = new Set<Waiting>()

  constructor(most: number) {
    this.#most = most
  }

  get isEmpty(): boolean {
    return this.#legs.size === 0
  }

  begin(request: RequestContext, clock: LegClock): Promise<void> | undefined {
    const mustWait = this.#waiting.size > 0 && !this.#legs.has(request)
    if (mustWait || !this.#hasRoom(request)) return this.#wait(request, clock)
    this.#note(request)
    return undefined
  }

  end(request: RequestContext): void {
    const legs = (this.#legs.get(request) ?? 1) - 1
    if (legs > 0) {
      this.#legs.set(request, legs)
      return
    }
    this.#legs.delete(request)
    this.#cost -= request.cost ?? 0
    this.#beginWaiting()
  }

  #hasRoom(request: RequestContext): boolean {
    return this.isEmpty || this.#legs.has(request) || this.#cost + (request.cost ?? 0) <= this.#most
  }

  #note(request: RequestContext): void {
    const legs = this.#legs.get(request) ?? 0
    if (legs === 0) this.#cost += request.cost ?? 0
    this.#legs.set(request, legs + 1)
  }

  #wait(request: RequestContext, clock: LegClock): Promise<void> {
    if (clock.ending !== null) return Promise.reject(new LegEnded())
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        this.#waiting.delete(waiting)
        clock.endsOnTime(null)
        this.#note(request)
        resolve()
      }
      const end = (): void => {
        this.#waiting.delete(waiting)
        reject(new LegEnded())
        this.#beginWaiting()
      }
      const waiting: Waiting = { request, begin }
      this.#waiting.add(waiting)
      clock.endsOnTime({ end })
    })
  }

  #beginWaiting(): void {
    // A leg passes others only if its request is in progress already.
    let isFirst = true
    for (const next of this.#waiting) {
      if (this.#legs.has(next.request) || (isFirst && this.#hasRoom(next.request))) next.begin()
      else isFirst = false
    }
  }
}

/**
 * Lets the requests of one caller cost a country only so much at once, so that somebody who asks much does not fill a node, and one country that is silent
 * keeps no other waiting. A request counts with its whole cost while a leg of it is in progress. One may always run, whatever it costs. Callers without a
 * token are many, and do not wait for one another.
 * @param perSecond what a caller's operations may cost each country a second (`--cost-rate`); null: no leg waits.
 */
export function createCostTurns(perSecond: number | null) {
  const lanes = new Map<string, Lane>()
  return {
    /**
     * Begins a leg, at once or when it is its turn. Each leg that has begun must end.
     * @returns undefined if the leg has begun. The promise rejects with {LegEnded} if the clock ends before the leg's turn; the leg then has not begun.
     */
    begin(leg: Leg, request: RequestContext, clock: LegClock) {
      const key = perSecond === null ? null : laneOf(leg, request)
      if (perSecond === null || key === null) return undefined
      return getOrAdd(lanes, key, () => new Lane(perSecond * IN_PROGRESS_SHARE)).begin(request, clock)
    },
    end(leg: Leg, request: RequestContext) {
      const key = laneOf(leg, request) ?? ''
      const lane = lanes.get(key)
      lane?.end(request)
      if (lane?.isEmpty) lanes.delete(key)
    },
  }
}

/** Returns the caller and the country of a leg as a key; null if the leg never waits. */
function laneOf({ country }: Leg, { caller, cost }: RequestContext): string | null {
  return caller === null || country === null || cost === undefined
    ? null
    : `${country} ${caller.issuer} ${caller.subject}`
}
