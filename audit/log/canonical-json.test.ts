import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeCanonical } from './canonical.ts'

/** What a function gives, or that it throws. */
function outcomeOf(write: () => unknown): unknown {
  try {
    return { gives: write() }
  } catch {
    return 'throws'
  }
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'é',
    '"',
    '\\',
    '\u0000',
    '\u2028',
    '\ud800',
    '\udc00x',
    '😀',
    '\u007f',
    '\ue000',
    '__proto__',
    'toJSON',
  ),
)
const { tree: values } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.double(),
    fc.integer(),
    fc.constantFrom<unknown>(null, undefined, true, false, -0, 1e21, 1e-7, Number.NaN, Number.POSITIVE_INFINITY),
    fc.constantFrom<unknown>(
      new Date(0),
      Object.create(null),
      new Map([[1, 2]]),
      new String('x'),
      Symbol('x'),
      () => 1,
    ),
    fc.array(tie('tree')),
    fc.dictionary(text, tie('tree')),
    fc.dictionary(text, tie('tree'), { noNullPrototype: false }),
  ),
}))

describe('canonical JSON', () => {
  it('is what the library writes, for each value, and throws where it throws', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(outcomeOf(() => writeCanonical(value))).toEqual(outcomeOf(() => canonicalize(value)))
      }),
    )
  })

  it('has the members in the order of their UTF-16 units, as the example of RFC 8785 (section 3.2.3)', () => {
    const members = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    const values = [...(writeCanonical(members) ?? '').matchAll(/:"([^"]+)"/g)].map(([, value]) => value)
    expect(values).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
  })

  it('is written for values of any depth', () => {
    const deep = (levels: number): unknown => {
      let value: unknown = 1
      for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value }
      return value
    }
    for (const levels of [63, 64, 65, 100_000]) expect(writeCanonical(deep(levels))).toBe(canonicalize(deep(levels)))
  })

  it('throws for a circle', () => {
    const circle: unknown[] = []
    circle.push({ circle })
    expect(() => writeCanonical(circle)).toThrow()
  })

  it('writes a value whose `toJSON` gives another one', () => {
    const value = { at: { toJSON: () => ({ b: 1, a: [2] }) } }
    expect(writeCanonical(value)).toBe('{"at":{"a":[2],"b":1}}')
  })
})
