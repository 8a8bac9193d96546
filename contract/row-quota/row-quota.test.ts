import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listOwnRecords } from './own-records.ts'
import { createMemoryRowCounts, createRowQuota } from './row-quota.ts'

const DAY_MS = 86_400_000
const QUERY = '{ cases { edges { cursor node { id } } pageInfo { hasNextPage } } }'
const pageOf = (ids: readonly string[]): object => ({
  cases: { edges: ids.map((id) => ({ cursor: id, node: { id } })), pageInfo: { hasNextPage: false } },
})
const rows = (count: number): object => pageOf(Array.from({ length: count }, (_, i) => `HN:${i}`))
const LEG = { query: QUERY, country: 'HN' }

/** One answer: of which caller, when (in days since the first, with a clock that may be set back), and with how many rows. */
const answers = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b'),
    day: fc.integer({ min: 0, max: 3 }),
    count: fc.integer({ min: 0, max: 7 }),
  }),
  { maxLength: 40 },
)

describe('the quota of rows', () => {
  it('gives each caller on each day what a plain count gives', async () => {
    await fc.assert(
      fc.asyncProperty(answers, fc.integer({ min: 1, max: 12 }), async (sequence, rowsPerDay) => {
        let now = 0
        const quota = createRowQuota(createMemoryRowCounts(), () => now)
        const left = new Map<string, number>()
        for (const { key, day, count } of sequence.toSorted((one, other) => one.day - other.day)) {
          now = day * DAY_MS
          const of = { key, rowsPerDay }
          const before = left.get(`${key} ${day}`) ?? rowsPerDay
          expect(await quota.isSpent(of, LEG)).toBe(before <= 0)
          const data = rows(count)
          const cut = await quota.count(of, { ...LEG, data })
          const given = listOwnRecords(cut === null ? data : cut.data, 'HN').size
          expect(given).toBe(Math.min(count, Math.max(0, before)))
          left.set(`${key} ${day}`, before - count)
        }
      }),
    )
  })

  it('holds for answers that come at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 30 }),
        fc.scheduler(),
        async (counts, rowsPerDay, scheduler) => {
          const memory = createMemoryRowCounts()
          const slow = {
            read: scheduler.scheduleFunction(async (key: string, day: string) => memory.read(key, day)),
            add: scheduler.scheduleFunction(async (key: string, day: string, more: number) =>
              memory.add(key, day, more),
            ),
          }
          // Two processes that count in one place.
          const quotas = [createRowQuota(slow, () => 0), createRowQuota(slow, () => 0)]
          const given: number[] = []
          const all = counts.map(async (count, i) => {
            const quota = quotas[i % 2]
            const of = { key: 'a', rowsPerDay }
            if (!quota || (await quota.isSpent(of, LEG))) return
            const data = rows(count)
            const cut = await quota.count(of, { ...LEG, data })
            given.push(listOwnRecords(cut === null ? data : cut.data, 'HN').size)
          })
          await scheduler.waitFor(Promise.all(all))
          const sum = given.reduce((total, each) => total + each, 0)
          const asked = counts.reduce((total, each) => total + each, 0)
          expect(sum).toBeLessThanOrEqual(rowsPerDay)
          if (asked <= rowsPerDay) expect(sum).toBe(asked)
        },
      ),
    )
  })

  it('begins again with the day of UTC, and not when the clock is set back to a day that is spent', async () => {
    let now = Date.parse('2026-11-26T23:59:59.999Z')
    const quota = createRowQuota(createMemoryRowCounts(), () => now)
    const of = { key: 'a', rowsPerDay: 2 }
    await quota.count(of, { ...LEG, data: rows(2) })
    expect(await quota.isSpent(of, LEG)).toBe(true)
    now += 1
    expect(await quota.isSpent(of, LEG)).toBe(false)
    now -= 1
    expect(await quota.isSpent(of, LEG)).toBe(true)
  })

  it('gives an answer with rows that no id names as a whole or not at all', async () => {
    const quota = createRowQuota(createMemoryRowCounts(), () => 0)
    const of = { key: 'a', rowsPerDay: 5 }
    expect(await quota.count(of, { ...LEG, data: rows(1) }, 3)).toBeNull()
    const cut = await quota.count(of, { ...LEG, data: rows(1) }, 1)
    expect(cut).toEqual({ data: null, denied: [[]], isCut: false })
    expect(await quota.isSpent(of, LEG)).toBe(true)
  })

  it('is not spent any more if it is raised, by as much as it is raised', async () => {
    const quota = createRowQuota(createMemoryRowCounts(), () => 0)
    await quota.count({ key: 'a', rowsPerDay: 2 }, { ...LEG, data: rows(2) })
    const raised = { key: 'a', rowsPerDay: 3 }
    expect(await quota.isSpent(raised, LEG)).toBe(false)
    const cut = await quota.count(raised, { ...LEG, data: rows(3) })
    expect(listOwnRecords(cut?.data, 'HN').size).toBe(1)
  })

  it.each([
    ['{ personHits(search: {}) { hits { band } } }', false],
    ['{ caseCounts { counts { cases } } __typename }', false],
    ['{ personHits(search: {}) { hits { band } } cases { edges { node { id } } } }', true],
    ['{ no GraphQL', true],
    ['{ alias: cases { edges { node { id } } } }', true],
    ['{ personHits: cases { edges { node { id } } } }', true],
  ])('that is spent holds back only legs that can give rows: %s', async (query, isHeld) => {
    const quota = createRowQuota(createMemoryRowCounts(), () => 0)
    const of = { key: 'a', rowsPerDay: 1 }
    await quota.count(of, { ...LEG, data: rows(1) })
    expect(await quota.isSpent(of, { query })).toBe(isHeld)
  })
})
