import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rememberHeader } from './remember-header.ts'
import { parseJwsPart } from './unambiguous-json.ts'

const encode = (text: string): string => Buffer.from(text).toString('base64url')

function read(part: string): object {
  const header = parseJwsPart(part)
  if (header === null) throw new Error(`expected a header; came ${part.length} characters`)
  return header
}

function outcomeOf(of: (part: string) => object, part: string): unknown {
  try {
    return of(part)
  } catch (error) {
    return String(error)
  }
}

describe('a remembered header', () => {
  const members = fc.record({
    alg: fc.constantFrom('ES256', 'EdDSA'),
    kid: fc.string({ maxLength: 4, unit: 'binary' }),
  })
  const part = fc.oneof(
    members.map((header) => encode(JSON.stringify(header))),
    fc.nat(2_000).map((length) => encode(JSON.stringify({ kid: 'x'.repeat(length) }))),
    fc.constantFrom('', 'e30', 'e30=', 'é', encode('[]'), encode('{"a":1,"a":2}')),
  )

  it('says what a fresh reader says, whatever was read before and wherever in a text it stands', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(part, fc.boolean()), { maxLength: 12 }), (parts) => {
        const remembered = rememberHeader(read)
        for (const [one, isPart] of [...parts, ...parts]) {
          const shown = isPart ? (`${one}.${'x'.repeat(20)}`.split('.')[0] ?? '') : one
          expect(outcomeOf(remembered, shown)).toEqual(outcomeOf(read, one))
        }
      }),
    )
  })

  it('is read once, unless it is long, has no good form, or a thousand others were used since', () => {
    const asked: string[] = []
    const remembered = rememberHeader((one) => {
      asked.push(one)
      return read(one)
    })
    const [short, long] = [encode('{"a":1}'), encode(JSON.stringify({ a: 'x'.repeat(1_000) }))]
    for (const one of [short, long, '!', short, long, '!', short]) outcomeOf(remembered, one)
    expect(asked).toEqual([short, long, '!', long, '!'])
    for (let at = 0; at < 1_000; at++) remembered(encode(JSON.stringify({ at })))
    remembered(short)
    expect(asked.filter((one) => one === short)).toHaveLength(2)
  })
})
