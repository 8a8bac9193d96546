import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Row, rowOf, type Timed } from './deadlines.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => {
  // The rows of a test go when their timers find nobody.
  vi.runAllTimers()
  vi.useRealTimers()
})

class Wait implements Timed {
  readonly endsAt: number
  row: Row | null = null
  before: Timed | null = null
  after: Timed | null = null
  endedAt: number | null = null

  constructor(durationMs: number) {
    this.endsAt = performance.now() + durationMs
    rowOf(durationMs).add(this)
  }

  endAtTimeout(): void {
    this.endedAt = performance.now()
  }
}

const LENGTHS = [5, 20, 20.5, 100]

const step = fc.oneof(
  fc.record({ does: fc.constant('begin'), at: fc.nat(LENGTHS.length - 1) }),
  fc.record({ does: fc.constant('stop'), at: fc.nat(50) }),
  fc.record({ does: fc.constant('wait'), at: fc.nat(40) }),
)

describe('waits that share timers', () => {
  it('end at their times and not otherwise, as waits with timers of their own do', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const waits: Wait[] = []
        const stoppedAt = new Map<Wait, number>()
        for (const { does, at } of steps) {
          if (does === 'begin') waits.push(new Wait(LENGTHS[at] as number))
          else if (does === 'wait') vi.advanceTimersByTime(at)
          else {
            const wait = waits[at % Math.max(1, waits.length)]
            if (wait === undefined || wait.row === null) continue
            wait.row.remove(wait)
            stoppedAt.set(wait, performance.now())
          }
        }
        vi.advanceTimersByTime(1_000)
        for (const wait of waits) {
          const stopped = stoppedAt.get(wait)
          if (stopped === undefined) {
            expect(Math.abs((wait.endedAt ?? Number.NaN) - wait.endsAt)).toBeLessThanOrEqual(1)
          } else {
            expect(wait.endedAt).toBeNull()
            expect(stopped).toBeLessThanOrEqual(wait.endsAt + 1)
          }
          expect([wait.row, wait.before, wait.after]).toEqual([null, null, null])
        }
        expect(vi.getTimerCount()).toBe(0)
      }),
    )
  })

  it('may each end another one', () => {
    const [first, second, third] = [new Wait(20), new Wait(20), new Wait(20)]
    first.endAtTimeout = () => second.row?.remove(second)
    vi.advanceTimersByTime(30)
    expect(second.endedAt).toBeNull()
    expect(third.endedAt).not.toBeNull()
  })

  it('take one timer for all of one length', () => {
    for (let i = 0; i < 100; i += 1) new Wait(20)
    expect(vi.getTimerCount()).toBe(1)
  })

  it('may last longer than a timer can', () => {
    const wait = new Wait(2 ** 32)
    vi.advanceTimersByTime(10_000)
    expect(wait.endedAt).toBeNull()
    wait.row?.remove(wait)
  })
})
