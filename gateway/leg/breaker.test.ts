import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Outcome } from '../../contract/outcome.ts'
import type { LegAnswer } from '../types/flow.ts'
import { type Attempt, BREAKER_COOLDOWN_MS, BREAKER_FAILURES, type BreakerKey, createBreakers } from './breaker.ts'

const HN: BreakerKey = { country: 'HN', domain: 'cases', endpoint: { url: 'http://127.0.0.1:1/' } }
const answered: Attempt = { answer: { kind: 'answered', data: {}, errors: [] }, isNeutral: false }
const failed = (reach: Outcome['reach'], code: Outcome['code'], isNeutral = false): Attempt => ({
  answer: { kind: 'failed', outcome: { reach, code } },
  isNeutral,
})
const down = failed('UNAVAILABLE', 'CONNECTION')
const late = failed('TIMED_OUT', 'LEG_DEADLINE')
const leftAlone: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BREAKER_OPEN' } }

// The library reads the clock by `Date`.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

/** Breakers, with a count of their attempts and a list of their changes. */
function open() {
  const changes: string[] = []
  const breakers = createBreakers((_, state) => void changes.push(state))
  let attempts = 0
  const send = (attempt: Attempt | Promise<Attempt>, key = HN): Promise<LegAnswer> =>
    breakers.guard(key, async () => {
      attempts += 1
      return attempt
    })
  const fail = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) await send(i % 2 === 0 ? down : late)
  }
  return { ...breakers, send, fail, changes, attempts: () => attempts }
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
