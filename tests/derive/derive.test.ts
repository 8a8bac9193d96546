/** An officer asks; then an auditor has the tool's journal and the logs of gateway, countries and authority. All of them are real. */
import { execFile } from 'node:child_process'
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { parseSignerFile } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { runAuditWithPlanner } from '../../auditors/run-with-planner.ts'
import { createClient } from '../../clients/client.ts'
import { createSession } from '../../clients/session.ts'
import { signQuestion } from '../../clients/sign-question.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { createJournal } from '../../joining/officer/officer-client.ts'
import { AUTHORITY_ISSUER, startWorld, type World } from './world.ts'

const PROJECT = join(import.meta.dirname, '../..')
const DOCUMENT = `query Person($id: ID!, $first: Int!, $countries: [CountryCode!]) {
  person(id: $id) { id names { full } sameAs { id names { full } } cases(first: $first, countries: $countries) { edges { node { id filedOn } } outcomes { country reach code } } }
}`
const VARIABLES = { id: 'HN:P-1', first: 2, countries: null }

let world: World
let deskKey: string
let statuses: readonly number[]
const journal = () => world.at('questions.jsonl')

beforeAll(async () => {
  world = await startWorld()
  const settings = { gateway: world.gatewayUrl, authority: `${world.authorityUrl}/token`, client: 'console' }
  await writeFile(world.at('ask.yaml'), stringify(settings))
  await writeFile(world.at('login'), await world.logIn('officer-1'))
  await writeFile(world.at('person.graphql'), DOCUMENT)
  // The first question by the command, the second by a program, whose tool is ended before it writes down the answer.
  const args = [
    'cli/istmo.ts',
    'ask',
    world.at('person.graphql'),
    '--config',
    world.at('ask.yaml'),
    '--login',
    world.at('login'),
  ]
  args.push('--variables', JSON.stringify(VARIABLES), '--purpose', 'INVESTIGATION', '--journal', journal(), '--json')
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PROJECT })
  const answer = JSON.parse(stdout)
  expect(answer.errors).toEqual([])
  expect(answer.data.person.cases.outcomes).toMatchObject([
    { country: 'GT', reach: 'ANSWERED' },
    { country: 'HN', reach: 'ANSWERED' },
  ])
  await ask('officer-1', journal(), { torn: true })
  await ask('officer-2', world.at('other.jsonl'), { times: 2 })
  statuses = await replay('officer-3')
  await world.stop()
  const reader = ['--reader', 'a-7', '--name', 'audit.example/7', '--policy', world.at('policy')]
  deskKey = (await audit('desk', world.at('desk'), ...reader)).text.trim()
}, 120_000)
afterAll(() => world?.remove())

async function ask(officer: string, path: string, { torn = false, times = 1 } = {}): Promise<void> {
  const write = createJournal(path)
  const login = await world.logIn(officer)
  const client = createClient({
    gateway: world.gatewayUrl,
    authority: {
      ...{ token: `${world.authorityUrl}/token`, client: 'console' },
      providerToken: async () => ({ token: login, type: 'id_token' }),
    },
    journal: async (line) => {
      if (torn && line.kind === 'answered') await appendFile(path, JSON.stringify(line).slice(0, 300))
      else await write(line)
    },
  })
  const grounds = { purpose: 'INVESTIGATION', countries: ['HN'] }
  for (let time = 0; time < times; time++) {
    const { data } = await client.ask(DOCUMENT, { ...VARIABLES, countries: ['HN'] }, grounds)
    expect(data).toMatchObject({ person: { id: 'HN:P-1' } })
  }
}

