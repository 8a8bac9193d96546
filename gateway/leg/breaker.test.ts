import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult, isBrokenCircuitError } from 'cockatiel'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Outcome } from '../../contract/outcome.ts'
import type { LegAnswer } from '../types/flow.ts'
import {
  BREAKER_COOLDOWN_MS,
  BREAKER_FAILURES,
  type BreakerKey,
  COUNTED_OF_ONE,
  createBreakers,
  type LegCaller,
  resultOf,
} from './breaker.ts'

/** What came of a leg that was sent. */
interface Attempt {
  readonly answer: LegAnswer
  readonly isNeutral: boolean
}

const HN: BreakerKey = { country: 'HN', domain: 'cases', endpoint: { url: 'http://127.0.0.1:1/' } }
const answered: Attempt = { answer: { kind: 'answered', data: {}, errors: [] }, isNeutral: false }
const failed = (reach: Outcome['reach'], code: Outcome['code'], isNeutral = false): Attempt => ({
  answer: { kind: 'failed', outcome: { reach, code } },
  isNeutral,
})
const down = failed('UNAVAILABLE', 'CONNECTION')
const late = failed('TIMED_OUT', 'LEG_DEADLINE')
const ANA: LegCaller = { issuer: 'https://id.gt.example', subject: 'ana' }
const BEN: LegCaller = { ...ANA, subject: 'ben' }
const CARLA: LegCaller = { ...ANA, subject: 'carla' }
const leftAlone: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BREAKER_OPEN' } }

// The breaker and the library read the clock by `Date`.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

/** Breakers, with a count of their attempts and a list of their changes. */
function open() {
  const changes: string[] = []
  const breakers = createBreakers((_, state) => void changes.push(state))
  let attempts = 0
  const send = async (attempt: Attempt | Promise<Attempt>, key = HN, caller: LegCaller = null): Promise<LegAnswer> => {
    const breaker = breakers.breakerOf(key)
    const phase = breaker.enter(caller)
    if (phase === null) return leftAlone
    attempts += 1
    const { answer, isNeutral } = await attempt
    breaker.leave(phase, isNeutral ? 'neutral' : resultOf(answer), caller)
    return answer
  }
  const fail = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) await send(i % 2 === 0 ? down : late)
  }
  const sendFor = (caller: LegCaller, attempt: Attempt | Promise<Attempt>): Promise<LegAnswer> =>
    send(attempt, HN, caller)
  return { ...breakers, send, sendFor, fail, changes, attempts: () => attempts }
}

describe('a circuit breaker', () => {
  it('opens for an endpoint after failures in a row, and for no other', async () => {
    const breakers = open()
    await breakers.fail(BREAKER_FAILURES)
    expect(breakers.stateOf(HN)).toBe('open')
    expect(await breakers.send(answered)).toEqual(leftAlone)
    expect(breakers.attempts()).toBe(BREAKER_FAILURES)
    for (const other of [{ country: 'GT' }, { domain: 'legal' }, { endpoint: { url: 'http://127.0.0.1:2/' } }]) {
      expect(breakers.stateOf({ ...HN, ...other })).toBe('closed')
      expect(await breakers.send(answered, { ...HN, ...other })).toBe(answered.answer)
    }
  })

  it.each([
    ['an answer', answered],
    ['a denial', failed('DENIED', 'REFUSED_BY_NODE')],
    ['a bad answer', failed('UNAVAILABLE', 'BAD_ANSWER')],
  ])('counts from zero after %s', async (_, attempt) => {
    const breakers = open()
    await breakers.fail(BREAKER_FAILURES - 1)
    await breakers.send(attempt)
    await breakers.fail(BREAKER_FAILURES - 1)
    expect(breakers.stateOf(HN)).toBe('closed')
    await breakers.fail(1)
    expect(breakers.stateOf(HN)).toBe('open')
  })

  it('does not count a leg that the caller ended, and returns its answer', async () => {
    const breakers = open()
    const mute = failed('UNAVAILABLE', 'CONNECTION', true)
    await breakers.fail(BREAKER_FAILURES - 1)
    for (let i = 0; i < BREAKER_FAILURES; i += 1) expect(await breakers.send(mute)).toBe(mute.answer)
    expect(breakers.stateOf(HN)).toBe('closed')
    await breakers.fail(1)
    expect(breakers.stateOf(HN)).toBe('open')
  })

  it('lets one leg try after the cooldown, fails the others without a wait, and closes with the answer', async () => {
    const breakers = open()
    await breakers.fail(BREAKER_FAILURES)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    const trial = Promise.withResolvers<Attempt>()
    const first = breakers.send(trial.promise)
    expect(breakers.stateOf(HN)).toBe('half-open')
    expect(await breakers.send(answered)).toEqual(leftAlone)
    trial.resolve(answered)
    expect(await first).toBe(answered.answer)
    expect(await breakers.send(answered)).toBe(answered.answer)
    expect(breakers.changes).toEqual(['open', 'half-open', 'closed'])
  })

  it('stays open for another cooldown when the trial fails', async () => {
    const breakers = open()
    await breakers.fail(BREAKER_FAILURES)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    expect(await breakers.send(down)).toBe(down.answer)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS - 1)
    expect(await breakers.send(answered)).toEqual(leftAlone)
    vi.advanceTimersByTime(1)
    expect(await breakers.send(answered)).toBe(answered.answer)
  })
})

