import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createHangup } from '../../contract/hangup.ts'
import { aContext, anEndpoint } from '../testing.ts'
import type { Leg } from '../types/flow.ts'
import { type LegClock, startLegClock } from './leg-clock.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => {
  vi.runAllTimers()
  vi.useRealTimers()
})

const hangup = createHangup()

/** Starts the clock of a leg that may take as long, in a request that may. */
function start(legMs: number, requestMs: number, ofRequest = hangup): LegClock {
  const leg: Leg = {
    ...{ domain: 'cases', country: 'HN', query: '', variables: {}, kind: 'query', rights: null },
    endpoint: anEndpoint({ deadlineMs: legMs }),
  }
  return startLegClock(leg, aContext({ hangup: ofRequest, deadlineAt: performance.now() + requestMs }))
}

describe('the clock of a leg', () => {
  it.each([
    [50, 1_000, 'LEG_DEADLINE'],
    [1_000, 50, 'REQUEST_DEADLINE'],
  ])('ends what a leg of %d ms waits for in a request of %d ms: %s', (legMs, requestMs, ending) => {
    const clock = start(legMs, requestMs)
    const end = vi.fn()
    clock.endsOnTime({ end })
    vi.advanceTimersByTime(48)
    expect([clock.ending, end.mock.calls.length]).toEqual([null, 0])
    vi.advanceTimersByTime(3)
    expect([clock.ending, end.mock.calls.length]).toEqual([ending, 1])
    clock.stop()
  })

  it.each([
    [50, 1_000],
    [1_000, 50],
  ])('of %d ms in a request of %d ms ends nothing after it was stopped, also twice', (legMs, requestMs) => {
    const own = createHangup()
    const clock = start(legMs, requestMs, own)
    const other = start(legMs, requestMs, own)
    clock.stop()
    clock.stop()
    vi.advanceTimersByTime(2_000)
    own.hangUp()
    expect(clock.ending).toBeNull()
    expect(other.ending).not.toBeNull()
  })

  it('says at once that there is no time, and that the caller is gone', () => {
    const gone = createHangup()
    gone.hangUp()
    expect([start(50, 0).ending, start(50, 1_000, gone).ending]).toEqual(['REQUEST_DEADLINE', 'HANGUP'])
  })
})
