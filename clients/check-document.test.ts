import fc from 'fast-check'
import { Lexer, Source, TokenKind } from 'graphql'
import { describe, expect, it } from 'vitest'
import { findLiteral } from '../contract/trust/question-literals.ts'
import { checkDocument } from './check-document.ts'
import { ClientError } from './client-error.ts'

function refusalOf(document: string, variables: object = {}): unknown {
  try {
    checkDocument(document, variables as Record<string, unknown>)
    return null
  } catch (error) {
    return error instanceof ClientError ? { code: error.code, ...error.facts } : error
  }
}

describe('a document is refused', () => {
  it.each([
    ['a text', '{ a(b: "x") }', 1, 8],
    ['an empty text', '{ a(b: "") }', 1, 8],
    ['a block text over lines', '{\n  a(b: """x\n\\""" y""") }', 2, 8],
    ['a number', '{\r\n a(b: 7) }', 2, 7],
    ['a negative number with an exponent', '{ a(b: [-1.5e3]) }', 1, 9],
    ['a default', 'query ($a: Int = 3) { a(b: $a) }', 1, 18],
    ['a text behind a comment with a quote', '# "not one"\n{ a(b: "x") }', 2, 8],
  ])('for %s', (_, document, line, column) => {
    expect(refusalOf(document, { a: 1 })).toEqual({ code: 'DOCUMENT_HAS_LITERAL', line, column })
    expect(findLiteral(document)).toMatchObject({ line, column })
  })

  it('for a variable without a value, wherever the dollar stands, and not for one that is null', () => {
    expect(refusalOf('query ($ # c\n a: Int) { a(b: $a) }')).toEqual({ code: 'VARIABLE_WITHOUT_VALUE', name: 'a' })
    expect(refusalOf('query ($a: Int) { a(b: $a) }', { a: undefined })).toMatchObject({ name: 'a' })
    expect(refusalOf('query ($a: Int) { a(b: $a) }', { a: null })).toBe(null)
  })
})

it('names, booleans, enum values, directives and comments with numbers are no values of a document', () => {
  const document = '# 7 "x"\nquery Q7($a: [Int!]!) { a1: f(b: $a, c: DESC_2, d: true) @skip(if: false) { ...F3 } }'
  expect(refusalOf(document, { a: [] })).toBe(null)
})

it('finds what the lexer of GraphQL finds, in any text that it can read', () => {
  const token = fc.oneof(
    fc.constantFrom('{', '}', '(', ')', ':', '...', '@', '|', '&', '!', '[', ']', '=', ',', '\n', '\r\n', ' ', '\t'),
    fc.constantFrom(
      '$a',
      '$b',
      '$ a',
      'a',
      'B_2',
      '_',
      'true',
      'null',
      '# c "7"\n',
      '"""',
      '"',
      '\\',
      '7',
      '-7',
      '1.5e-3',
    ),
    fc.constantFrom('"x"', '"\\"7"', '"""a "7" \\""" b"""', '""', '"é☃"'),
  )
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
      const document = tokens.join(' ')
      const read = readTokens(document)
      fc.pre(read !== null)
      const expected = read?.literal ?? null
      const refused = refusalOf(document, { a: 1, b: 1 }) as { line?: number; column?: number } | null
      expect(refused === null ? null : [refused.line, refused.column]).toEqual(expected)
      const names = new Set(read?.variables)
      if (expected === null) expect(refusalOf(document) === null).toBe(names.size === 0)
    }),
    { numRuns: 2_000 },
  )
})

function readTokens(document: string) {
  const lexer = new Lexer(new Source(document))
  const variables: string[] = []
  let literal: [number, number] | null = null
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      const isLiteral = [TokenKind.STRING, TokenKind.BLOCK_STRING, TokenKind.INT, TokenKind.FLOAT].includes(token.kind)
      if (isLiteral) literal ??= [token.line, token.column]
      if (token.kind === TokenKind.NAME && token.prev?.kind === TokenKind.DOLLAR) variables.push(token.value)
    }
    return { literal, variables }
  } catch {
    return null
  }
}
