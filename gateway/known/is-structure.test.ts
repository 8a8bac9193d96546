import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStructure } from './is-structure.ts'

describe('a planned operation', () => {
  it.each([
    'query ($v0: ID!) {\n  person(id: $v0) {\n    id\n    names {\n      full\n    }\n  }\n}',
    'query ($v0: [CountryCode!], $v1: Boolean!) { cases(countries: $v0, after: null) { edges { node { ...f0 } } } } fragment f0 on Case { id @include(if: $v1) }',
    '{ cases { edges { node { ... on Case { id @skip(if: true) } } } } }',
    'mutation ($v0: CaseFilter!) { file(in: { a: [$v0, null], b: $v0 }) { id } }',
  ])('is only structure: %s', (text) => {
    expect(isStructure(text)).toBe(true)
  })

  it.each([
    ['an alias', '{ maria: person(id: $v0) { id } }'],
    ['an alias below', '{ person { maria: id } }'],
    ['an alias that is ours in form', '{ person { v0: id } }'],
    ['a name of the operation', 'query Maria { person { id } }'],
    ['a name of a variable', 'query ($maria: ID!) { person(id: $maria) { id } }'],
    ['a name of an unused variable', 'query ($v0: ID!, $maria: ID) { person(id: $v0) { id } }'],
    ['a name of a fragment', '{ person { ...Maria } } fragment Maria on Person { id }'],
    ['a name of an unused fragment', '{ person { id } } fragment Maria on Person { id }'],
    ['a text', '{ person(id: "maria") { id } }'],
    ['a block text', '{ person(id: """maria""") { id } }'],
    ['a number', '{ person(id: 5012345678901234567890) { id } }'],
    ['a decimal number', '{ person(id: 1.5) { id } }'],
    ['an enum value', '{ person(id: MARIA) { id } }'],
    ['a text in a list', '{ person(id: ["maria", $v0]) { id } }'],
    ['a text in an object', '{ person(id: { a: "maria" }) { id } }'],
    ['a comment', '{ person { id } } # maria'],
    ['a default', 'query ($v0: ID = "maria") { person(id: $v0) { id } }'],
    ['a directive', '{ person { id @maria } }'],
    ['a directive of the operation', 'query @include(if: true) { person { id } }'],
    ['a directive of a variable', 'query ($v0: ID @include(if: true)) { person { id } }'],
    ['a directive of a fragment', '{ ...f0 } fragment f0 on Query @skip(if: false) { a }'],
    ['a description', '"""maria""" query { person { id } }'],
    ['a description of a type', '"maria" type Maria { id: ID }'],
    ['a definition of a type', 'type Maria { id: ID }'],
    ['no GraphQL', 'maria'],
    ['nothing', ''],
  ])('with %s is not', (_, text) => {
    expect(isStructure(text)).toBe(false)
  })

  it('is not if anything in it has a name that is neither of the schema nor ours', () => {
    const name = fc.stringMatching(/^[_A-Za-z][_0-9A-Za-z]{0,8}$/).filter((text) => !/^[vf]\d{1,5}$/.test(text))
    const place = fc.constantFrom<(name: string) => string>(
      (it) => `query ${it} { a }`,
      (it) => `{ ${it}: a }`,
      (it) => `query ($${it}: ID) { a }`,
      (it) => `{ a(b: $${it}) }`,
      (it) => `{ a(b: { c: [$${it}] }) }`,
      (it) => `{ a { ...${it} } }`,
      (it) => `{ a } # ${it}`,
      (it) => `{ a(b: "${it}") }`,
    )
    fc.assert(
      fc.property(name, place, (text, write) => {
        expect(isStructure(write(text))).toBe(false)
      }),
    )
  })
})
