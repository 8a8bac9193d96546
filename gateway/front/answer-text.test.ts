import { describe, expect, it } from 'vitest'
import { JsonText, stringify, writeBody } from './answer-text.ts'

const JSON_TEXT = '{"name":"Ñandú 😀"}'
const LATIN1 = Buffer.from(JSON_TEXT, 'utf8').toString('latin1')

describe('the body of an answer', () => {
  it.each([
    ['of data that is text', new JsonText(JSON_TEXT), 'utf8'],
    ['of data that was spliced', new JsonText(LATIN1, 'latin1'), 'latin1'],
    ['of data that is values', JSON.parse(JSON_TEXT), 'utf8'],
  ] as const)('%s is the same bytes', (_, data, expected) => {
    const { body, encoding } = writeBody({ data })
    expect(encoding).toBe(expected)
    expect(Buffer.from(body, encoding).toString('utf8')).toBe(`{"data":${JSON_TEXT}}\n`)
    expect(stringify({ data })).toBe(`{"data":${JSON_TEXT}}\n`)
  })

  it('has what else the answer says beside data that was spliced', () => {
    const result = { data: new JsonText(LATIN1, 'latin1'), extensions: { record: 'Ñ' } }
    const { body, encoding } = writeBody(result)
    expect(Buffer.from(body, encoding).toString('utf8')).toBe(`{"data":${JSON_TEXT},"extensions":{"record":"Ñ"}}\n`)
  })
})
