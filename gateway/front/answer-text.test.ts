import { describe, expect, it } from 'vitest'
import type { SplicedText } from '../types/splice.ts'
import { JsonText, stringify, type TextEncoding, writeBody } from './answer-text.ts'

const JSON_TEXT = '{"name":"Ñandú 😀"}'
const LATIN1 = Buffer.from(JSON_TEXT, 'utf8').toString('latin1')
/** The same bytes, apart within a character. */
const PARTS = [Buffer.from(JSON_TEXT).subarray(0, 10), Buffer.from(JSON_TEXT).subarray(10)]

function decode(body: SplicedText, encoding: TextEncoding): string {
  return (typeof body === 'string' ? Buffer.from(body, encoding) : Buffer.concat(body)).toString('utf8')
}

describe('the body of an answer', () => {
  it.each([
    ['of data that is text', new JsonText(JSON_TEXT), 'utf8'],
    ['of data that was spliced', new JsonText(LATIN1, 'latin1'), 'latin1'],
    ['of data that was spliced in parts', new JsonText(PARTS, 'latin1'), 'latin1'],
    ['of data that is values', JSON.parse(JSON_TEXT), 'utf8'],
  ] as const)('%s is the same bytes', (_, data, expected) => {
    const { body, encoding } = writeBody({ data })
    expect(encoding).toBe(expected)
    expect(decode(body, encoding)).toBe(`{"data":${JSON_TEXT}}\n`)
    expect(stringify({ data })).toBe(`{"data":${JSON_TEXT}}\n`)
  })

  it('has what else the answer says beside data that was spliced', () => {
    for (const data of [new JsonText(LATIN1, 'latin1'), new JsonText(PARTS, 'latin1')]) {
      const { body, encoding } = writeBody({ data, extensions: { record: 'Ñ' } })
      expect(decode(body, encoding)).toBe(`{"data":${JSON_TEXT},"extensions":{"record":"Ñ"}}\n`)
    }
  })
})
