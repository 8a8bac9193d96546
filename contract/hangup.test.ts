import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHangup, type HangupWatcher, NEVER_GONE } from './hangup.ts'

describe('a hangup', () => {
  it('tells each watcher once and in order, and not those that were removed or come later', () => {
    const step = fc.record({ does: fc.constantFrom('watch', 'unwatch'), who: fc.nat(4) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const hangup = createHangup()
        const told: number[] = []
        const watchers = [0, 1, 2, 3, 4].map((who) => ({ onGone: () => void told.push(who) }))
        const watching: number[] = []
        for (const { does, who } of steps) {
          const isWatching = watching.includes(who)
          if (does === 'unwatch') {
            hangup.unwatch(watchers[who] as HangupWatcher)
            if (isWatching) watching.splice(watching.indexOf(who), 1)
          } else if (!isWatching) {
            hangup.watch(watchers[who] as HangupWatcher)
            watching.push(who)
          }
        }
        expect([hangup.isGone, told]).toEqual([false, []])
        hangup.hangUp()
        hangup.hangUp()
        hangup.watch(watchers[0] as HangupWatcher)
        expect([hangup.isGone, told]).toEqual([true, watching])
      }),
    )
  })

  it('lets a watcher remove another one, which is then not told', () => {
    const hangup = createHangup()
    const told: string[] = []
    const others = ['second', 'third'].map((name) => ({ onGone: () => void told.push(name) }))
    hangup.watch({
      onGone: () => {
        told.push('first')
        for (const other of others) hangup.unwatch(other)
      },
    })
    for (const other of others) hangup.watch(other)
    hangup.hangUp()
    expect(told).toEqual(['first'])
  })

  it('never happens to somebody who never hangs up', () => {
    NEVER_GONE.watch({ onGone: () => expect.unreachable() })
    expect(NEVER_GONE.isGone).toBe(false)
  })
})