/** Sends one signed question nine times, and once more with another document. */
async function replay(officer: string): Promise<readonly number[]> {
  const login = await world.logIn(officer)
  const access = {
    ...{ token: `${world.authorityUrl}/token`, client: 'console' },
    providerToken: async () => ({ token: login, type: 'id_token' as const }),
  }
  const gateway = world.gatewayUrl
  const session = createSession({ authority: access, gateway, send: fetch, now: Date.now })
  const { key, accessToken, sender, nowS } = await session.current()
  const question = { gateway, accessToken, document: DOCUMENT, variables: VARIABLES, iat: Math.floor(nowS()) }
  const { text } = await signQuestion({ ...question, purpose: 'INVESTIGATION', basis: [], countries: ['HN'] }, key)
  const sent: number[] = []
  for (const query of [...Array.from({ length: 9 }, () => DOCUMENT), `${DOCUMENT} `]) {
    const headers = { 'content-type': 'application/json', 'istmo-question': text }
    const body = JSON.stringify({ query, variables: VARIABLES })
    const response = await sender.send(`${gateway}/graphql`, { method: 'POST', headers, body }, accessToken)
    await response.arrayBuffer()
    sent.push(response.status)
  }
  return sent
}

function quiet(out: string[] = [], err: string[] = []) {
  return {
    out: { write: (text: string) => void out.push(text) },
    err: { write: (text: string) => void err.push(text), isTTY: false },
  } as never
}

async function audit(...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await runAuditWithPlanner(args, quiet(out, err))
  return { code, text: out.join(''), err: err.join('') }
}

const derive = (file: string, gateway = world.at('gateway'), ...more: readonly string[]) =>
  audit(
    'derive',
    file,
    '--log',
    gateway,
    '--log',
    world.at('HN'),
    '--log',
    world.at('GT'),
    '--desk',
    world.at('desk'),
    ...more,
  )
const reconcile = (file: string, gateway = world.at('gateway'), country = 'HN') => {
  const authority = `${AUTHORITY_ISSUER}=${world.at('authority')}`
  return audit(
    'reconcile',
    gateway,
    world.at(country),
    '--policy',
    world.at('policy'),
    '--authority',
    authority,
    '--journal',
    file,
  )
}

/** Reads the entries of the gateway's log. */
async function readEntries(): Promise<readonly Entry[]> {
  const policy = parsePolicy(await readFile(world.at('policy'), 'utf8'))
  const reader = await openLogReader(folderSource(world.at('gateway/log')), policy)
  const entries: Entry[] = []
  for await (const { bytes } of reader.entries()) entries.push(parseEntry(bytes))
  return entries
}

/** Writes a log of a gateway that lies: with the gateway's own key, and the same texts beside it. */
async function writeLie(name: string, lie: (entry: Entry) => readonly Entry[]): Promise<string> {
  const home = world.at(name)
  await mkdir(home)
  await cp(world.at('gateway/kept'), join(home, 'kept'), { recursive: true })
  const signer = parseSignerFile(await readFile(world.at('keys/gateway.key'), 'utf8'))
  const log = await openLog({ folder: join(home, 'log'), signer })
  for (const entry of (await readEntries()).flatMap(lie)) await log.append(canonicalBytes(entry))
  await log.close()
  return home
}

type Continuation = Extract<Entry, { readonly kind: 'continuation' }>
const inPart = (country: string, change: (entry: Continuation) => Continuation) => {
  let isDone = false
  return (entry: Entry): readonly Entry[] => {
    if (isDone || entry.kind !== 'continuation' || !('country' in entry) || entry.country !== country) return [entry]
    isDone = true
    return [change(entry)]
  }
}

