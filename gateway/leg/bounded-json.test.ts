import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBoundsScan, findExceededBound, mayExceed } from './bounded-json.ts'

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

  it('are the same for a text that comes in parts, wherever it is cut', () => {
    const bounds = fc.record({ levels: fc.nat(6), values: fc.nat(30) })
    const cuts = fc.array(fc.nat(200), { maxLength: 6 })
    const signs = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ']', ',', 'á') })
    fc.assert(
      fc.property(
        fc.oneof(
          json.map((value) => JSON.stringify(value)),
          signs,
        ),
        bounds,
        cuts,
        (text, bounds, cuts) => {
          const bytes = Buffer.from(text)
          const places = [...cuts.filter((cut) => cut < bytes.length), 0, bytes.length].sort((a, b) => a - b)
          const scan = createBoundsScan(bounds)
          const found = places.slice(1).map((end, i) => scan(bytes.subarray(places[i], end)))
          expect(found.find((exceeded) => exceeded !== null) ?? null).toBe(findExceededBound(bytes, bounds))
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('hold for sure in a text of which the quick look says that it cannot exceed them', () => {
    const bounds = fc.record({ levels: fc.nat(6), values: fc.nat(60) })
    const signs = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ']', ',', 'á', '0'), maxLength: 30 })
    let isSure = 0
    fc.assert(
      fc.property(
        fc.oneof(
          json.map((value) => JSON.stringify(value)),
          signs,
        ),
        bounds,
        (text, bounds) => {
          if (mayExceed(text, bounds)) return
          isSure += 1
          expect(findExceededBound(Buffer.from(text), bounds)).toBeNull()
        },
      ),
      { numRuns: 1_000 },
    )
    expect(isSure).toBeGreaterThan(50)
  })

  it.each([
    ['[[[]]]', { levels: 3, values: 7 }, false],
    ['[[[]]]', { levels: 2, values: 7 }, true],
    ['[{"[":"{"}]', { levels: 4, values: 12 }, false],
    ['[{"[":"{"}]', { levels: 3, values: 12 }, true],
    ['[1,2,3]', { levels: 1, values: 8 }, false],
    ['[1,2,3]', { levels: 1, values: 7 }, true],
  ])('may be exceeded by %s, as far as a quick look tells', (text, bounds, may) => {
    expect(mayExceed(text, bounds)).toBe(may)
  })

  /** Returns how many bytes of a text are looked at until a bound is found to be exceeded, or until the end. */
  const countLooks = (text: string, bounds: { readonly levels: number; readonly values: number }) => {
    let looks = 0
    const bytes = new Proxy(Buffer.from(text), {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        if (typeof key === 'string' && /^\d+$/.test(key)) looks += 1
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    return { exceeded: findExceededBound(bytes, bounds), looks }
  }

  it.each([
    ['numbers', `[${'0,'.repeat(50_000)}0]`, 2],
    ['empty objects', `[${'{},'.repeat(50_000)}{}]`, 3],
    ['keys', `{${Array.from({ length: 50_000 }, (_, i) => `"${String(i).padStart(5, '0')}":0`).join()}}`, 10],
    ['levels', '['.repeat(100_000), 1],
  ])('are found to be exceeded by %s before the rest of the text is looked at', (_, text, bytesPerValue) => {
    const { exceeded, looks } = countLooks(text, { levels: 256, values: 1_000 })
    expect(exceeded).not.toBeNull()
    expect(looks).toBeLessThan(2 * 1_010 * bytesPerValue)
  })

  it('hold after each byte was looked at twice at most', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value)
        const { exceeded, looks } = countLooks(text, { levels: LARGE, values: LARGE })
        expect(exceeded).toBeNull()
        expect(looks).toBeLessThanOrEqual(2 * Buffer.byteLength(text))
      }),
    )
  })
})
