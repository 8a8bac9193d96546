import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import type { Finding } from '../finding.ts'
import {
  createRecentIds,
  joinMistimed,
  MAX_CLOCK_SKEW_MS,
  MAX_DISORDER_MS,
  watchParts,
  watchTimes,
} from './verify-entries.ts'

const idOf = (n: number) => `01a20c91-a7d0-7000-8000-${n.toString(16).padStart(12, '0')}`

describe('the memory of ids', () => {
  it('finds the second of two equal ids, wherever they are in ten minutes', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (first, gap) => {
        const ids = createRecentIds()
        for (let at = 0; at < first; at++) ids.add(idOf(at), at, at * 1_000)
        ids.add(idOf(9_999), first, first * 1_000)
        for (let at = 0; at < gap; at++) ids.add(idOf(1_000 + at), first + 1 + at, (first + at) * 1_000)
        expect(ids.add(idOf(9_999), first + gap + 1, (first + gap) * 1_000)).toBe(first)
      }),
      { numRuns: 30 },
    )
  })

  it('forgets what is older than ten minutes, and the oldest when there are too many', () => {
    const ids = createRecentIds(2)
    ids.add(idOf(1), 0, 0)
    ids.add(idOf(2), 1, 700_000)
    expect(ids.add(idOf(1), 2, 700_000)).toBeUndefined()
    ids.add(idOf(3), 3, 700_000)
    expect(ids.add(idOf(2), 4, 700_000)).toBeUndefined()
  })
})

it('remembers ids over an entry with a wrong time', () => {
  const ids = createRecentIds()
  ids.add(idOf(1), 0, 1_000)
  expect(ids.add(idOf(2), 1, undefined)).toBeUndefined()
  expect(ids.add(idOf(1), 2, 2_000)).toBe(0)
  expect(ids.add(idOf(2), 3, 2_000)).toBe(1)
})

describe('the runs of entries with a wrong time', () => {
  it('make one finding of neighbours, with the first and the last entry and the earliest and latest time', () => {
    const found: Finding[] = []
    const runs = joinMistimed((finding) => found.push(finding))
    const [one, two, three] = [5, 6, 7].map((hour) => Date.UTC(2026, 0, 1, hour)) as [number, number, number]
    runs.push(3, two, 'later', 'came')
    runs.push(4, one, 'other', 'came')
    runs.push(5, three, 'other', 'came')
    runs.push(9, one, 'later', 'came')
    runs.end()
    expect(runs.count()).toBe(4)
    const times = '2026-01-01T05:00:00.000Z to 2026-01-01T07:00:00.000Z'
    expect(found).toEqual([
      { kind: 'TIME', where: 'entries 3 to 5', expected: 'later', came: times },
      { kind: 'TIME', where: 'entry 9', expected: 'later', came: 'came' },
    ])
  })
})

describe('the watch of parts', () => {
  const request = (n: number, continuations: number): Entry => ({ ...SAMPLE_REQUEST, id: idOf(n), continuations })
  const part = (of: number, number: number): Entry => {
    const { v, time, gateway } = SAMPLE_REQUEST
    const lists = { coordinates: [], legs: [], denied: [] }
    return {
      v,
      time,
      gateway,
      id: idOf(500 + number),
      kind: 'continuation',
      of: idOf(of),
      part: number,
      ...lists,
    } as Entry
  }
  const faultsOf = (entries: readonly Entry[]) => {
    const watch = watchParts()
    return [...entries.flatMap((entry, index) => watch.push(index, entry)), ...watch.end()]
  }
  const counts = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 })
  const all = (sizes: readonly number[]) =>
    sizes.flatMap((count, n) => [request(n, count), ...Array.from({ length: count }, (_, at) => part(n, at + 1))])

  it('finds nothing in complete entries, in whatever order they stand', () => {
    fc.assert(
      fc.property(
        counts.chain((sizes) => fc.shuffledSubarray(all(sizes), { minLength: all(sizes).length })),
        (entries) => {
          expect(faultsOf(entries)).toEqual([])
        },
      ),
    )
  })

  it('finds exactly one fault if one entry that has parts, or is one, is missing or there twice', () => {
    fc.assert(
      fc.property(counts, fc.nat(), fc.boolean(), (sizes, pick, isTwice) => {
        const entries = all(sizes)
        const inParts = entries.flatMap((entry, at) => {
          return entry.kind === 'continuation' || (entry.kind === 'request' && !isTwice && entry.continuations > 0)
            ? [at]
            : []
        })
        const at = inParts[pick % Math.max(inParts.length, 1)]
        if (at === undefined) return
        const twice = [...entries.slice(0, at + 1), ...entries.slice(at)]
        expect(faultsOf(isTwice ? twice : entries.toSpliced(at, 1))).toHaveLength(1)
      }),
    )
  })

  it('does not miss what was pruned at the edge of an entry, and everything else', () => {
    const faults = (before: readonly Entry[], behind: readonly Entry[]) => {
      const watch = watchParts()
      const first = before.flatMap((entry, at) => watch.push(256 - before.length + at, entry))
      watch.skip(256, 512)
      return [...first, ...behind.flatMap((entry, at) => watch.push(512 + at, entry)), ...watch.end()].length
    }
    // The request of 7 has two of its parts before the edge, that of 8 is gone.
    expect(faults([request(7, 3), part(7, 1), part(7, 2)], [part(8, 2), part(8, 3), request(9, 1), part(9, 1)])).toBe(0)
    expect(faults([request(7, 2), part(7, 1), request(6, 0)], [])).toBe(1)
    expect(faults([part(7, 1)], [])).toBe(1)
    expect(faults([], [request(8, 0), part(9, 1)])).toBe(1)
    expect(faults([], [request(8, 1)])).toBe(1)
  })

  it('does not remember an entry for ever', () => {
    const watch = watchParts()
    expect(watch.push(0, request(1, 1))).toEqual([])
    expect(watch.push(10_000, request(2, 0))).toEqual([])
    expect(watch.push(10_001, request(3, 0))).toMatchObject([{ index: 0, came: 'none of them' }])
    expect(watch.end()).toEqual([])
  })
})

