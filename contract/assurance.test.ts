import { expect, it } from 'vitest'
import { meetsAssurance } from './assurance.ts'

it.each([
  ['2', '2', true],
  ['3', '2', true],
  ['10', '9', true],
  ['1', '2', false],
  ['', '2', false],
  [undefined, '0', false],
  ['3 ', '2', false],
  ['urn:mace:incommon:iap:silver', '2', false],
  ['urn:mace:incommon:iap:silver', 'urn:mace:incommon:iap:silver', true],
  ['9', 'urn:mace:incommon:iap:silver', false],
])('the assurance %j meets the demand for %j: %s', (assurance, least, expected) => {
  expect(meetsAssurance(assurance, least)).toBe(expected)
})
