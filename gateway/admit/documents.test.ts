import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { findDocument, parseDocumentList } from './documents.ts'

const LISTED = 'query A { a }'
const OTHER = 'query B { b }'
const ID = createHash('sha1').update(LISTED).digest('hex')
const list = parseDocumentList(JSON.stringify({ [ID]: LISTED, second: OTHER }))

function find(mode: 'enforce' | 'log', asked: { readonly query?: unknown; readonly documentId?: unknown }) {
  const strangers: string[] = []
  const { query, documentId } = asked
  const found = (): string | null =>
    findDocument({ query, documentId, variables: {} }, { list, mode, onStranger: (hash) => strangers.push(hash) })
  return { found, strangers }
}

describe('a list of documents', () => {
  it.each([
    ['text', '', 'expected JSON'],
    ['a list', '[]', 'expected a JSON object'],
    ['an id without a text', '{"a": 1}', 'expected a JSON object'],
    ['an empty text', '{"a": ""}', 'expected a JSON object'],
    ['what is no GraphQL', '{"a": "{"}', 'expected a GraphQL document at "a"'],
  ])('is refused where it is or holds %s', (_, json, message) => {
    expect(() => parseDocumentList(json)).toThrow(message)
  })
})

describe.each(['enforce', 'log'] as const)('in mode %s', (mode) => {
  it.each([
    ['its id', { documentId: ID }],
    ['its id with the hash’s name', { documentId: `sha256:${ID}` }],
    ['its id and text', { documentId: ID, query: LISTED }],
    ['its id and no text', { documentId: ID, query: null }],
    ['its text', { query: LISTED }],
    ['its text, under an id that is not listed', { query: LISTED, documentId: 'third' }],
  ])('a listed document is found by %s', (_, asked) => {
    const { found, strangers } = find(mode, asked)
    expect(found()).toBe(LISTED)
    expect(strangers).toEqual([])
  })

  it.each([
    ['an id that is not listed', { documentId: 'third' }],
    ['the id of another text', { documentId: ID, query: OTHER }],
    ['a listed id with a text that is not', { documentId: ID, query: '{ c }' }],
    ['an id that is no text', { documentId: 1 }],
    ['nothing', {}],
    ['a member of every object', { documentId: 'constructor' }],
  ])('what asks by %s is refused', (_, asked) => {
    expect(find(mode, asked).found).toThrow(expect.objectContaining({ code: 'DOCUMENT_NOT_TRUSTED', status: 400 }))
  })
})

describe('a document that is not listed', () => {
  it.each(['{ c }', `${LISTED} `, 'query A { a b }'])('is refused in mode enforce: %s', (query) => {
    expect(find('enforce', { query }).found).toThrow(expect.objectContaining({ code: 'DOCUMENT_NOT_TRUSTED' }))
  })

  it('is let through in mode log, and told of by its hash alone', () => {
    const { found, strangers } = find('log', { query: '{ c }' })
    expect(found()).toBeNull()
    expect(strangers).toEqual([createHash('sha256').update('{ c }').digest('hex')])
  })
})