describe('a circuit breaker whose legs of one caller are late', () => {
  /** A breaker after as many late legs of one caller as open it. */
  async function openFor(caller: LegCaller) {
    const breakers = open()
    for (let i = 0; i < BREAKER_FAILURES; i += 1) await breakers.sendFor(caller, late)
    return breakers
  }

  it('keeps out this caller, and nobody else', async () => {
    const breakers = await openFor(ANA)
    expect(await breakers.sendFor(ANA, answered)).toEqual(leftAlone)
    for (const other of [BEN, null, { ...ANA, issuer: 'https://id.hn.example' }]) {
      expect(await breakers.sendFor(other, answered)).toBe(answered.answer)
    }
    expect(await breakers.sendFor(ANA, answered)).toEqual(leftAlone)
    expect(breakers.stateOf(HN)).toBe('closed')
    expect(breakers.changes).toEqual([])
  })

  it('lets this caller try after the cooldown, one leg at a time', async () => {
    const breakers = await openFor(ANA)
    for (const attempt of [late, answered]) {
      vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
      const trial = Promise.withResolvers<Attempt>()
      const first = breakers.sendFor(ANA, trial.promise)
      expect(await breakers.sendFor(ANA, answered)).toEqual(leftAlone)
      expect(await breakers.sendFor(BEN, answered)).toBe(answered.answer)
      trial.resolve(attempt)
      expect(await first).toBe(attempt.answer)
    }
    expect(await breakers.sendFor(ANA, answered)).toBe(answered.answer)
    expect(breakers.changes).toEqual([])
  })

  it.each<[string, LegCaller, Attempt]>([
    ['late legs of two others', CARLA, late],
    ['a late leg without a caller', null, late],
    ['a leg of a third caller without a connection', CARLA, down],
  ])('opens for all with %s', async (_, caller, attempt) => {
    const breakers = await openFor(ANA)
    for (const each of [BEN, BEN]) await breakers.sendFor(each, late)
    expect(breakers.stateOf(HN)).toBe('closed')
    await breakers.sendFor(caller, attempt)
    expect(breakers.stateOf(HN)).toBe('open')
    for (const each of [ANA, BEN, null]) expect(await breakers.sendFor(each, answered)).toEqual(leftAlone)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    expect(await breakers.sendFor(BEN, late)).toBe(late.answer)
    expect(await breakers.sendFor(null, answered)).toEqual(leftAlone)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    expect(await breakers.sendFor(BEN, answered)).toBe(answered.answer)
    expect(await breakers.sendFor(ANA, answered)).toBe(answered.answer)
    expect(breakers.changes).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
  })

  it('stays closed for others if the trial of this caller finds no connection', async () => {
    const breakers = await openFor(ANA)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    await breakers.sendFor(ANA, down)
    expect(await breakers.sendFor(ANA, answered)).toEqual(leftAlone)
    expect(await breakers.sendFor(BEN, answered)).toBe(answered.answer)
  })

  it('keeps out each of two callers whose legs are late, and nobody else', async () => {
    const breakers = await openFor(ANA)
    for (let i = 0; i < BREAKER_FAILURES; i += 1) await breakers.sendFor(BEN, late)
    for (const each of [ANA, BEN]) expect(await breakers.sendFor(each, answered)).toEqual(leftAlone)
    expect(await breakers.sendFor(null, answered)).toBe(answered.answer)
  })
})

