import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isObject, parseJson } from './json-value.ts'

it.each<[unknown, boolean]>([
  [{}, true],
  [{ length: 0 }, true],
  [Object.create(null), true],
  [null, false],
  [undefined, false],
  [[], false],
  ['{}', false],
  [1, false],
])('says whether %j is an object', (value, is) => {
  expect(isObject(value)).toBe(is)
})

it('parses JSON, and returns undefined for any other text', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text))
    }),
  )
  for (const text of ['', '{', 'undefined', 'NaN', '{"a":1}x']) expect(parseJson(text)).toBeUndefined()
})
