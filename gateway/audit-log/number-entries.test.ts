import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Receipts } from '../../audit/log/log.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_SPLIT } from '../../contract/audit-log/testing.ts'
import { createCommitPace } from '../../service/audit-log/commit-pace.ts'
import { createNumberedAppends, type MakeEntries } from './number-entries.ts'

const [, PART] = SAMPLE_SPLIT

/** Makes one part of each country, in order, and a heartbeat at the end. */
const partsOf =
  (countries: readonly string[]): MakeEntries =>
  ({ next, counts }) => [
    ...countries.map((country) => JSON.stringify({ ...PART, country, seq: next(country) })),
    JSON.stringify({ ...PART, v: 1, kind: 'heartbeat', counts: counts() }),
  ]

/** Receipts that have only an index. */
function receiptsOf(texts: readonly string[], from: number): Receipts {
  return {
    bytes: texts.map(({ length }) => length),
    receipt: (at) => ({ index: from + at, checkpoint: '', proof: async () => '' }),
  }
}

/** A log in memory: each commit takes all that waits, and all of a commit is written, or nothing. `fails` says which commits fail. */
function createMemoryLog(fails: readonly boolean[]) {
  const entries: Entry[] = []
  let waiting: { readonly all: readonly string[]; readonly settle: (isWritten: boolean) => void }[] = []
  let [commits, isRunning] = [0, false]
  const run = async (): Promise<void> => {
    isRunning = true
    // As the log does: all that comes in one turn of the event loop is in one commit.
    await Promise.resolve()
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await turn()
      const isWritten = fails[commits++ % fails.length] !== true
      if (isWritten) entries.push(...batch.flatMap(({ all }) => all.map((text) => JSON.parse(text) as Entry)))
      for (const { settle } of batch) settle(isWritten)
    }
    isRunning = false
  }
  const append = (all: readonly string[]): Promise<Receipts> =>
    new Promise((resolve, reject) => {
      const from = entries.length
      waiting.push({
        all,
        settle: (isWritten) => (isWritten ? resolve(receiptsOf(all, from)) : reject(new Error('full'))),
      })
      if (!isRunning) void run()
    })
  return { entries, append }
}

/** Counts the parts of a log by a simple loop, and fails at the first number that is not the next one. */
function expectCounted(entries: readonly Entry[], initial: Readonly<Record<string, number>>): void {
  const counts: Record<string, number> = { ...initial }
  for (const entry of entries) {
    if (entry.kind === 'heartbeat') expect(entry.counts).toEqual(counts)
    const { country, seq } = entry as Extract<EntryOf<'continuation'>, { v: 2 }>
    if (entry.kind !== 'continuation' || country === null) continue
    counts[country] = (counts[country] ?? 0) + 1
    expect(seq).toBe(counts[country])
  }
}

describe('the numbers of countries’ parts', () => {
  it('have no gap and no repetition in the log, whichever commits fail and whenever requests come', async () => {
    const step = fc.record({
      countries: fc.array(fc.constantFrom('GT', 'HN', 'SV'), { maxLength: 4 }),
      waits: fc.boolean(),
      bytes: fc.constantFrom(1_000, 700_000, 3_000_000),
    })
    const initial = { HN: 41 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.array(fc.boolean(), { minLength: 1 }),
        fc.constantFrom(undefined, createCommitPace()),
        async (steps, fails, pace) => {
          const log = createMemoryLog(fails)
          const numbered = createNumberedAppends(log.append, initial, pace)
          const ended: Promise<boolean>[] = []
          for (const { countries, waits, bytes } of steps) {
            ended.push(
              numbered.append(partsOf(countries), bytes).then(
                () => true,
                () => false,
              ),
            )
            if (waits) await turn()
          }
          const written = await Promise.all(ended)
          await numbered.drain()
          expectCounted(log.entries, initial)
          expect(log.entries.filter(({ kind }) => kind === 'heartbeat')).toHaveLength(written.filter(Boolean).length)
          const next = createNumberedAppends(async (texts) => receiptsOf(texts, 7), numbered.counts())
          const last = await next.append(partsOf([]), 1)
          expect([last.receipt().index, last.bytes]).toEqual([7, last.text.length])
        },
      ),
      { numRuns: 200 },
    )
  })

  it('are not used up by entries that cannot be made', async () => {
    const log = createMemoryLog([false])
    const numbered = createNumberedAppends(log.append, {})
    const broken = numbered.append(() => {
      throw new TypeError('no form')
    }, 1)
    await expect(broken).rejects.toThrow('no form')
    await numbered.append(partsOf(['HN']), 1)
    expectCounted(log.entries, {})
    expect(numbered.counts()).toEqual({ HN: 1 })
  })

  it('are given to all that come in one turn without waiting for a commit in between', async () => {
    const calls: number[] = []
    const numbered = createNumberedAppends(async (texts) => {
      calls.push(texts.length)
      return receiptsOf(texts, 0)
    }, {})
    const first = numbered.append(partsOf(['HN']), 1)
    const second = numbered.append(partsOf(['HN']), 1)
    await Promise.resolve()
    await Promise.resolve()
    expect(calls).toEqual([4])
    const [one, other] = await Promise.all([first, second])
    expect([one.receipt().index, other.receipt().index]).toEqual([0, 2])
    expect(JSON.parse(other.text)).toMatchObject({ country: 'HN', seq: 2 })
  })

  it('are given to at most 1 MiB of entries at once, or to one request that has more', async () => {
    const groups: number[] = []
    const numbered = createNumberedAppends(async (texts) => {
      groups.push(texts.length)
      return receiptsOf(texts, 0)
    }, {})
    await Promise.all([700_000, 300_000, 100_000, 3_000_000, 1].map((bytes) => numbered.append(partsOf([]), bytes)))
    expect(groups).toEqual([2, 1, 1, 1])
  })

  it('come with the size of the request’s own entries, and not of those beside them', async () => {
    const lengths: number[] = []
    const numbered = createNumberedAppends(async (texts) => {
      lengths.push(...texts.map(({ length }) => length))
      return receiptsOf(texts, 0)
    }, {})
    const written = await Promise.all([['HN', 'GT'], ['SV']].map((countries) => numbered.append(partsOf(countries), 1)))
    const sum = (from: number, to: number) => lengths.slice(from, to).reduce((total, length) => total + length, 0)
    expect(written.map(({ bytes }) => bytes)).toEqual([sum(0, 3), sum(3, 5)])
  })

  it('are drained when the log has all that waited', async () => {
    const disk = Promise.withResolvers<void>()
    let isWritten = false
    const numbered = createNumberedAppends(async (texts) => {
      await disk.promise
      isWritten = true
      return receiptsOf(texts, 0)
    }, {})
    const appending = numbered.append(partsOf(['HN']), 1)
    const drained = numbered.drain().then(() => isWritten)
    await turn()
    disk.resolve()
    expect(await drained).toBe(true)
    await appending
  })

  it('are used up only by those of a turn that can be entries, if one of them cannot', async () => {
    const log: string[][] = []
    const numbered = createNumberedAppends(async (texts) => {
      if (texts.some((text) => text.includes('too long'))) throw new RangeError('an entry has at most 65,535 bytes')
      log.push([...texts])
      return receiptsOf(texts, 0)
    }, {})
    const all = ['HN', 'too long', 'HN'].map((country) => numbered.append(partsOf([country]), 1))
    const settled = await Promise.allSettled(all)
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expectCounted(
      log.flat().map((text) => JSON.parse(text) as Entry),
      {},
    )
    expect(numbered.counts()).toEqual({ HN: 2 })
  })
})