describe('a circuit breaker to which legs fail', () => {
  const failure = fc.constantFrom(late, down)
  const mute = failed('UNAVAILABLE', 'CONNECTION', true)

  it('is closed to others, whatever the legs of one caller find, how often, and after which waits', async () => {
    const step = fc.record({
      attempt: fc.oneof({ weight: 5, arbitrary: failure }, fc.constantFrom(mute, answered)),
      waitMs: fc.constantFrom(0, 0, 0, 1, BREAKER_COOLDOWN_MS),
      /** Legs of the others that are late because this caller keeps the country busy. */
      ofOther: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const breakers = open()
        let lateOfOther = 0
        for (const { attempt, waitMs, ofOther } of steps) {
          await breakers.sendFor(ANA, attempt)
          if (ofOther && lateOfOther < COUNTED_OF_ONE) {
            lateOfOther += 1
            expect(await breakers.sendFor(BEN, late)).toBe(late.answer)
          }
          vi.advanceTimersByTime(waitMs)
          expect(breakers.stateOf(HN)).toBe('closed')
          expect(breakers.breakerOf(HN).enter(CARLA)).toBe(0)
        }
        expect(await breakers.sendFor(BEN, answered)).toBe(answered.answer)
        expect(breakers.changes).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('opens for all as soon as failures in a row of different callers are enough, of which one counts twice', async () => {
    const callers = fc.constantFrom<LegCaller>(ANA, BEN, CARLA, null)
    const leg = fc.tuple(callers, fc.oneof({ weight: 6, arbitrary: failure }, fc.constant(answered)))
    await fc.assert(
      fc.asyncProperty(fc.array(leg, { maxLength: 30 }), async (legs) => {
        const breakers = open()
        let row: LegCaller[] = []
        for (const [caller, attempt] of legs) {
          const answer = await breakers.sendFor(caller, attempt)
          if (answer === leftAlone || answer !== attempt.answer) continue
          row = attempt === answered ? [] : [...row, caller]
          const counted = [ANA, BEN, CARLA].map((one) => row.filter((each) => each === one).length)
          const nobody = row.filter((each) => each === null).length
          const all = counted.reduce((sum, count) => sum + Math.min(count, COUNTED_OF_ONE), nobody)
          expect(breakers.stateOf(HN)).toBe(all >= BREAKER_FAILURES ? 'open' : 'closed')
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('a circuit breaker that is open for all', () => {
  /** A breaker that was opened by failures without a caller, after its cooldown. */
  async function openForAll() {
    const breakers = open()
    await breakers.fail(BREAKER_FAILURES)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    return breakers
  }

  /** Begins a leg. Returns what ends it. */
  const begin = ({ sendFor }: ReturnType<typeof open>, caller: LegCaller) => {
    const { promise, resolve } = Promise.withResolvers<Attempt>()
    const leg = sendFor(caller, promise)
    return async (attempt: Attempt): Promise<LegAnswer> => {
      resolve(attempt)
      return leg
    }
  }

  it('lets somebody else try while a caller tries whose last trial was late', async () => {
    const breakers = await openForAll()
    await breakers.sendFor(ANA, late)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    const endAna = begin(breakers, ANA)
    expect(await breakers.sendFor(ANA, answered)).toEqual(leftAlone)
    const endBen = begin(breakers, BEN)
    expect(await breakers.sendFor(CARLA, answered)).toEqual(leftAlone)
    await endBen(answered)
    expect(breakers.stateOf(HN)).toBe('closed')
    await endAna(late)
    expect(breakers.stateOf(HN)).toBe('closed')
    expect(breakers.changes).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
  })

  it('does not wait longer for the others because a late trial of such a caller ends', async () => {
    const breakers = await openForAll()
    await breakers.sendFor(ANA, late)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    expect(await breakers.sendFor(ANA, late)).toBe(late.answer)
    expect(await breakers.sendFor(ANA, answered)).toEqual(leftAlone)
    expect(breakers.stateOf(HN)).toBe('open')
    expect(await breakers.sendFor(BEN, answered)).toBe(answered.answer)
    expect(breakers.stateOf(HN)).toBe('closed')
  })

  it('does not wait longer for the others because such a caller finds no connection', async () => {
    const breakers = await openForAll()
    await breakers.sendFor(ANA, late)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    await breakers.sendFor(ANA, down)
    expect(await breakers.sendFor(BEN, answered)).toBe(answered.answer)
  })

  it('closes when such a caller is answered, and has forgotten who was late when it opens again', async () => {
    const breakers = await openForAll()
    for (const attempt of [late, answered]) {
      await breakers.sendFor(ANA, attempt)
      vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    }
    expect(breakers.stateOf(HN)).toBe('closed')
    await breakers.fail(BREAKER_FAILURES)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    const endAna = begin(breakers, ANA)
    expect(await breakers.sendFor(BEN, answered)).toEqual(leftAlone)
    await endAna(answered)
  })

  it('knows the caller for whom it was open before', async () => {
    const breakers = open()
    for (let i = 0; i < BREAKER_FAILURES; i += 1) await breakers.sendFor(ANA, late)
    for (const each of [BEN, BEN, CARLA]) await breakers.sendFor(each, late)
    expect(breakers.stateOf(HN)).toBe('open')
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    const endAna = begin(breakers, ANA)
    expect(await breakers.sendFor(BEN, answered)).toBe(answered.answer)
    await endAna(late)
    expect(breakers.stateOf(HN)).toBe('closed')
  })
})

describe('a trial that says nothing about the endpoint', () => {
  const mute = failed('UNAVAILABLE', 'CONNECTION', true)

  it('leaves a breaker open that is open for all, and lets the next leg try at once', async () => {
    const breakers = open()
    await breakers.fail(BREAKER_FAILURES)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    expect(await breakers.sendFor(ANA, mute)).toBe(mute.answer)
    expect(breakers.stateOf(HN)).toBe('open')
    const trial = Promise.withResolvers<Attempt>()
    const next = breakers.sendFor(BEN, trial.promise)
    expect(await breakers.sendFor(null, answered)).toEqual(leftAlone)
    trial.resolve(down)
    await next
    expect(breakers.changes).toEqual(['open', 'half-open', 'open', 'half-open', 'open'])
  })

  it('does not let a caller who hangs up again and again keep the others from trying', async () => {
    const breakers = open()
    await breakers.fail(BREAKER_FAILURES)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    await breakers.sendFor(ANA, mute)
    const hangup = Promise.withResolvers<Attempt>()
    const waiting = breakers.sendFor(ANA, hangup.promise)
    expect(await breakers.sendFor(BEN, answered)).toBe(answered.answer)
    expect(breakers.stateOf(HN)).toBe('closed')
    hangup.resolve(mute)
    await waiting
    expect(breakers.stateOf(HN)).toBe('closed')
  })

  it('leaves out the caller whom a breaker keeps out, until a trial of theirs is answered', async () => {
    const breakers = open()
    for (let i = 0; i < BREAKER_FAILURES; i += 1) await breakers.sendFor(ANA, late)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    await breakers.sendFor(ANA, mute)
    await breakers.sendFor(ANA, late)
    expect(await breakers.sendFor(ANA, answered)).toEqual(leftAlone)
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    expect(await breakers.sendFor(ANA, answered)).toBe(answered.answer)
    expect(await breakers.sendFor(ANA, answered)).toBe(answered.answer)
  })

  it('is not counted among the failures of a caller', async () => {
    const breakers = open()
    await breakers.fail(BREAKER_FAILURES)
    for (let i = 0; i < BREAKER_FAILURES; i += 1) {
      vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
      await breakers.sendFor(ANA, mute)
    }
    await breakers.sendFor(BEN, answered)
    expect(breakers.stateOf(HN)).toBe('closed')
    await breakers.fail(BREAKER_FAILURES - 1)
    expect(breakers.stateOf(HN)).toBe('closed')
  })
})

describe('callers whose every question is late', () => {
  const DEADLINE_MS = 5_000
  const TICK_MS = 250
  const GT = { issuer: 'https://id.gt.example' }
  const heavy: readonly LegCaller[] = [null, ...['h1', 'h2', 'h3'].map((subject) => ({ ...GT, subject }))]
  /** After so long, each of them has tried once, and nobody else has to wait for them any more. */
  const HELD_UP_MS = heavy.length * (DEADLINE_MS + BREAKER_COOLDOWN_MS + 2 * TICK_MS)

  it('hold up somebody else once each, however often they ask, and no more than two of their legs wait', () => {
    const firstAt = fc.array(fc.nat({ max: heavy.length - 1 }), { minLength: 1, maxLength: 12 })
    const ticks = fc.integer({ min: HELD_UP_MS / TICK_MS, max: (2 * HELD_UP_MS) / TICK_MS })
    fc.assert(
      fc.property(firstAt, ticks, (first, lastTick) => {
        const breakers = createBreakers(() => undefined)
        const breaker = breakers.breakerOf(HN)
        for (let i = 0; i < BREAKER_FAILURES; i += 1) breaker.leave(0, 'failure', null)
        let running: { readonly phase: number; readonly caller: LegCaller; readonly endsAtMs: number }[] = []
        for (let tick = 0; tick < lastTick; tick += 1) {
          vi.advanceTimersByTime(TICK_MS)
          for (const { phase, caller } of running.filter(({ endsAtMs }) => endsAtMs <= Date.now()))
            breaker.leave(phase, 'failure', caller)
          running = running.filter(({ endsAtMs }) => endsAtMs > Date.now())
          const from = first[tick % first.length] ?? 0
          for (const caller of [...heavy.slice(from), ...heavy.slice(0, from)]) {
            const phase = breaker.enter(caller)
            if (phase !== null) running.push({ phase, caller, endsAtMs: Date.now() + DEADLINE_MS })
          }
          expect(running.length).toBeLessThanOrEqual(2)
        }
        const phase = breaker.enter(BEN)
        expect(phase).not.toBeNull()
        breaker.leave(phase ?? 0, 'success', BEN)
        expect(breakers.stateOf(HN)).toBe('closed')
      }),
    )
  })
})

/** The breaker as cockatiel makes it: the oracle. */
function openOracle() {
  const changes: string[] = []
  const policy = circuitBreaker(
    handleWhenResult((answer) => answer === 'failure'),
    { breaker: new ConsecutiveBreaker(BREAKER_FAILURES), halfOpenAfter: BREAKER_COOLDOWN_MS },
  )
  const states = { [CircuitState.Closed]: 'closed', [CircuitState.Open]: 'open', [CircuitState.HalfOpen]: 'half-open' }
  const nameOf = (state: CircuitState): string => states[state as keyof typeof states]
  policy.onStateChange((state) => void changes.push(nameOf(state)))
  const send = async (result: Promise<string>): Promise<string> => {
    if (policy.state === CircuitState.HalfOpen) return 'not sent'
    try {
      return await policy.execute(async () => {
        const ended = await result
        if (ended === 'neutral') throw new Error(ended)
        return ended
      })
    } catch (error) {
      return isBrokenCircuitError(error) ? 'not sent' : 'neutral'
    }
  }
  return { send, changes, state: () => nameOf(policy.state) }
}

/** Waits until each promise job has run that is ready. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a circuit breaker behaves as the one of cockatiel, but for neutral trials', () => {
  const ATTEMPTS = { success: answered, failure: down, neutral: failed('UNAVAILABLE', 'CONNECTION', true) }
  const begin = fc.record({ does: fc.constant('begin' as const), many: fc.integer({ min: 1, max: 6 }) })
  const end = fc.record({
    does: fc.constant('end' as const),
    which: fc.nat(),
    many: fc.integer({ min: 1, max: 6 }),
    result: fc.oneof({ weight: 4, arbitrary: fc.constant('failure') }, fc.constantFrom('success', 'neutral')),
  })
  const wait = fc.record({ does: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, 999, 1_000, 2_000) })

  it('when the trial of an earlier cooldown ends during the trial of a later one', async () => {
    const breakers = open()
    const oracle = openOracle()
    const begin = () => {
      const { promise, resolve } = Promise.withResolvers<'success' | 'failure'>()
      void breakers.send(promise.then((result) => ATTEMPTS[result]))
      void oracle.send(promise)
      return async (result: 'success' | 'failure'): Promise<void> => {
        resolve(result)
        await settle()
      }
    }
    const legs = Array.from({ length: BREAKER_FAILURES + 1 }, begin)
    for (const end of legs.slice(0, BREAKER_FAILURES)) await end('failure')
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    const earlier = begin()
    // A leg from before the breaker opened ends the trial of another one.
    await legs.at(-1)?.('failure')
    vi.advanceTimersByTime(BREAKER_COOLDOWN_MS)
    const later = begin()
    await earlier('success')
    expect([breakers.stateOf(HN), oracle.state()]).toEqual(['half-open', 'half-open'])
    await later('success')
    expect(breakers.changes).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
    expect(breakers.changes).toEqual(oracle.changes)
  })

  it.each<[string, LegCaller, Attempt]>([
    ['of legs without a caller', null, down],
    ['of late legs of the only caller', ANA, late],
  ])('in each order of beginnings, ends and waits %s', async (_, caller, failure) => {
    const attempts: Readonly<Record<string, Attempt>> = { ...ATTEMPTS, failure }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(begin, end, wait), { maxLength: 25 }), async (steps) => {
        const breakers = open()
        const oracle = openOracle()
        const running: { readonly end: (result: string) => void; readonly isTrial: boolean }[] = []
        const answers: [string, string][] = []
        const start = (): void => {
          const { promise, resolve } = Promise.withResolvers<string>()
          const wasOpen = oracle.state() === 'open'
          const pair: [string, string] = ['', '']
          answers.push(pair)
          const attempt = promise.then((result) => attempts[result] ?? answered)
          void breakers.sendFor(caller, attempt).then((answer) => {
            const found = Object.entries(attempts).find(([, each]) => each.answer === answer)
            pair[0] = found?.[0] ?? 'not sent'
          })
          void oracle.send(promise).then((result) => {
            pair[1] = result
          })
          running.push({ end: resolve, isTrial: wasOpen && oracle.state() === 'half-open' })
        }
        // A neutral trial closes the breaker of cockatiel, and leaves ours open.
        const end = (at: number, result: string): void => {
          const [leg] = running.splice(at, 1)
          leg?.end(leg.isTrial && result === 'neutral' ? 'failure' : result)
        }
        for (const step of steps) {
          if (step.does === 'wait') vi.advanceTimersByTime(step.ms)
          for (let i = 0; step.does !== 'wait' && i < step.many; i += 1) {
            if (step.does === 'begin') start()
            else if (running.length > 0) end(step.which % running.length, step.result)
            await settle()
          }
          // For callers at large, a breaker that keeps out one caller is closed.
          expect(breakers.stateOf(HN)).toBe(caller === null ? oracle.state() : 'closed')
          expect(breakers.changes).toEqual(caller === null ? oracle.changes : [])
        }
        for (const [own, ofOracle] of answers) expect(own).toBe(ofOracle)
      }),
      { numRuns: 60 },
    )
  })
})
