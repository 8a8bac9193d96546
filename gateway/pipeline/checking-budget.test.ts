import { describe, expect, it } from 'vitest'
import { createCheckingBudget, MAX_CHECKING_MS } from './checking-budget.ts'

describe('the time for checking the answers of one country', () => {
  it('ends for that country, and for no other', () => {
    let now = 0
    const budget = createCheckingBudget(() => now)
    const checked: string[] = []
    const check = (country: string, ms: number): boolean =>
      budget.spend(country, () => {
        checked.push(country)
        now += ms
      })
    expect(check('HN', MAX_CHECKING_MS - 1)).toBe(true)
    expect(check('HN', 1)).toBe(true)
    expect(check('HN', 0)).toBe(false)
    expect(check('GT', 5)).toBe(true)
    expect(checked).toEqual(['HN', 'HN', 'GT'])
    expect(budget.spentMs()).toBe(MAX_CHECKING_MS + 5)
  })
})
