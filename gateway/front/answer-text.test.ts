import { expect, it } from 'vitest'
import { JsonText, stringify } from './answer-text.ts'

const JSON_TEXT = '{"name":"Ñandú 😀"}'

it.each([
  ['text', new JsonText(JSON_TEXT)],
  ['values', JSON.parse(JSON_TEXT)],
])('the body of an answer whose data is %s has the same data', (_, data) => {
  expect(stringify({ data })).toBe(`{"data":${JSON_TEXT}}\n`)
})

it('the body of an answer has what else it says beside data that is text', () => {
  const data = new JsonText(JSON_TEXT)
  expect(stringify({ data, extensions: { record: 'Ñ' } })).toBe(`{"data":${JSON_TEXT},"extensions":{"record":"Ñ"}}\n`)
})
