import { buildSchema, type GraphQLObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { checkInputValues, MAX_LIST_LENGTH, MAX_TEXT_LENGTH } from './input-values.ts'

const SCHEMA = buildSchema(`
  scalar IccsCode
  type Query { cases(ids: [[ID!]], filter: Filter, codes: [IccsCode!], text: String, first: Int, after: String): Int }
  input Filter { text: String, id: ID, next: Filter, words: [String!] }`)
const { args = [] } = (SCHEMA.getType('Query') as GraphQLObjectType).getFields().cases ?? {}

function check(values: Readonly<Record<string, unknown>>): string | null {
  try {
    checkInputValues(args, values, 'Query.cases')
    return null
  } catch (error) {
    const { code, status, message } = error as { code: string; status: number; message: string }
    return `${status} ${code} ${message}`
  }
}

describe('the arguments of a field', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['no values', {}],
    ['null everywhere', { ids: null, filter: null, codes: [null], text: null, first: null }],
    [
      'ids, texts and numbers',
      { ids: [['GT:1']], text: 'José 🦜', first: 3, filter: { next: { id: 'HN:é', text: '' } } },
    ],
    ['the longest text', { text: 'x'.repeat(MAX_TEXT_LENGTH) }],
    ['the longest list', { codes: Array(MAX_LIST_LENGTH).fill('01') }],
    ['a cursor, which has a check of its own', { after: `${'x'.repeat(4_000)}\0` }],
    ['one item in place of a list', { codes: '01' }],
  ])('may be %s', (_, values) => {
    expect(check(values)).toBeNull()
  })

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'a text with U+0000',
      { text: 'a\0b' },
      /^400 BAD_USER_INPUT .*Query\.cases\(text:\) takes Unicode text without U\+0000/,
    ],
    [
      'half of a surrogate pair',
      { filter: { text: '\ud83e' } },
      /^400 BAD_USER_INPUT .*Filter\.text takes Unicode text/,
    ],
    ['such a text in a list', { filter: { next: { words: ['ok', '\0'] } } }, /Filter\.words takes Unicode text/],
    ['such a text as a scalar', { codes: ['01\0'] }, /Query\.cases\(codes:\) takes Unicode text/],
    [
      'too long a text',
      { filter: { text: 'x'.repeat(MAX_TEXT_LENGTH + 1) } },
      /Filter\.text takes at most 1000 characters; came 1001/,
    ],
    [
      'too long a list',
      { codes: Array(4_900).fill('01') },
      /Query\.cases\(codes:\) takes at most 500 items; came 4900/,
    ],
    ['an id without an owner', { filter: { id: 'x' } }, /^400 ID_INVALID/],
    ['an id that is not in NFC', { ids: [['GT:1'], ['GT:e\u0301']] }, /^400 ID_INVALID/],
    ['an id with U+0000', { ids: [['GT:\0']] }, /^400 ID_INVALID/],
  ])('must not be %s', (_, values, expected) => {
    expect(check(values)).toMatch(expected)
    expect(check(values)).not.toContain('\0')
  })
})
