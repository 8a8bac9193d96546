import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJsonArray, parseJwsPart } from './unambiguous-json.ts'

const encode = (text: string): string => Buffer.from(text).toString('base64url')

/** JSON as somebody may write it: members in any order and as often as it likes, and spaces anywhere. */
type Written =
  | { readonly scalar: unknown }
  | { readonly list: readonly Written[] }
  | { readonly members: readonly (readonly [string, Written])[] }

const name = fc.constantFrom('a', 'b', '1', '0', '__proto__', 'é', 'x"y', 'a:b')
const scalar = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null), name)
const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { maxDepth: 4 },
    fc.record({ scalar }),
    fc.record({ list: fc.array(tie('written'), { maxLength: 4 }) }),
    fc.record({ members: fc.array(fc.tuple(name, tie('written')), { maxLength: 4 }) }),
  ),
}))

function write(one: Written, space: string): string {
  if ('scalar' in one) return JSON.stringify(one.scalar)
  if ('list' in one) return `[${space}${one.list.map((each) => write(each, space)).join(`,${space}`)}]`
  const members = one.members.map(([each, value]) => `${JSON.stringify(each)}${space}:${space}${write(value, space)}`)
  return `{${members.join(`${space},`)}}`
}

function namesTwice(one: Written): boolean {
  if ('scalar' in one) return false
  if ('list' in one) return one.list.some(namesTwice)
  const names = one.members.map(([each]) => each)
  return new Set(names).size < names.length || one.members.some(([, value]) => namesTwice(value))
}

describe('JSON that every reader reads in the same way', () => {
  it('is read unless a member is named twice, however it is written', () => {
    fc.assert(
      fc.property(written, fc.constantFrom('', ' ', '\n\t'), (one, space) => {
        const text = write({ list: [one] }, space)
        expect(parseJsonArray(encode(text))).toEqual(namesTwice(one) ? null : JSON.parse(text))
      }),
    )
  })

  it.each([
    ['an escaped name beside the same name', '{"a":1,"\\u0061":2}'],
    ['a name twice inside a list', '{"a":[{"b":1,"b":1}]}'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['a list', '[1]'],
    ['no JSON', '{"a":1'],
  ])('is not read as an object if it is %s', (_, text) => {
    expect(parseJwsPart(encode(text))).toBe(null)
  })

  it('is not read from bytes that are not UTF-8, nor from base64url of another form', () => {
    expect(parseJwsPart(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url'))).toBe(null)
    const right = encode('{"a":12}')
    expect(parseJwsPart(right)).toEqual({ a: 12 })
    for (const wrong of [`${right}=`, ` ${right}`, `${right.slice(0, -1)}B`]) expect(parseJwsPart(wrong)).toBe(null)
  })
})
