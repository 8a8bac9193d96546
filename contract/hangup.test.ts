import { describe, expect, it } from 'vitest'
import { createHangup, NEVER_GONE } from './hangup.ts'

describe('a hangup', () => {
  it('calls each listener once, and not those that were removed or come later', () => {
    const hangup = createHangup()
    const called: string[] = []
    hangup.onGone(() => called.push('first'))
    const stop = hangup.onGone(() => called.push('removed'))
    hangup.onGone(() => called.push('second'))
    stop()
    stop()
    expect([hangup.isGone, called]).toEqual([false, []])
    hangup.hangUp()
    hangup.hangUp()
    hangup.onGone(() => called.push('late'))
    expect([hangup.isGone, called]).toEqual([true, ['first', 'second']])
  })

  it('lets a listener remove another one, which is then not called', () => {
    const hangup = createHangup()
    const called: string[] = []
    const stops: (() => void)[] = []
    hangup.onGone(() => {
      called.push('first')
      for (const stop of stops) stop()
    })
    stops.push(hangup.onGone(() => called.push('second')))
    hangup.hangUp()
    expect(called).toEqual(['first'])
  })

  it('never happens to somebody who never hangs up', () => {
    NEVER_GONE.onGone(() => expect.unreachable())()
    expect(NEVER_GONE.isGone).toBe(false)
  })
})
