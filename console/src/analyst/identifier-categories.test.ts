import { expect, it } from 'vitest'
import { IDENTIFIER_CATEGORIES, isDocument } from '../../../contract/identifiers.ts'
import { CATEGORIES, isShared } from './identifier-categories.ts'

it('has the categories of the contract in their order, and tells its documents apart', () => {
  expect(CATEGORIES).toEqual(IDENTIFIER_CATEGORIES)
  expect(CATEGORIES.filter((category) => !isShared(category))).toEqual(
    IDENTIFIER_CATEGORIES.filter((category) => isDocument(category) || category === 'OTHER'),
  )
  expect(isShared('ANTENNA')).toBe(false)
})
