import { expect, it } from 'vitest'
import { type CaseFilter, isRangeOfOrder } from './case-filter.ts'

const RANGE = { filedFrom: '2024-01-01', filedTo: '2024-12-31' }

it.each<[CaseFilter | null, string, boolean]>([
  [RANGE, 'FILED_ON_DESC', true],
  [{ filedTo: '2024-12-31', status: null }, 'FILED_ON_DESC', true],
  [RANGE, 'ID_ASC', false],
  [{ ...RANGE, status: ['OPEN'] }, 'FILED_ON_DESC', false],
  [{ iccs: ['0101'] }, 'FILED_ON_DESC', false],
  [{ status: null }, 'FILED_ON_DESC', false],
  [null, 'FILED_ON_DESC', false],
])('one plan is good for each page of %j in the order %s: %s', (filter, order, isRange) => {
  expect(isRangeOfOrder(filter, order)).toBe(isRange)
})
