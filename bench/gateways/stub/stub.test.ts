import { describe, expect, it } from 'vitest'
import { docketId, RECORDS_OF_ALL } from '../records.ts'
import { createAnswerer } from './answer.ts'
import { makeResponse, readRequest } from './http-server.ts'

describe('the subgraphs of the bench', () => {
  const answer = createAnswerer('type Query { n: Int }', RECORDS_OF_ALL)
  const ask = (query: string, variables: object = {}) => JSON.parse(answer(JSON.stringify({ query, variables })))

  it('answer several root fields with their aliases, in one request', () => {
    const document = `query ($p: [_Any!]!, $id: ID!) {
      one: _entities(representations: $p) { __typename ... on Person { id cases { id } } }
      docket(id: $id) { cases { ...Named } }
    } fragment Named on Case { id lead { id } }`
    const { data } = ask(document, { p: [{ __typename: 'Person', id: 'HN:P-1' }], id: docketId(2, 0) })
    expect(data).toEqual({
      one: [{ __typename: 'Person', id: 'HN:P-1', cases: [{ id: 'HN:C-8' }, { id: 'HN:C-9' }] }],
      docket: {
        cases: [
          { id: 'HN:C-0', lead: { id: 'HN:P-5' } },
          { id: 'HN:C-1', lead: { id: 'HN:P-8' } },
        ],
      },
    })
  })

  it('answer a value that stands in the document as one that comes in the variables', () => {
    const [inText, inVariables] = [
      ask('{ person(id: "HN:P-7") { name } }'),
      ask('query ($id: ID!) { person(id: $id) { name } }', { id: 'HN:P-7' }),
    ]
    expect(inText).toEqual(inVariables)
    expect(inText.data.person.name).toContain('María José 7')
  })

  it('say their schema', () => {
    expect(ask('{ _service { sdl } }')).toEqual({ data: { _service: { sdl: 'type Query { n: Int }' } } })
  })

  it.each(['{ person(id: "HN:P-7") { nothing } }', '{ person(id: "HN:P-7") { name @include(if: true) } }'])(
    'refuse what they do not know: %s',
    (query) => {
      expect(() => ask(query)).toThrow('expected')
    },
  )
})

describe('the server of the subgraphs', () => {
  const WHOLE = Buffer.from('POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcdePOST /b')
  const CHUNKED = Buffer.from(
    'POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\nPOST /b',
  )

  it.each([
    ['with a length', WHOLE],
    ['in chunks', CHUNKED],
  ])('reads a request that comes %s, and leaves what comes behind it', (_, bytes) => {
    const read = readRequest(bytes)
    expect(read?.request.head).toContain('POST /a HTTP/1.1')
    expect(read?.request.body.toString()).toBe('abcde')
    expect(read?.rest.toString()).toBe('POST /b')
  })

  it.each([
    ['with a length', WHOLE],
    ['in chunks', CHUNKED],
  ])('waits for the rest of a request that comes %s, wherever it is cut', (_, bytes) => {
    const end = bytes.length - 'POST /b'.length
    for (let at = 0; at < end; at++) expect(readRequest(bytes.subarray(0, at))).toBeNull()
    expect(readRequest(bytes.subarray(0, end))?.rest).toHaveLength(0)
  })

  it('says the length of an answer in bytes', () => {
    expect(makeResponse(Buffer.from('{"a":"é"}'), 'x: 1\r\n').toString()).toBe(
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\nx: 1\r\n\r\n{"a":"é"}',
    )
  })
})