describe('the watch of times', () => {
  const NOW = 10_000_000
  const none = { afterMs: undefined, beforeMs: undefined }
  const push = (timeMs: number, bounds = none as { afterMs: number | undefined; beforeMs: number | undefined }) =>
    watchTimes(NOW).push({ timeMs, idMs: timeMs, durationMs: 0, isAskedFor: false }, bounds)

  it.each([
    ['the present', NOW, none, true],
    ['a little later than the present', NOW + MAX_CLOCK_SKEW_MS, none, true],
    ['the future', NOW + MAX_CLOCK_SKEW_MS + 1, none, false],
    ['before a tree with it', 4_000_000, { afterMs: undefined, beforeMs: 4_000_000 }, true],
    ['long after a tree with it', 4_000_001 + MAX_CLOCK_SKEW_MS, { afterMs: undefined, beforeMs: 4_000_000 }, false],
    [
      'a little before a tree without it',
      4_000_000,
      { afterMs: 4_000_000 + MAX_CLOCK_SKEW_MS, beforeMs: undefined },
      true,
    ],
    [
      'long before a tree without it',
      4_000_000,
      { afterMs: 4_000_001 + MAX_CLOCK_SKEW_MS, beforeMs: undefined },
      false,
    ],
  ])('accepts or rejects %s', (_, timeMs, bounds, isAccepted) => {
    expect(push(timeMs, bounds) === undefined).toBe(isAccepted)
  })

  it('accepts times in order, up to a minute of disorder, and rejects more', () => {
    const watch = watchTimes(NOW)
    const at = (timeMs: number) => watch.push({ timeMs, idMs: timeMs, durationMs: 0, isAskedFor: false }, none)
    expect(at(5_000_000)).toBeUndefined()
    expect(at(5_000_000 - MAX_DISORDER_MS)).toBeUndefined()
    expect(at(5_000_000 - MAX_DISORDER_MS - 1)).toBeDefined()
  })

  it('does not take a time that it rejected as the latest one', () => {
    const watch = watchTimes(NOW)
    expect(watch.push({ timeMs: 2 * NOW, idMs: 2 * NOW, durationMs: 0, isAskedFor: false }, none)).toBeDefined()
    expect(watch.push({ timeMs: 1_000, idMs: 1_000, durationMs: 0, isAskedFor: false }, none)).toBeUndefined()
  })

  it('accepts an entry that a command asked for long before, and none that is of before the command', () => {
    const watch = watchTimes(NOW)
    const at = (idMs: number) => watch.push({ timeMs: 9_000_000, idMs, durationMs: 0, isAskedFor: true }, none)
    expect(at(1_000)).toBeUndefined()
    expect(at(9_000_000 + MAX_DISORDER_MS)).toBeUndefined()
    expect(at(9_000_001 + MAX_DISORDER_MS)).toBeDefined()
  })

  it('expects the id of a request to be of its beginning', () => {
    const watch = watchTimes(NOW)
    expect(watch.push({ timeMs: 900_000, idMs: 300_000, durationMs: 600_000, isAskedFor: false }, none)).toBeUndefined()
    expect(watch.push({ timeMs: 900_000, idMs: 300_000, durationMs: 0, isAskedFor: false }, none)).toMatchObject({
      came: expect.any(String),
    })
  })
})
