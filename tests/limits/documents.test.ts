/** Trusted documents over HTTP, as the client preset of graphql-codegen writes and sends them. */
import { createHash } from 'node:crypto'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RunningGateway, startLimited } from './running-gateway.ts'

const LISTED = 'query Known($on: Boolean = true) { __typename @include(if: $on) }'
const STRANGE = '{ strange: __typename }'
const ID = createHash('sha1').update(LISTED).digest('hex')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const TYPENAME = '{"data":{"__typename":"Query"}}\n'

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-documents-'))
  file = join(folder, 'persisted-documents.json')
  await writeFile(file, JSON.stringify({ [ID]: LISTED }))
})
afterAll(() => rm(folder, { recursive: true }))

const ASKED_BY_ID: readonly [string, Record<string, unknown>][] = [
  ['documentId', { documentId: ID }],
  ['documentId with the hash’s name', { documentId: `sha1:${ID}` }],
  ['a persisted query’s hash', { extensions: { persistedQuery: { version: 1, sha256Hash: ID } } }],
  ['id and text', { query: LISTED, extensions: { persistedQuery: { version: 1, sha256Hash: ID } } }],
  ['the text', { query: LISTED }],
]

describe.each(['enforce', 'log'] as const)('a gateway with trusted documents in mode %s', (documentsMode) => {
  let gateway: RunningGateway
  beforeAll(async () => {
    gateway = await startLimited({ documents: file, documentsMode })
  })
  afterAll(() => gateway.close())

  it.each(ASKED_BY_ID)('answers a listed document that is asked by %s', async (_, body) => {
    expect((await gateway.ask(body)).text).toBe(TYPENAME)
    expect((await gateway.ask({ ...body, variables: { on: false } })).text).toBe('{"data":{}}\n')
  })

  it.each(ASKED_BY_ID)('also answers it by GET: %s', async (_, body) => {
    const search = new URLSearchParams({ variables: '{"on":true}' })
    for (const [name, value] of Object.entries(body)) {
      search.set(name, typeof value === 'string' ? value : JSON.stringify(value))
    }
    const response = await fetch(`${gateway.url}/graphql?${search}`, { headers: { 'apollo-require-preflight': '1' } })
    expect(await response.text()).toBe(TYPENAME)
  })

  it.each([
    ['an id that is not listed', { documentId: sha256(LISTED) }],
    ['a listed id with another text', { documentId: ID, query: STRANGE }],
  ])('rejects %s', async (_, body) => {
    const { status, body: answer } = await gateway.ask(body)
    expect([status, answer.errors?.[0]?.extensions.code]).toEqual([400, 'DOCUMENT_NOT_TRUSTED'])
  })
})

/** How a client with automatic persisted queries asks first: by the hash. */
const BY_HASH = { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(STRANGE) } } }

describe('a document that is not listed', () => {
  it('is rejected in mode enforce also by the hash of automatic persisted queries', async () => {
    const gateway = await startLimited({ documents: file })
    const { status, body } = await gateway.ask(BY_HASH)
    await gateway.close()
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'DOCUMENT_NOT_TRUSTED'])
  })

  it('is asked for by its text in mode log, as clients with automatic persisted queries know it', async () => {
    const gateway = await startLimited({ documents: file, documentsMode: 'log' })
    const posted = await gateway.ask(BY_HASH)
    const search = new URLSearchParams({ extensions: JSON.stringify(BY_HASH.extensions) })
    const headers = { 'apollo-require-preflight': '1' }
    const got = await fetch(`${gateway.url}/graphql?${search}`, { headers })
    const byGet = await got.json()
    await gateway.close()
    const rejection = { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }] }
    expect([posted.status, posted.body]).toMatchObject([200, rejection])
    expect([got.status, byGet]).toMatchObject([200, rejection])
  })

  it.each([
    ['another', { query: STRANGE }],
    ['a listed one with a space more', { query: `${LISTED} ` }],
    ['introspection', { query: '{ __schema { queryType { name } } }' }],
    ['no document', {}],
  ])('is rejected in mode enforce: %s', async (_, body) => {
    const gateway = await startLimited({ documents: file })
    const { status, body: answer } = await gateway.ask({ ...body, variables: {} })
    await gateway.close()
    expect([status, answer.errors?.[0]?.extensions.code]).toEqual([400, 'DOCUMENT_NOT_TRUSTED'])
  })

  it('is malformed in mode log if there is none: the caller misspelt `query`, and a list would not help', async () => {
    const gateway = await startLimited({ documents: file, documentsMode: 'log' })
    const { status, body: answer } = await gateway.ask({ qurey: '{ __typename }' })
    const byGet = await fetch(`${gateway.url}/graphql`, { headers: { 'apollo-require-preflight': '1' } })
    await gateway.close()
    expect([status, answer.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST'])
    expect([byGet.status, await byGet.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    ])
  })

  it('is answered in mode log, which logs only its hash', async () => {
    const gateway = await startLimited({ documents: file, documentsMode: 'log' })
    expect((await gateway.ask({ query: STRANGE })).text).toBe('{"data":{"strange":"Query"}}\n')
    const metrics = await (await fetch(`${gateway.operatorUrl}/metrics`)).text()
    expect(metrics).toMatch(/^istmo_documents_not_listed_total 1$/m)
    await gateway.close()
    expect(gateway.logged()).toContain(sha256(STRANGE))
    expect(gateway.logged()).not.toContain('strange')
  })
})

describe('the file of trusted documents', () => {
  it('is read again when it changes; a malformed one changes nothing', async () => {
    const own = join(folder, 'changing.json')
    await writeFile(own, JSON.stringify({ one: LISTED }))
    const gateway = await startLimited({ documents: own })
    const statusOf = async (documentId: string) => (await gateway.ask({ documentId })).status
    const replace = async (text: string) => {
      await writeFile(`${own}.new`, text)
      await rename(`${own}.new`, own)
    }
    expect([await statusOf('one'), await statusOf('two')]).toEqual([200, 400])
    await replace(JSON.stringify({ two: LISTED }))
    await vi.waitFor(async () => expect([await statusOf('one'), await statusOf('two')]).toEqual([400, 200]), 10_000)
    await replace('{')
    await vi.waitFor(() => expect(gateway.logged()).toContain('trusted documents not reloaded'), 10_000)
    expect(await statusOf('two')).toBe(200)
    await writeFile(own, JSON.stringify({ three: LISTED }))
    await gateway.reload()
    expect(await statusOf('three')).toBe(200)
    await gateway.close()
  })

  it.each([
    ['is not there', 'nowhere.json', null, 'ENOENT'],
    ['is no JSON', 'text.json', '{', 'expected JSON'],
    ['holds a text that is not GraphQL', 'broken.json', '{"one": "{"}', 'expected a GraphQL document at "one"'],
  ])('stops the start if it %s', async (_, name, text, reason) => {
    if (text !== null) await writeFile(join(folder, name), text)
    await expect(startLimited({ documents: join(folder, name) })).rejects.toThrow(
      `${join(folder, name)}: expected trusted documents: ${reason}`,
    )
  })
})
