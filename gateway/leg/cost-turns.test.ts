import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Leg, RequestContext } from '../types/flow.ts'
import { createCostTurns } from './cost-turns.ts'
import type { Endable, LegClock } from './leg-clock.ts'

/** A quarter of it is what may be in progress. */
const PER_SECOND = 40
const MOST = 10

interface Asked {
  readonly name: string
  readonly country: string
  readonly request: RequestContext
  /** Ends the leg's time. */
  readonly expire: () => void
  state: 'waiting' | 'running' | 'expired' | 'done'
}

const legTo = (country: string | null): Leg => ({ country }) as Leg

function requestOf(caller: string | null, cost: number): RequestContext {
  return { caller: caller && { issuer: 'https://gt.example', subject: caller }, cost } as unknown as RequestContext
}

/** A clock that ends only when the test says so. */
function createClock() {
  let waiting: Endable | null = null
  const clock = {
    ending: null as LegClock['ending'],
    endsOnTime(next: Endable | null) {
      waiting = next
    },
  }
  const expire = (): void => {
    clock.ending = 'LEG_DEADLINE'
    waiting?.end()
  }
  return { clock: clock as unknown as LegClock, expire }
}

function open() {
  const turns = createCostTurns(PER_SECOND)
  const ask = (name: string, country: string, request: RequestContext): Asked => {
    const { clock, expire } = createClock()
    const asked: Asked = { name, country, request, expire, state: 'waiting' }
    const began = () => {
      asked.state = 'running'
    }
    const turn = turns.begin(legTo(country), request, clock)
    if (turn === undefined) began()
    else turn.then(began, () => (asked.state = 'expired'))
    return asked
  }
  const end = (asked: Asked): void => {
    turns.end(legTo(asked.country), asked.request)
    asked.state = 'done'
  }
  return { ask, end }
}

/** Lets all that was settled take effect. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const namesOf = (legs: readonly Asked[], state: Asked['state']): string =>
  legs
    .filter((leg) => leg.state === state)
    .map(({ name }) => name)
    .join(' ')

describe('the legs of one caller to one country', () => {
  it('begin at once while their requests cost little together, and the next wait in the order in which they came', async () => {
    const { ask, end } = open()
    const [a1, a2] = [ask('a1', 'HN', requestOf('a', 6)), ask('a2', 'HN', requestOf('a', 4))]
    const legs = [a1, a2, ask('a3', 'HN', requestOf('a', 5)), ask('a4', 'HN', requestOf('a', 1))]
    expect(namesOf(legs, 'running')).toBe('a1 a2')
    end(a2)
    await settled()
    // One that is cheap does not overtake, also if it comes now.
    legs.push(ask('a5', 'HN', requestOf('a', 1)))
    expect(namesOf(legs, 'running')).toBe('a1')
    end(a1)
    await settled()
    expect(namesOf(legs, 'running')).toBe('a3 a4 a5')
  })

  it('do not wait for a country that is silent, for another caller, or for somebody without a token', () => {
    const { ask } = open()
    ask('silent', 'HN', requestOf('a', 10))
    const others = [
      ask('of another country', 'GT', requestOf('a', 10)),
      ask('of another caller', 'HN', requestOf('b', 10)),
      ask('of nobody', 'HN', requestOf(null, 10)),
      ask('of nobody too', 'HN', requestOf(null, 10)),
    ]
    expect(others.map(({ state }) => state)).toEqual(['running', 'running', 'running', 'running'])
  })

  it('of one request count once, and go together with those of it that wait', async () => {
    const { ask, end } = open()
    const [first, second] = [requestOf('a', 8), requestOf('a', 8)]
    const a = ask('a', 'HN', first)
    const legs = [ask('a again', 'HN', first), ask('b', 'HN', second), ask('b again', 'HN', second)]
    expect(namesOf(legs, 'running')).toBe('a again')
    end(a)
    await settled()
    expect(namesOf(legs, 'waiting')).toBe('b b again')
    end(legs[0] as Asked)
    await settled()
    expect(namesOf(legs, 'running')).toBe('b b again')
    expect(ask('c', 'HN', requestOf('a', 2)).state).toBe('running')
  })

  it('end when their time is over while they wait, and leave their place to the next', async () => {
    const { ask, end } = open()
    const first = ask('first', 'HN', requestOf('a', 6))
    const dear = ask('dear', 'HN', requestOf('a', 9))
    const cheap = ask('cheap', 'HN', requestOf('a', 2))
    dear.expire()
    await settled()
    expect([dear.state, cheap.state]).toEqual(['expired', 'running'])
    end(first)
    await settled()
    expect(ask('late', 'HN', requestOf('a', 8)).state).toBe('running')
  })

  it('wait for nothing if the gateway has no rate of costs', () => {
    const turns = createCostTurns(null)
    const begin = () => turns.begin(legTo('HN'), requestOf('a', 1_000_000), createClock().clock)
    expect([begin(), begin()]).toEqual([undefined, undefined])
  })

  it('never cost more than the limit together unless one request is alone, and nobody waits beside room, whatever happens', async () => {
    const step = fc.record({
      what: fc.constantFrom('ask', 'ask', 'ask', 'end', 'expire'),
      caller: fc.constantFrom('a', 'b'),
      country: fc.constantFrom('GT', 'HN'),
      cost: fc.integer({ min: 0, max: 15 }),
      isSame: fc.boolean(),
      choice: fc.nat(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { ask, end } = open()
        const legs: Asked[] = []
        const settle = async (asked: Asked | undefined, action: (one: Asked) => void): Promise<void> => {
          if (asked !== undefined) action(asked)
          await settled()
        }
        for (const { what, caller, country, cost, isSame, choice } of steps) {
          const pick = (state: Asked['state']) => {
            const found = legs.filter((leg) => leg.state === state)
            return found[choice % Math.max(1, found.length)]
          }
          if (what === 'end') await settle(pick('running'), end)
          else if (what === 'expire') await settle(pick('waiting'), ({ expire }) => expire())
          else {
            const last = legs.findLast(({ request }) => request.caller?.subject === caller)
            const request = isSame && last ? last.request : requestOf(caller, cost)
            legs.push(ask(String(legs.length), country, request))
          }
          checkTurns(legs)
        }
        for (let left = legs.filter(({ state }) => state === 'running'); left.length > 0; ) {
          for (const leg of left) end(leg)
          await settled()
          left = legs.filter(({ state }) => state === 'running')
        }
        expect(namesOf(legs, 'waiting')).toBe('')
      }),
      { numRuns: 100 },
    )
  })
})

/** What must hold at any time, worked out from the states alone. */
function checkTurns(legs: readonly Asked[]): void {
  const lanes = Map.groupBy(legs, ({ country, request }) => `${country} ${request.caller?.subject}`)
  for (const lane of lanes.values()) {
    const running = new Set(lane.filter(({ state }) => state === 'running').map(({ request }) => request))
    const sum = [...running].reduce((total, { cost = 0 }) => total + cost, 0)
    expect(running.size <= 1 || sum <= MOST).toBe(true)
    const waiting = lane.filter(({ state }) => state === 'waiting')
    for (const { request } of waiting) expect(running.has(request)).toBe(false)
    const [next] = waiting
    if (next) expect(running.size > 0 && sum + (next.request.cost ?? 0) > MOST).toBe(true)
  }
}
