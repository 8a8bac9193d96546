/** The Python example for tools (clients/python/ask.py), over a real gateway. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { verifyQuestion } from '../../contract/trust/question-statement.ts'
import { type StubAuthority, startStubAuthority } from '../questions/stub-authority.ts'
import { sha256, startWorld, type World } from '../questions/world.ts'

const SCRIPT = join(import.meta.dirname, '../../clients/python/ask.py')
const DOCUMENT = '# a person\nquery ($id: ID!) { person(id: $id) { id } }\n'
const LONG = 'query ($filter: CaseFilter!) { cases(filter: $filter) { edges { node { id } } } }'
const FILTER = { subdivision: Array.from({ length: 100 }, (_, index) => `GT-ñ${index}${'x'.repeat(90)}`) }

let world: World
let authority: StubAuthority
let folder: string

beforeAll(async () => {
  world = await startWorld()
  authority = await startStubAuthority((jkt) => world.grant(jkt))
  folder = await mkdtemp(join(tmpdir(), 'istmo-ask-py-'))
  await writeFile(join(folder, 'login'), 'a.b.c\n')
})
afterAll(async () => {
  await world?.close()
  await authority?.close()
  if (folder !== undefined) await rm(folder, { recursive: true })
})
beforeEach(() => {
  authority.came.length = 0
  Object.assign(authority, { refuse: null, reason: null })
  world.nodes.takeLegs()
})

async function ask(document: string, variables: object, gateway = world.gateway.url) {
  await writeFile(join(folder, 'document.graphql'), document)
  await writeFile(join(folder, 'variables.json'), JSON.stringify(variables))
  const flags = [
    ...[SCRIPT, join(folder, 'document.graphql'), join(folder, 'variables.json')],
    ...['--gateway', gateway, '--authority', authority.token, '--client', 'tool'],
    ...['--login', join(folder, 'login'), '--purpose', 'INVESTIGATION', '--country', 'GT'],
  ]
  return new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    execFile('python3', flags, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

it.each<[string, string, Record<string, unknown>]>([
  ['in a header', DOCUMENT, { id: 'GT:P-1' }],
  ['in the body, if it is long', LONG, { filter: FILTER }],
])('makes the statement that the gateway verifies, %s', async (_, document, variables) => {
  const { code, stdout, stderr } = await ask(document, variables)
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout).errors).toBe(undefined)
  // A question may go to several countries. It is disclosed to the one that the flags name.
  const leg = world.nodes.takeLegs().find(({ country }) => country === 'GT')
  const question = verifyQuestion(leg?.body.extensions?.istmo?.question ?? '', { now: Date.now })
  expect([question.doc, question.countries]).toEqual([sha256(document), ['GT']])
  expect(question.variables).toEqual(new Map(Object.entries(variables)))
})

it.each([
  ['a text in the document', '{\n  person(id: "GT:P-1") { id } }', /line 2/],
  ['a variable without a value', 'query ($name: ID!) { person(id: $name) { id } }', /\$name/],
])('refuses %s, and asks nobody', async (_, document, message) => {
  const { code, stderr } = await ask(document, { id: 'GT:P-1' })
  expect([code, authority.came.length]).toEqual([1, 0])
  expect(stderr).toMatch(message)
})

it('says that the authority refuses, with the reason that docs/querying.md explains', async () => {
  Object.assign(authority, { refuse: 'invalid_target', reason: 'AUDIENCE_NOT_ALLOWED' })
  const { code, stderr } = await ask(DOCUMENT, { id: 'GT:P-1' })
  expect([code, stderr]).toEqual([
    1,
    'expected a token; the authority answered 400: invalid_target AUDIENCE_NOT_ALLOWED\n',
  ])
})

it('names the server that does not answer, in one line', async () => {
  const { code, stderr } = await ask(DOCUMENT, { id: 'GT:P-1' }, 'http://127.0.0.1:9')
  expect(code).toBe(1)
  expect(stderr).toMatch(/^expected an answer of http:\/\/127\.0\.0\.1:9; none came: [^\n]+\n$/)
})
