import { describe, expect, it } from 'vitest'
import { JsonText, stringify } from './answer-text.ts'

const JSON_TEXT = '{"name":"Ñandú 😀"}'

describe('the body of an answer', () => {
  it.each([
    ['of data that is text', new JsonText(JSON_TEXT)],
    ['of data that is values', JSON.parse(JSON_TEXT)],
  ] as const)('%s is the same text', (_, data) => {
    expect(stringify({ data })).toBe(`{"data":${JSON_TEXT}}\n`)
  })

  it('has what else the answer says beside data that is text', () => {
    const extensions = { record: 'Ñ' }
    expect(stringify({ data: new JsonText(JSON_TEXT), extensions })).toBe(
      `{"data":${JSON_TEXT},"extensions":{"record":"Ñ"}}\n`,
    )
  })
})
