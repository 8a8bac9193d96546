/** What an officer's tool does, over a real gateway: `istmo ask` as a process, and the client in a program. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { createClient } from '../../clients/client.ts'
import { verifyQuestion } from '../../contract/trust/question-statement.ts'
import { disclose } from '../../contract/trust/sd-jwt.ts'
import { type StubAuthority, startStubAuthority } from './stub-authority.ts'
import { sha256, startWorld, type World } from './world.ts'

const PROJECT = join(import.meta.dirname, '../..')
const DOCUMENT = '# a person\nquery ($id: ID!) { person(id: $id) { id } }\n'

let world: World
let authority: StubAuthority
let folder: string
/** Members of the mandate in the tokens that the authority gives. */
let mandate: object = {}

beforeAll(async () => {
  world = await startWorld()
  authority = await startStubAuthority((jkt) => world.grant(jkt, { mandate }))
  folder = await mkdtemp(join(tmpdir(), 'istmo-ask-'))
  const settings = { gateway: world.gateway.url, authority: authority.token, client: 'tool', keys: world.nodes.logKeys }
  await writeFile(join(folder, 'ask.yaml'), stringify(settings))
  await writeFile(join(folder, 'person.graphql'), DOCUMENT)
  await writeFile(join(folder, 'literal.graphql'), '{\n  person(id: "GT:P-1") { id } }')
  await writeFile(join(folder, 'login'), 'a.b.c\n')
  await writeFile(join(folder, 'variables.json'), '{"id":"GT:P-1"}')
})
afterAll(async () => {
  await world?.close()
  await authority?.close()
  if (folder !== undefined) await rm(folder, { recursive: true })
})
beforeEach(() => {
  authority.came.length = 0
  Object.assign(authority, { aheadMs: 0, refuse: null })
  mandate = {}
  world.nodes.takeLegs()
})

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, [...args], { cwd: PROJECT, encoding: 'utf8' }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

const istmoAsk = (document: string, ...flags: string[]) =>
  run(process.execPath, [
    ...['cli/istmo.ts', 'ask', join(folder, document), '--config', join(folder, 'ask.yaml')],
    ...['--login', join(folder, 'login'), ...flags],
  ])

const VARIABLES = ['--variables', '{"id":"GT:P-1"}']

describe('istmo ask', () => {
  it('asks, checks the receipts, and keeps the question and its evidence in a journal', async () => {
    const journal = join(folder, 'journal')
    const flags = [...VARIABLES, '--journal', journal, '--country', 'GT', '--json']
    const { code, stdout, stderr } = await istmoAsk('person.graphql', ...flags)
    expect([code, stderr]).toEqual([0, ''])
    const answer = JSON.parse(stdout)
    expect(answer).toMatchObject({ status: 200, data: { person: { id: 'GT:P-1' } }, evidence: { unsigned: [] } })
    expect(answer.evidence.legs).toEqual([{ country: 'GT', domain: 'persons', reason: null }])
    const lines = (await readFile(journal, 'utf8')).trim().split('\n')
    const [asked, answered] = lines.map((line) => JSON.parse(line))
    expect([lines.length, (await stat(journal)).mode & 0o777]).toEqual([2, 0o600])
    const [leg] = world.nodes.takeLegs()
    const text = leg?.body.extensions?.istmo?.question ?? ''
    const { jwt, doc } = verifyQuestion(text, { now: Date.now })
    const kept = verifyQuestion(asked.statement, { now: Date.now, audience: world.gateway.url })
    expect([kept.jwt, kept.jti, kept.countries]).toEqual([jwt, asked.jti, ['GT']])
    expect(Object.fromEntries(kept.variables)).toEqual({ id: 'GT:P-1' })
    expect([sha256(asked.document), asked.document]).toEqual([doc, DOCUMENT])
    expect(answered).toMatchObject({ jti: asked.jti, status: 200, codes: [], requestId: answer.requestId })
    expect(answered.evidence.legs).toMatchObject([{ country: 'GT', domain: 'persons' }])
    expect(asked.mandate).toMatchObject({ type: 'istmo_mandate' })
  })

  it.each([
    ['a text in the document', 'literal.graphql', [], /line 2, column 14.*variable/, /línea 2, columna 14.*variable/],
    ['a missing variable', 'person.graphql', [], /variable id/, /variable id/],
  ])('says what to do about %s, in both languages, and asks nobody', async (_, document, flags, en, es) => {
    const english = await istmoAsk(document, ...flags)
    const spanish = await istmoAsk(document, ...flags, '--language', 'es')
    expect([english.code, spanish.code, english.stdout]).toEqual([1, 1, ''])
    expect(english.stderr).toMatch(en)
    expect(spanish.stderr).toMatch(es)
    expect(authority.came).toEqual([])
  })

  it('states the case of a mandate that is bound to one, from the file that came with the mandate', async () => {
    const { disclosure, digest } = disclose('case', 'GT:C-1')
    mandate = { case_digest: digest }
    await writeFile(join(folder, 'jtf.case'), JSON.stringify({ case: 'GT:C-1', disclosure }))
    const { code, stderr } = await istmoAsk('person.graphql', ...VARIABLES, '--case-file', join(folder, 'jtf.case'))
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('GT:C-1')])
    const [leg] = world.nodes.takeLegs()
    const shown = verifyQuestion(leg?.body.extensions?.istmo?.question ?? '', { now: Date.now })
    // Guatemala's rules do not read the case.
    expect([shown.caseDigest, shown.case]).toEqual([digest, null])
    const without = await istmoAsk('person.graphql', ...VARIABLES)
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('--case-file') })
    expect(world.nodes.takeLegs()).toEqual([])
  })

  it('says that the authority refuses, and with which error', async () => {
    authority.refuse = 'invalid_grant'
    const { code, stderr } = await istmoAsk('person.graphql', ...VARIABLES)
    expect(code).toBe(1)
    expect(stderr).toMatch(/400, invalid_grant/)
  })

  it('names a wrong setting, flag or file', async () => {
    expect(await istmoAsk('nothing.graphql')).toMatchObject({ code: 2, stderr: expect.stringMatching(/readable file/) })
    expect(await istmoAsk('person.graphql', '--variables', '[1]')).toMatchObject({ code: 2 })
    expect(await istmoAsk('person.graphql', '--purpose', 'GOSSIP')).toMatchObject({ code: 2 })
  })
})

