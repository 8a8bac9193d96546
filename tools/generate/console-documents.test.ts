import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buildSchema } from 'graphql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256Url } from '../../clients/base64url.ts'
import { parseDocumentList } from '../../gateway/admit/documents.ts'
import { makeConsoleDocuments } from './console-documents.ts'

const API = buildSchema('type Query { person(id: ID!): String }')
const OVERSIGHT = 'type Query { entries(last: Int): String }'
const PERSON = 'query Person($id: ID!) {\n  person(id: $id)\n}'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'istmo-documents-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): void {
  const file = join(folder, 'src/documents', name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

describe('the manifest of the console’s documents', () => {
  it('has each document for gateways under its hash, as a gateway reads it, and none for oversight', async () => {
    write('person.graphql', `${PERSON}\n\n`)
    write('oversight/entries.graphql', 'query Entries($last: Int) { entries(last: $last) }\n')
    const list = parseDocumentList(makeConsoleDocuments(folder, API, OVERSIGHT))
    expect([...list.values()]).toEqual([PERSON])
    const [[id = ''] = []] = list
    expect(Buffer.from(id, 'hex').toString('base64url')).toBe(await sha256Url(PERSON))
  })

  it('is empty for a console without documents', () => {
    expect(makeConsoleDocuments(folder, API, OVERSIGHT)).toBe('{}\n')
  })

  it.each([
    [
      'a document that does not parse',
      'person.graphql',
      'query {',
      /console\/src\/documents\/person\.graphql: Syntax Error/,
    ],
    ['a field that is not there', 'person.graphql', 'query A { nope }', /person\.graphql: Cannot query field "nope"/],
    [
      'a document of the other schema',
      'oversight/a.graphql',
      PERSON,
      /console\/src\/documents\/oversight\/a\.graphql: /,
    ],
    [
      'a value of its own',
      'person.graphql',
      '{ person(id: "GT:P-1") }',
      /expected a document without texts and numbers/,
    ],
    [
      'two operations',
      'person.graphql',
      `${PERSON} ${PERSON.replace('Person', 'B')}`,
      /expected one operation; came 2/,
    ],
  ])('is not made with %s', (_, name, text, message) => {
    write(name, text)
    expect(() => makeConsoleDocuments(folder, API, OVERSIGHT)).toThrow(message)
  })

  it('of this project holds the text of each file, so that a gateway that accepts no others answers the console', () => {
    const root = join(import.meta.dirname, '../../console')
    const list = parseDocumentList(readFileSync(join(root, 'trusted-documents.json'), 'utf8'))
    const cases = readFileSync(join(root, 'src/documents/cases.graphql'), 'utf8').trimEnd()
    expect([...list.values()]).toContain(cases)
  })
})
