import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findExceededBound } from './bounded-json.ts'

const LARGE = 1_000_000_000

function exceeded(text: string, over: { readonly levels?: number; readonly values?: number }): string | null {
  return findExceededBound(Buffer.from(text), { levels: LARGE, values: LARGE, ...over })
}

/** Counts by walking the value that the parser built: the plain way, which needs the value first. */
function measure(value: unknown): { readonly levels: number; readonly values: number; readonly empty: number } {
  if (typeof value !== 'object' || value === null) return { levels: 0, values: 1, empty: 0 }
  const below = Object.values(value).map(measure)
  return {
    levels: 1 + Math.max(0, ...below.map(({ levels }) => levels)),
    values: 1 + below.reduce((sum, { values }) => sum + values, 0),
    empty: (below.length === 0 ? 1 : 0) + below.reduce((sum, { empty }) => sum + empty, 0),
  }
}

describe('the bounds of a JSON text', () => {
  const json = fc.jsonValue({ maxDepth: 8, stringUnit: 'binary' })

  it('on levels hold exactly up to the depth of the value that the parser builds', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify(value, null, space)
        const { levels } = measure(JSON.parse(text))
        expect(exceeded(text, { levels })).toBeNull()
        if (levels > 0) expect(exceeded(text, { levels: levels - 1 })).toBe('levels')
      }),
      { numRuns: 500 },
    )
  })

  it('on values hold exactly up to the number of values, where an empty object or list counts twice', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify(value, null, space)
        const { values, empty } = measure(JSON.parse(text))
        expect(exceeded(text, { values: values + empty })).toBeNull()
        if (values + empty > 1) expect(exceeded(text, { values: values + empty - 1 })).toBe('values')
      }),
      { numRuns: 500 },
    )
  })

  it('are never exceeded by what stands in a text, and end for any bytes', () => {
    const signs = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', 'á', '\u{1f600}', 'u') })
    fc.assert(
      fc.property(signs, (text) => {
        expect(exceeded(JSON.stringify([text]), { levels: 1, values: 2 })).toBeNull()
      }),
    )
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void findExceededBound(bytes, { levels: 3, values: 9 })))
  })

  /** Builds what the text says. A text that is not JSON counts as built when the parser has refused it. */
  const buildOf = (text: string): unknown => {
    try {
      return measure(JSON.parse(text))
    } catch {
      return undefined
    }
  }

  it.each([
    ['numbers', `[${'0,'.repeat(2_000_000)}0]`],
    ['empty objects', `[${'{},'.repeat(1_300_000)}{}]`],
    ['keys', `{${Array.from({ length: 400_000 }, (_, i) => `"${i}":0`).join()}}`],
  ])('are found to be exceeded in four megabytes of %s in less time than one building of it takes', (_, text) => {
    const bytes = Buffer.from(text)
    const startedAt = performance.now()
    expect(findExceededBound(bytes, { levels: 256, values: 262_144 })).not.toBeNull()
    const scannedMs = performance.now() - startedAt
    const buildingAt = performance.now()
    expect(buildOf(text)).not.toBeNull()
    expect(scannedMs).toBeLessThan(performance.now() - buildingAt)
  })
})
