import { describe, expect, it } from 'vitest'
import { writePage } from './page.ts'
import { type Section, tableOf } from './part.ts'

const SECTION: Section = {
  ...{ title: 'Longer lists', about: 'Clients ask.', table: tableOf(['entities', 'µs'], [[100, '3.5']]) },
  judged: [
    { what: 'growth', value: 1.4, most: 1.5, unit: '×' },
    { what: 'CPU of a leg', value: 21, most: 20, unit: 'µs' },
  ],
  doubts: [],
}

describe('the page', () => {
  it('names each bound with its verdict, and shows each table', () => {
    const page = writePage(['a machine'], [SECTION])
    expect(page).toContain('- a machine\n')
    expect(page).toContain('- growth: 1.4 ×, at most 1.5: holds\n- CPU of a leg: 21 µs, at most 20: MISSED\n')
    expect(page).toContain('\n## Longer lists\n\nClients ask.\n\n| entities | µs |\n|---|---|\n| 100 | 3.5 |\n')
    expect(page).not.toContain('What disturbs')
  })

  it('says what disturbed a run', () => {
    const page = writePage([], [SECTION, { ...SECTION, doubts: ['round 1: other work took 9 % of the machine'] }])
    expect(page).toMatch(/## What disturbs these figures\n\n- round 1: other work took 9 % of the machine\n$/)
  })
})
