import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operationHash } from '../../contract/leg-token.ts'
import { QueryText } from './query-texts.ts'
import { createTextMemory, ENTRY_CHARACTERS } from './text-memory.ts'

describe('a memory of texts', () => {
  it('returns what a fresh computation returns, and holds no more than two generations', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 12 })
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 60 }),
        fc.integer({ min: 0, max: 20 * ENTRY_CHARACTERS }),
        (texts, most) => {
          let made = 0
          const compute = (text: string) => ({ upper: text.toUpperCase(), number: ++made })
          const remembered = createTextMemory(compute, most)
          const held = new Map<string, number>()
          for (const text of texts) {
            const { upper, number } = remembered(text)
            expect(upper).toBe(text.toUpperCase())
            held.set(text, number)
          }
          // Whoever asks again for all texts, from the latest to the first, finds at most two generations without a computation.
          const before = made
          const found = [...held].filter(([text, number]) => remembered(text).number === number && number <= before)
          expect(found.reduce((sum, [text]) => sum + text.length + ENTRY_CHARACTERS, 0)).toBeLessThanOrEqual(3 * most)
        },
      ),
    )
  })

  it('makes a value once for a text that is asked again and again', () => {
    let made = 0
    const remembered = createTextMemory((text) => `${text}${++made}`, 10 * ENTRY_CHARACTERS)
    for (let i = 0; i < 50; i += 1) {
      expect(remembered('hot')).toBe('hot1')
      remembered(`${i}`)
    }
  })

  it('counts what a text takes besides its characters, so it holds few of any number of short texts', () => {
    let made = 0
    const remembered = createTextMemory((text) => `${text}${++made}`, 10 * (ENTRY_CHARACTERS + 1))
    const texts = Array.from({ length: 1_000 }, (_, at) => String.fromCharCode(at))
    for (const text of texts) remembered(text)
    for (const text of texts.slice(-10)) remembered(text)
    expect(made).toBe(1_000)
    remembered(texts[0] ?? '')
    expect(made).toBe(1_001)
  })

  it('knows of the text of a query what is computed afresh', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (query, variables) => {
        const text = new QueryText(query)
        expect([text.hash(), text.hash()]).toEqual(Array(2).fill(hash('sha256', query)))
        expect([text.operation(), text.operation()]).toEqual(Array(2).fill(operationHash(query)))
        expect(`${text.opening}${JSON.stringify(variables)}}`).toBe(JSON.stringify({ query, variables }))
      }),
    )
  })
})
