import { describe, expect, it } from 'vitest'
import { parseTraceParent, printTraceParent } from './trace-parent.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const context = (traceFlags: number) => ({ traceId: TRACE, spanId: SPAN, traceFlags, isRemote: true })

describe('a traceparent header', () => {
  it.each([
    ['is taken', `00-${TRACE}-${SPAN}-01`, context(1)],
    ['may say that nothing is recorded', `00-${TRACE}-${SPAN}-00`, context(0)],
    ['may have flags that are not known', `00-${TRACE}-${SPAN}-ff`, context(1)],
    ['of a later version is read as far as it is known', `cc-${TRACE}-${SPAN}-01-what`, context(1)],
    ['is none when it is not there', undefined, null],
    ['is none in version ff', `ff-${TRACE}-${SPAN}-01`, null],
    ['is none in version 00 with more', `00-${TRACE}-${SPAN}-01-what`, null],
    ['is none without a trace', `00-${'0'.repeat(32)}-${SPAN}-01`, null],
    ['is none without a parent', `00-${TRACE}-${'0'.repeat(16)}-01`, null],
    ['is none in capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`, null],
    ['is none when there are two', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`, null],
    ['is none with other words in it', `00-${TRACE.slice(0, -5)}María-${SPAN}-01`, null],
  ])('%s', (_, header, expected) => {
    expect(parseTraceParent(header)).toEqual(expected)
  })

  it('is written as it is read', () => {
    for (const header of [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-00`]) {
      const read = parseTraceParent(header)
      expect(read && printTraceParent(read)).toBe(header)
    }
  })
})
