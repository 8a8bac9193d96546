import { describe, expect, it } from 'vitest'
import { parseTraceParent, printTraceParent } from './telemetry.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const context = (traceFlags: number) => ({ traceId: TRACE, spanId: SPAN, traceFlags, isRemote: true })

describe('a traceparent header', () => {
  it.each([
    ['is accepted', `00-${TRACE}-${SPAN}-01`, context(1)],
    ['may say that nothing is recorded', `00-${TRACE}-${SPAN}-00`, context(0)],
    ['may have unknown flags', `00-${TRACE}-${SPAN}-ff`, context(1)],
    ['of a later version is read as far as its form is known', `cc-${TRACE}-${SPAN}-01-what`, context(1)],
    ['is ignored if it is absent', undefined, null],
    ['is ignored in version ff', `ff-${TRACE}-${SPAN}-01`, null],
    ['is ignored in version 00 with more members', `00-${TRACE}-${SPAN}-01-what`, null],
    ['is ignored without a trace', `00-${'0'.repeat(32)}-${SPAN}-01`, null],
    ['is ignored without a parent', `00-${TRACE}-${'0'.repeat(16)}-01`, null],
    ['is ignored in capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`, null],
    ['is ignored if there are two', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`, null],
    ['is ignored with other text in it', `00-${TRACE.slice(0, -5)}María-${SPAN}-01`, null],
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
