import { parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { stripLocations } from './nodes.ts'

const SOURCE =
  'query Q($a: [ID!] = ["x"]) { a(b: { c: [$a, 1.5, null, E] }) @d(e: "f") { ...F ... on T { g } } } fragment F on T { h }'

describe('a syntax tree', () => {
  it('without its locations equals one that is parsed without locations', () => {
    const stripped = stripLocations(parse(SOURCE))
    expect(stripped).toStrictEqual(parse(SOURCE, { noLocation: true }))
    expect(print(stripped)).toBe(print(parse(SOURCE)))
  })

  it('without locations is returned unchanged', () => {
    const document = parse(SOURCE, { noLocation: true })
    expect(stripLocations(document)).toBe(document)
  })

  it('is not changed in place', () => {
    const document = parse(SOURCE)
    stripLocations(document)
    expect(document.loc?.source.body).toBe(SOURCE)
  })
})
