import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rememberByText } from './remember-by-text.ts'

describe('a function that remembers by text', () => {
  it('returns what the function returns, in any order of texts', () => {
    const compute = (text: string) => (text.length % 3 === 0 ? null : `of ${text}`)
    const texts = fc.array(fc.oneof(fc.constantFrom('', 'a', 'bb', 'ccc', 'dddddd'), fc.string({ maxLength: 8 })))
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 4 }), (asked, maxTexts) => {
        const remembered = rememberByText(compute, { maxTexts, maxLength: 5 })
        expect(asked.map(remembered)).toEqual(asked.map(compute))
      }),
    )
  })

  it('computes a text once while it is remembered, and forgets the oldest', () => {
    const computed: string[] = []
    const remembered = rememberByText((text) => computed.push(text), { maxTexts: 2, maxLength: 3 })
    for (const text of ['a', 'a', 'b', 'a', 'c', 'b', 'a', 'long', 'long']) remembered(text)
    expect(computed).toEqual(['a', 'b', 'c', 'a', 'long', 'long'])
  })
})
