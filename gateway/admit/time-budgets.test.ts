import { describe, expect, it } from 'vitest'
import { aCaller } from '../testing.ts'
import { createTimeBudgets } from './time-budgets.ts'

const RATE = { perSecond: 100, burst: 1_000 }

function createWorld() {
  let now = 50
  const budgets = createTimeBudgets(RATE, () => now)
  return { budgets, wait: (seconds: number) => (now += seconds) }
}

const spent = (retryAfterSeconds: number) =>
  expect.objectContaining({ code: 'PLANNING_BUDGET_SPENT', status: 429, retryAfterSeconds })

describe('a budget of time', () => {
  it('lasts for the burst, and comes back with the rate', () => {
    const { budgets, wait } = createWorld()
    budgets.spend('a', 999)
    expect(() => budgets.check('a')).not.toThrow()
    budgets.spend('a', 201)
    expect(() => budgets.check('a')).toThrow(spent(2))
    wait(1.5)
    expect(() => budgets.check('a')).toThrow(spent(1))
    wait(1)
    expect(() => budgets.check('a')).not.toThrow()
  })

  it('holds no more than the burst, however long nobody used it', () => {
    const { budgets, wait } = createWorld()
    budgets.spend('a', 1)
    wait(10_000)
    budgets.spend('a', 1_000)
    expect(() => budgets.check('a')).toThrow(spent(1))
  })

  it('is each caller’s own, and one for all callers without a token', () => {
    const { budgets } = createWorld()
    const caller = aCaller()
    const lanes = [caller, { ...caller, subject: 'two' }, { ...caller, issuer: 'https://id.hn.example' }, null].map(
      budgets.laneOf,
    )
    expect(new Set(lanes).size).toBe(4)
    expect(budgets.laneOf({ ...caller })).toBe(lanes[0])
    expect(lanes.join()).not.toContain(caller.subject)
    budgets.spend(lanes[0] ?? '', 5_000)
    expect(() => budgets.check(lanes[1] ?? '')).not.toThrow()
  })

  it('lets a caller use a fifth of the time once the first fifth of a second is used, and makes nobody else rest', () => {
    const { budgets, wait } = createWorld()
    let usedMs = 0
    for (let ms = 0; ms < 10_000; ms += 10) {
      if (budgets.restMs('a') === 0) {
        budgets.spend('a', 30)
        usedMs += 30
      }
      wait(0.01)
      expect(budgets.restMs('b')).toBe(0)
    }
    expect(usedMs).toBeGreaterThan(200 + 9_000 / 5)
    expect(usedMs).toBeLessThan(300 + 10_000 / 4)
  })

  it('lets a caller who paused for as long as the budget needs to fill work without a rest again', () => {
    const { budgets, wait } = createWorld()
    budgets.spend('a', 300)
    expect(budgets.restMs('a')).toBeCloseTo(400)
    wait(0.5)
    expect(budgets.restMs('a')).toBe(0)
    wait(10)
    budgets.spend('a', 200)
    expect(budgets.restMs('a')).toBe(0)
  })

  it('has no end without a rate', () => {
    const budgets = createTimeBudgets(null)
    budgets.spend('a', 1e9)
    expect(() => budgets.check('a')).not.toThrow()
    expect(budgets.restMs('a')).toBe(0)
  })
})
