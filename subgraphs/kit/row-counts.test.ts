import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryRowCounts } from '../../contract/row-quota/row-quota.ts'
import { addTogether } from './row-counts.ts'

const adds = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b'),
    day: fc.constantFrom('2026-11-26', '2026-11-27'),
    rows: fc.integer({ min: 1, max: 9 }),
  }),
  { maxLength: 30 },
)

describe('rows that are counted together', () => {
  it('give each answer what one after the other gives, and count each row once', async () => {
    await fc.assert(
      fc.asyncProperty(adds, fc.scheduler(), async (all, scheduler) => {
        const [memory, oracle] = [createMemoryRowCounts(), createMemoryRowCounts()]
        const add = addTogether(
          scheduler.scheduleFunction(async (key: string, day: string, rows: number) => memory.add(key, day, rows)),
        )
        const adding = all.map(({ key, day, rows }) => add(key, day, rows))
        const before = await scheduler.waitFor(Promise.all(adding))
        for (const [at, { key, day, rows }] of all.entries()) expect(before[at]).toBe(await oracle.add(key, day, rows))
        for (const { key, day } of all) expect(await memory.read(key, day)).toBe(await oracle.read(key, day))
      }),
    )
  })

  it('are one statement for all that wait', async () => {
    const sums: number[] = []
    const add = addTogether(async (_key, _day, rows) => {
      sums.push(rows)
      return 0
    })
    expect(await Promise.all([1, 2, 3, 4].map((rows) => add('a', '2026-11-27', rows)))).toEqual([0, 0, 2, 5])
    expect(sums).toEqual([1, 9])
  })

  it('fail for all that were counted together, and for no others', async () => {
    let calls = 0
    const add = addTogether(async () => {
      calls += 1
      if (calls === 2) throw new Error('the database does not answer')
      return 100
    })
    const first = [1, 2, 3].map((rows) => add('a', '2026-11-27', rows))
    expect((await Promise.allSettled(first)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(await add('a', '2026-11-27', 4)).toBe(100)
  })
})
