import { describe, expect, it } from 'vitest'
import { type CpuProfile, sumSelfTimes } from './self-times.ts'

const frame = (id: number, functionName: string, url = '', lineNumber = -1) => ({
  id,
  callFrame: { functionName, url, lineNumber },
})

const PROFILE: CpuProfile = {
  nodes: [
    frame(1, '(root)'),
    frame(2, '(idle)'),
    frame(3, 'parse', 'file:///somewhere/istmo/gateway/leg/read-answer.ts', 228),
    frame(4, '', 'file:///somewhere/istmo/node_modules/pino/lib/tools.js', 9),
    frame(5, 'writev'),
    frame(6, `RegExp: ${'a'.repeat(100)}`),
    frame(7, 'hash', 'node:internal/crypto/hash', 293),
    // The same function, called by another.
    frame(8, 'parse', 'file:///somewhere/istmo/gateway/leg/read-answer.ts', 228),
  ],
  startTime: 1_000,
  samples: [5, 3, 2, 4, 8, 5, 6, 7],
  timeDeltas: [100, 400, 1_000, 100, 200, 100, 100, 100],
}

describe('a profile', () => {
  it('is summed up by functions, the dearest first, without the time in which nothing was done', () => {
    const { busyUs, functions } = sumSelfTimes(PROFILE, 1_101, 10_000, '/somewhere/istmo')
    expect(busyUs).toBe(1_000)
    expect(functions.map(({ what, share }) => [what, share])).toEqual([
      ['parse gateway/leg/read-answer.ts:229', 0.6],
      ['(anonymous) pino/lib/tools.js:10', 0.1],
      ['writev', 0.1],
      [`RegExp: ${'a'.repeat(40)} …`, 0.1],
      ['hash node:internal/crypto/hash:294', 0.1],
    ])
  })

  it.each([
    ['before', 0, 1_499, ['writev']],
    ['after', 2_901, 10_000, ['RegExp', 'hash']],
  ])('leaves out what was %s the time that is asked for', (_, from, to, names) => {
    const { functions } = sumSelfTimes(PROFILE, from, to, '/somewhere/istmo')
    expect(functions.map(({ what }) => what.split(/[: ]/)[0])).toEqual(names)
  })

  it('of a thread that did nothing has no function', () => {
    expect(sumSelfTimes(PROFILE, 5_000, 6_000, '/somewhere')).toEqual({ busyUs: 0, functions: [] })
  })
})