describe('an auditor with the journal of an officer’s tool', () => {
  it('derives each leg of the question from it, and notes the reading', async () => {
    const { text, code } = await derive(world.at('other.jsonl'))
    expect(text).toMatch(/question \S+, request \S+: \d+ legs\n {2}HN persons: follows/)
    expect(text).not.toMatch(/DOES NOT|MISSING|could not/)
    expect([code, text.trim().split('\n').at(-1)]).toEqual([
      0,
      'HOLDS: each leg follows from what the officer signed, and none is missing.',
    ])
    const own = await openLogReader(
      folderSource(world.at('desk/own/log')),
      parsePolicy(`log ${deskKey}\nquorum none\n`),
    )
    const readings: Entry[] = []
    for await (const { bytes } of own.entries()) readings.push(parseEntry(bytes))
    expect(readings).toContainEqual(expect.objectContaining({ kind: 'oversight', channel: 'DERIVE' }))
  })

  it('leaves out the line that a crash tore, and cannot tell of the question whose answer it was', async () => {
    const { code, text } = await derive(journal())
    expect(text).toMatch(/line \d+ of the journal: torn, and left out/)
    expect(text).toMatch(/the tool got no answer/)
    expect(code).toBe(2)
    const withSalts = await derive(journal(), world.at('gateway'), '--salts', world.at('gateway/salts'))
    expect(withSalts.text).not.toMatch(/the tool got no answer/)
    expect(withSalts.text).not.toMatch(/NOT FOLLOW|MISSING/)
    expect(withSalts.text).toMatch(/may follow from an answer that is not at hand/)
  })

  it('derives in JSON for tools', async () => {
    const { text } = await derive(world.at('other.jsonl'), world.at('gateway'), '--json')
    const answer = JSON.parse(text)
    expect(answer.verdict).toBe('HOLDS')
    const verdicts = answer.questions[0].legs.map(
      ({ country, verdict }: Record<string, string>) => `${country} ${verdict}`,
    )
    // The question does not disclose Guatemala, so its authority gives no token for it.
    expect([...verdicts].sort()).toEqual(['GT NOT_ASKED', 'HN FOLLOWS', 'HN FOLLOWS'])
  })

  it('cannot tell of logs that no witness has cosigned, because their keys are enough to write others', async () => {
    const logs = (await readFile(world.at('policy'), 'utf8')).split('\n').filter((line) => line.startsWith('log '))
    const witnesses = ['A', 'B', 'C', 'D'].map((name) => {
      return `witness ${name} ${newSigner(`witness.example/${name.toLowerCase()}`, 'cosignature').verifier.vkey}`
    })
    const quorum = ['group most 3 A B C D', 'quorum most', '']
    await writeFile(world.at('strict-policy'), [...logs, ...witnesses, ...quorum].join('\n'))
    const strict = ['--policy', world.at('strict-policy')]
    const { code, text } = await derive(world.at('other.jsonl'), world.at('gateway'), ...strict)
    expect(text).toMatch(/could not tell: istmo\.example\/gateway: expected a quorum of witnesses .*; came one for 0/)
    expect(text).toMatch(/could not tell: istmo\.example\/hn: expected a quorum of witnesses/)
    expect(code).toBe(2)
  })

  it('compares tool, gateway, country and authority', async () => {
    const { code, text } = await reconcile(world.at('other.jsonl'))
    expect(text).toMatch(/authority\.gt\.istmo\.gob \(\d+ entries\)/)
    expect([code, text.trim().split('\n').at(-1)]).toEqual([0, 'HOLDS: all say the same.'])
    const own = await reconcile(journal(), world.at('gateway'), 'GT')
    expect(own.text).toMatch(/JOURNAL_TORN 1/)
    expect(own.text).toMatch(/QUESTION_UNANSWERED 1/)
    expect(own.code).toBe(0)
  })

  it('names what a gateway added, changed and left out', async () => {
    const changed = await writeLie(
      'lie-field',
      inPart('HN', (part) => {
        const [leg, ...others] = part.legs
        return leg === undefined
          ? part
          : { ...part, legs: [{ ...leg, operationHash: 'e'.repeat(64), requestHash: 'f'.repeat(64) }, ...others] }
      }),
    )
    const added = await writeLie(
      'lie-leg',
      inPart('GT', (part) => {
        const [leg] = part.legs
        return leg === undefined
          ? part
          : { ...part, legs: [...part.legs, { ...leg, operationHash: 'e'.repeat(64), requestHash: 'f'.repeat(64) }] }
      }),
    )
    const left = await writeLie(
      'lie-left',
      inPart('GT', (part) => ({ ...part, legs: [] })),
    )
    const told = [await derive(journal(), changed), await derive(journal(), added), await derive(journal(), left)]
    expect(told.map(({ code }) => code)).toEqual([1, 1, 1])
    expect(told[0]?.text).toMatch(
      /HN \w+: DOES NOT FOLLOW|HN \w+: the tool was shown a leg that the entry does not have/,
    )
    expect(told[1]?.text).toMatch(/GT \w+: DOES NOT FOLLOW/)
    expect(told[2]?.text).toMatch(/GT \w+: (MISSING|the tool was shown a leg)/)
    const compared = await reconcile(journal(), left, 'GT')
    expect(compared.text).toMatch(/EVIDENCE_DIFFERS|COUNTRY_ONLY/)
    expect(compared.code).toBe(1)
  })

  it('names a question that a gateway hides, and one that the tool did not ask', async () => {
    const [, other = ''] = (await readFile(world.at('other.jsonl'), 'utf8')).split('\n')
    const hidden = String(JSON.parse(other).requestId)
    const isHidden = (entry: Entry) => entry.id === hidden || ('of' in entry && entry.of === hidden)
    // Something else in its place, so that the log is as long as the gateway signed.
    const instead = (entry: Entry): readonly Entry[] => {
      const { id, time } = entry
      const base = {
        v: 1,
        kind: 'salt-erasure',
        gateway: 'istmo.example/gateway',
        erased: hidden,
        reason: 'OTHER',
      } as const
      return isHidden(entry) ? [{ ...base, id, time }] : [entry]
    }
    const hides = await writeLie('lie-hides', instead)
    const { code, text } = await reconcile(world.at('other.jsonl'), hides)
    expect(text).toMatch(/QUESTION_UNLOGGED 1/)
    expect(code).toBe(1)
    const kept = (await readFile(world.at('other.jsonl'), 'utf8')).split('\n').slice(0, 2)
    await writeFile(world.at('less.jsonl'), `${kept.join('\n')}\n`)
    const less = await reconcile(world.at('less.jsonl'))
    expect(less.text).toMatch(/QUESTION_UNASKED 1/)
    expect(less.code).toBe(1)
  })

  it('finds the misuse of a statement: the first ones one by one, and then a count', async () => {
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 400)])
    const found = (await readEntries()).flatMap((entry) => (entry.kind === 'misuse' ? [entry] : []))
    const counted = (name: string) => found.filter(({ misuse }) => misuse === name).map(({ count }) => count)
    const replays = counted('QUESTION_REPLAYED')
    expect(replays.reduce((sum, count) => sum + count, 0)).toBe(8)
    // In each minute five have entries of their own, and the clock may have turned once.
    expect(replays.length).toBeLessThanOrEqual(8)
    expect(counted('QUESTION_OF_OTHER')).toEqual([1])
  })

  it('does not believe a forged journal', async () => {
    const [asked = '', answered = ''] = (await readFile(world.at('other.jsonl'), 'utf8')).split('\n')
    const forged = { ...JSON.parse(asked), document: 'query ($id: ID!) { person(id: $id) { id } }' }
    await writeFile(world.at('forged.jsonl'), `${JSON.stringify(forged)}\n${answered}\n`)
    const { code, text } = await reconcile(world.at('forged.jsonl'))
    expect(text).toMatch(/JOURNAL_INVALID 2/)
    expect(code).toBe(1)
    expect(await derive(world.at('forged.jsonl'))).toMatchObject({ code: 1, text: expect.stringMatching(/NOT VALID/) })
    // The answer of one officer under the question of another.
    const [mine = ''] = (await readFile(journal(), 'utf8')).split('\n')
    const moved = { ...JSON.parse(answered), jti: JSON.parse(mine).jti }
    await writeFile(world.at('moved.jsonl'), `${mine}\n${JSON.stringify(moved)}\n`)
    expect(await derive(world.at('moved.jsonl'))).toMatchObject({
      code: 1,
      text: expect.stringMatching(/another access token/),
    })
    const compared = await reconcile(world.at('moved.jsonl'))
    expect(compared).toMatchObject({ code: 1, text: expect.stringMatching(/QUESTION_DIFFERS/) })
  })
})
