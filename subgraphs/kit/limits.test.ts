import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { checkDocument, checkRepresentations, checkText, LIMITS } from './execute.ts'

const small = { ...LIMITS, tokens: 20, depth: 4, fields: 5, representations: 2 }

describe('the limits on a text', () => {
  it.each([
    ['the largest number of tokens', `{ ${'a '.repeat(18)}}`],
    ['the deepest document', '{a{a{a{a}}}}'],
    ['braces in strings and comments', '{ a(b: "{{{{{{{{") } # {{{{{{{'],
  ])('let %s through', (_name, text) => {
    expect(() => checkText(text, small)).not.toThrow()
  })

  it.each([
    ['one token too many', `{ ${'a '.repeat(19)}}`, 'at most 20 tokens'],
    ['one level too many', '{a{a{a{a{a}}}}}', 'at most 4 levels'],
    ['lists too deep', '{a(b:[[[[1]]]])}', 'at most 4 levels'],
    ['a depth that would break the parser', '{a'.repeat(500_000), 'LIMIT'],
  ])('refuse %s', (_name, text, message) => {
    const limits = message === 'LIMIT' ? { ...LIMITS, tokens: Number.MAX_SAFE_INTEGER } : small
    expect(() => checkText(text, limits)).toThrow(message === 'LIMIT' ? `at most ${LIMITS.depth} levels` : message)
  })
})

describe('the limits on a document', () => {
  it.each([
    ['five fields', '{a b c:a d{e}}'],
    ['fragments within the limit', '{...f} fragment f on Q{a b ...g} fragment g on Q{c d e}'],
  ])('let %s through', (_name, text) => {
    expect(() => checkDocument(parse(text), small)).not.toThrow()
  })

  it.each([
    ['aliases of one field', '{a b:a c:a d:a e:a f:a}', 'at most 5 fields'],
    ['fields of a fragment that is used twice', '{x{...f} y{...f}} fragment f on Q{a b}', 'at most 5 fields'],
    ['fields that fragments double', bomb(40), 'at most 5 fields'],
    ['levels that fragments add', '{a{a{...f}}} fragment f on Q{a{a}}', 'at most 4 levels'],
    ['levels of inline fragments', '{...{...{...{...{a}}}}}', 'at most 4 levels'],
    ['fragments in a circle', '{...f} fragment f on Q{...g} fragment g on Q{...f}', 'in a circle'],
    ['a fragment that uses itself', '{...f} fragment f on Q{a{...f}}', 'in a circle'],
  ])('refuse %s', (_name, text, message) => {
    expect(() => checkDocument(parse(text), small)).toThrow(message)
  })
})

describe('the limit on representations', () => {
  it('allows exactly its number and no more', () => {
    expect(() => checkRepresentations(2, small)).not.toThrow()
    expect(() => checkRepresentations(3, small)).toThrow('at most 2 representations')
  })
})

// Each fragment uses the next one twice: 2^n fields from n lines.
function bomb(n: number): string {
  const fragments = Array.from({ length: n }, (_, i) => `fragment f${i} on Q{...f${i + 1} ...f${i + 1}}`)
  return `{...f0} ${fragments.join(' ')} fragment f${n} on Q{a}`
}