describe('a session', () => {
  const client = (now?: () => number) => {
    const access = {
      token: authority.token,
      client: 'tool',
      providerToken: async () => ({ token: 'a.b.c', type: 'id_token' as const }),
    }
    return createClient({ gateway: world.gateway.url, authority: access, ...(now && { now }) })
  }

  it('gets one token for several questions, with the nonce that the authority wants', async () => {
    const asking = client()
    const answers = await Promise.all([1, 2, 3].map(() => asking.ask(DOCUMENT, { id: 'GT:P-1' })))
    expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined])
    expect(authority.came).toHaveLength(2)
    const form = Object.fromEntries(authority.came[1]?.form ?? [])
    expect(form).toMatchObject({ audience: world.gateway.url, client_id: 'tool', subject_token: 'a.b.c' })
    expect(authority.came[0]?.proof.ath).toBe(undefined)
  })

  it('takes the time from its authority, so that a machine whose clock is an hour wrong can ask', async () => {
    const { errors } = await client(() => Date.now() - 3_600_000).ask(DOCUMENT, { id: 'GT:P-1' })
    expect(errors).toBe(undefined)
  })

  it('never takes the time from the gateway: a question for later cannot be had that way', async () => {
    authority.aheadMs = -120_000
    const { errors } = await client(() => Date.now() - 120_000).ask(DOCUMENT, { id: 'GT:P-1' })
    expect(errors?.[0]?.extensions?.code).toMatch(/PROOF_INVALID|QUESTION_INVALID/)
  })

  it('gives a GraphQL library a fetch that signs', async () => {
    const signing = client().fetch
    const body = JSON.stringify({ query: DOCUMENT, variables: { id: 'GT:P-1' } })
    const response = await signing(`${world.gateway.url}/graphql`, { method: 'POST', body })
    expect(await response.json()).toMatchObject({ data: { person: { id: 'GT:P-1' } } })
    expect(world.nodes.takeLegs()[0]?.body.extensions?.istmo?.question).toBeDefined()
  })

  it('lets no request to the gateway go unsigned', async () => {
    const url = `${world.gateway.url}/graphql`
    const signing = client().fetch
    const body = JSON.stringify({ query: '{ __typename }' })
    await expect(signing(new Request(url, { method: 'POST', body }))).rejects.toThrow(/with a text as its body/)
    await expect(signing(`${url}?query=%7B__typename%7D`)).rejects.toThrow(TypeError)
    await expect(signing(url, { method: 'POST', body: new TextEncoder().encode(body) })).rejects.toThrow(TypeError)
  })
})
