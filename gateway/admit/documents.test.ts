import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { findDocument, parseDocumentList } from './documents.ts'

const LISTED = 'query A { a }'
const OTHER = 'query B { b }'
const ID = createHash('sha1').update(LISTED).digest('hex')
const list = parseDocumentList(JSON.stringify({ [ID]: LISTED, second: OTHER }))

type Requested = Partial<Parameters<typeof findDocument>[0]>

function find(mode: 'enforce' | 'log', { query, documentId, persistedHash }: Requested) {
  const unlisted: string[] = []
  const requested = { query, documentId, persistedHash, variables: {} }
  const found = (): string | null => findDocument(requested, { list, mode, onUnlisted: (hash) => unlisted.push(hash) })
  return { found, unlisted }
}

describe('a list of documents', () => {
  it.each([
    ['text', '', 'expected JSON'],
    ['a list', '[]', 'expected a JSON object'],
    ['an id without a text', '{"a": 1}', 'expected a JSON object'],
    ['an empty text', '{"a": ""}', 'expected a JSON object'],
    ['a text that is not GraphQL', '{"a": "{"}', 'expected a GraphQL document at "a"'],
  ])('is rejected if it is or contains %s', (_, json, message) => {
    expect(() => parseDocumentList(json)).toThrow(message)
  })
})

describe.each(['enforce', 'log'] as const)('in mode %s', (mode) => {
  it.each([
    ['its id', { documentId: ID }],
    ['the hash of automatic persisted queries', { persistedHash: ID }],
    ['that hash and its text', { persistedHash: ID, query: LISTED }],
    ['its id with the name of the hash', { documentId: `sha256:${ID}` }],
    ['its id and text', { documentId: ID, query: LISTED }],
    ['its id and no text', { documentId: ID, query: null }],
    ['its text', { query: LISTED }],
    ['its text, under an id that is not listed', { query: LISTED, documentId: 'third' }],
  ])('a listed document is found by %s', (_, requested) => {
    const { found, unlisted } = find(mode, requested)
    expect(found()).toBe(LISTED)
    expect(unlisted).toEqual([])
  })

  it.each([
    ['an id that is not listed', { documentId: 'third' }],
    ['the id of another text', { documentId: ID, query: OTHER }],
    ['a listed id with a text that is not listed', { documentId: ID, query: '{ c }' }],
    ['an id that is not a text', { documentId: 1 }],
    ['a member of every object', { documentId: 'constructor' }],
    ['the hash of another text', { persistedHash: ID, query: OTHER }],
    ['a listed hash with a query that is not a text', { persistedHash: ID, query: 5 }],
    ['an id that is not listed and a hash', { documentId: 'third', persistedHash: 'fourth' }],
  ])('a request with %s is rejected', (_, requested) => {
    expect(find(mode, requested).found).toThrow(expect.objectContaining({ code: 'DOCUMENT_NOT_TRUSTED', status: 400 }))
  })
})

describe('a request without a document', () => {
  it('is rejected in mode enforce, where the remedy is to send a listed one', () => {
    expect(find('enforce', {}).found).toThrow(expect.objectContaining({ code: 'DOCUMENT_NOT_TRUSTED' }))
  })

  it('with a hash that is not listed is rejected in mode enforce', () => {
    expect(find('enforce', { persistedHash: 'third' }).found).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_NOT_TRUSTED' }),
    )
  })

  it('with a hash that is not listed stays as it came in mode log, so that the client is told to send the text', () => {
    const { found, unlisted } = find('log', { persistedHash: 'third' })
    expect(found()).toBeNull()
    expect(unlisted).toEqual([])
  })

  it.each([{}, { query: null }, { query: null, documentId: null }, { query: 5 }, { query: ['{ a }'] }])(
    'stays as it came in mode log, so that it is rejected as malformed: %o',
    (requested) => {
      const { found, unlisted } = find('log', requested)
      expect(found()).toBeNull()
      expect(unlisted).toEqual([])
    },
  )
})

describe('a document that is not listed', () => {
  it('is logged with a hash that depends on no value and no comment, and is that of the text if it has none', () => {
    const hashOf = (query: string): string => {
      const { found, unlisted } = find('log', { query })
      expect(found()).toBeNull()
      return unlisted[0] ?? ''
    }
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
    expect(hashOf('{ a1 c2b(x: $y3) }')).toBe(sha256('{ a1 c2b(x: $y3) }'))
    const empty = sha256('{ a(b: "", c: 0, d: [0, ""]) } ')
    for (const query of [
      '{ a(b: "Ana \\" # 1", c: 2345, d: [-1.5e3, "x"]) } # Ana',
      '{ a(b: QQQAna "quoted" \\QQQ 7 QQQ, c: 1, d: [2, QQQQQQ]) } #',
    ])
      expect(hashOf(query.replaceAll('QQQ', '"""'))).toBe(empty)
  })

  it.each(['{ c }', `${LISTED} `, 'query A { a b }'])('is rejected in mode enforce: %s', (query) => {
    expect(find('enforce', { query }).found).toThrow(expect.objectContaining({ code: 'DOCUMENT_NOT_TRUSTED' }))
  })

  it('passes in mode log, which reports only its hash', () => {
    const { found, unlisted } = find('log', { query: '{ c }' })
    expect(found()).toBeNull()
    expect(unlisted).toEqual([createHash('sha256').update('{ c }').digest('hex')])
  })
})
