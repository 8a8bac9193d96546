import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LeafShape } from '../types/shape.ts'
import { ANY_KEY, ANY_LEAF, checkName, keyPattern, leafPattern, Unspliceable } from './patterns.ts'

const INT_MAX = 2 ** 31 - 1

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Float: (value) => Number.isFinite(value),
  Int: (value) => Number.isInteger(value) && Math.abs(value as number) <= INT_MAX,
  Hue: (value) => value === 'RED' || value === 'BLUE',
}

function leafOf(typeName: string): LeafShape {
  const accepts = CHECKS[typeName] ?? (() => true)
  const enumValues = typeName === 'Hue' ? { enumValues: ['RED', 'BLUE'] } : {}
  return { kind: 'leaf', nonNull: true, typeName, accepts, isId: typeName === 'ID', ...enumValues }
}

const isWhole = (pattern: string, text: string): boolean => new RegExp(`^(?:${pattern})$`).test(text)

/** Texts that are JSON or almost. */
const texts = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
  fc.double().map(String),
  fc.integer().map(String),
  fc.stringMatching(/^-?[0-9]{0,3}(\.[0-9]{0,3})?([eE][+-]?[0-9]{0,3})?$/),
  fc.stringMatching(/^"([^"]|\\["\\/bfnrtux]|\\u[0-9a-g]{3,4}){0,8}"$/),
)

describe('the pattern of a leaf', () => {
  it.each(Object.keys(CHECKS))('%s accepts only JSON that the gateway’s check accepts', (typeName) => {
    const shape = leafOf(typeName)
    const pattern = leafPattern(shape)
    fc.assert(
      fc.property(texts, (text) => {
        if (isWhole(pattern, text)) expect(shape.accepts(JSON.parse(text))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['String', '""'],
    ['String', '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\ud800"'],
    ['String', '"Ñandú 😀\u2028\u007f"'],
    ['ID', '"7"'],
    ['Boolean', 'false'],
    ['Float', '0'],
    ['Float', '-0.5'],
    ['Float', '-1e-9'],
    ['Float', '1.7976931348623157E+99'],
    ['Int', '0'],
    ['Int', '-1999999999'],
    ['Int', '1999999999'],
    ['Hue', '"BLUE"'],
  ])('%s accepts %s', (typeName, text) => {
    expect(isWhole(leafPattern(leafOf(typeName)), text)).toBe(true)
  })

  it.each([
    ['String', '"'],
    ['String', '"\\"'],
    ['String', '"\u0000"'],
    ['String', '"\u001f"'],
    ['String', '"\n"'],
    ['String', '"\\x41"'],
    ['String', '"\\u12"'],
    ['String', '"a"b"'],
    ['String', 'null'],
    ['ID', '7'],
    ['Boolean', '"true"'],
    ['Float', '-0'],
    ['Float', '-0.00'],
    ['Float', '-0e5'],
    ['Float', '01'],
    ['Float', '1.'],
    ['Float', '.5'],
    ['Float', '+1'],
    ['Float', '1e400'],
    ['Float', `1${'0'.repeat(400)}`],
    ['Int', '-0'],
    ['Int', '2147483648'],
    ['Int', '1.0'],
    ['Int', '1e2'],
    ['Int', '007'],
    ['Hue', '"GREEN"'],
    ['Hue', '"RED'],
  ])('%s does not accept %s', (typeName, text) => {
    expect(isWhole(leafPattern(leafOf(typeName)), text)).toBe(false)
  })

  it('is not known of another scalar', () => {
    expect(() => leafPattern(leafOf('Date'))).toThrow(Unspliceable)
    expect(() => leafPattern(leafOf('constructor'))).toThrow(Unspliceable)
    expect(() => leafPattern({ ...leafOf('String'), typeName: null })).toThrow(Unspliceable)
    expect(() => leafPattern({ ...leafOf('Hue'), enumValues: ['A|B'] })).toThrow(Unspliceable)
  })

  it('takes linear time if a text almost matches', () => {
    const text = `"${'\\n'.repeat(20_000)}${'a'.repeat(200_000)}`
    expect(isWhole(leafPattern(leafOf('String')), text)).toBe(false)
    expect(isWhole(leafPattern(leafOf('String')), `${text}"`)).toBe(true)
  })

  it('bounds the escapes of one string', () => {
    expect(isWhole(leafPattern(leafOf('String')), `"${'\\n'.repeat(20_001)}"`)).toBe(false)
    expect(isWhole(leafPattern(leafOf('String')), `"${'\\n'.repeat(5_000_000)}"`)).toBe(false)
  })
})

describe('the pattern of a part of a representation', () => {
  it.each([...['String', 'ID', 'Int', 'Hue'].map((name) => keyPattern(leafOf(name))), ANY_KEY])(
    '%s accepts only the text that the gateway would write',
    (pattern) => {
      fc.assert(
        fc.property(texts, (text) => {
          if (isWhole(pattern, text)) expect(JSON.stringify(JSON.parse(text))).toBe(text)
        }),
        { numRuns: 300 },
      )
    },
  )

  it.each(['"\\u0041"', '"\\/"', '"é"', '"\u007f"', '1.0', '-0', '1e3', '9007199254740993', 'null', 'true'])(
    'is not %s',
    (text) => {
      expect(isWhole(ANY_KEY, text)).toBe(false)
    },
  )

  it('is not known of a number with a fraction', () => {
    expect(() => keyPattern(leafOf('Float'))).toThrow(Unspliceable)
    expect(() => keyPattern(leafOf('Boolean'))).toThrow(Unspliceable)
  })
})

it('the pattern of any leaf accepts only leaves of JSON', () => {
  fc.assert(
    fc.property(texts, (text) => {
      if (isWhole(ANY_LEAF, text)) expect(typeof JSON.parse(text) !== 'object' || text === 'null').toBe(true)
    }),
    { numRuns: 300 },
  )
})

it.each(['a b', 'é', 'a"', '', '1a', '__proto__', 'a\\'])('the name %j is not spliced', (name) => {
  expect(() => checkName(name)).toThrow(Unspliceable)
})
