import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { idAt } from '../../audit/index/testing.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { type Entry, type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { DEMO_AUDIENCE, DEVELOPMENT_ISSUERS, type Issuer, loadIssuer, publicJwk } from '../../demo/issuer/issuer.ts'
import { signAccessToken, type TokenRequest } from '../../demo/issuer/token.ts'
import { istmo } from '../audit-cli/istmo.ts'
import { writeLog, writePolicy } from '../audit-cli/logs.ts'

/** Runs the auditors' GraphQL as a process: tests who sees what, and that each reading is in its audit log before the answer leaves. */

const gateway = parseSignerKey(generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519))
const ownKey = generateSignerKey('istmo.example/oversight', SIGNATURE_TYPES.ed25519)
const PROJECT = join(import.meta.dirname, '../..')
const START_MS = Date.parse('2026-11-24T20:00:00.000Z')

/** A request at second `at`, from an officer of one country to other countries. */
function request(at: number, from: string, to: readonly string[], more: Partial<EntryOf<'request'>> = {}): Entry {
  const [leg] = SAMPLE_REQUEST.legs
  const timeMs = START_MS + at * 1_000
  return {
    ...SAMPLE_REQUEST,
    ...{ id: idAt(timeMs, at), time: new Date(timeMs).toISOString() },
    actor: { ...SAMPLE_REQUEST.actor, country: from, agency: `${from}-MP-FECO` } as EntryOf<'request'>['actor'],
    legs: to.map((country) => ({ ...leg, country })) as EntryOf<'request'>['legs'],
    ...more,
  }
}

const entries = [
  request(1, 'GT', ['HN', 'SV']),
  request(2, 'HN', ['GT']),
  request(3, 'SV', ['SV']),
  ...Array.from({ length: 120 }, (_, at) => request(10 + at, 'SV', ['PA'])),
]

/** A request of version 2, by an officer of GT to HN and SV: what each of them was asked stands in a part of its own. */
const split: readonly Entry[] = (() => {
  const whole = request(5, 'GT', ['HN', 'SV'], { v: 2, denied: [] }) as EntryOf<'request'>
  const countries = ['GT', 'HN', 'SV']
  const parts = countries.map(
    (country, at): Entry => ({
      ...{ v: 2, kind: 'continuation', id: idAt(START_MS + 5_000, 500 + at), time: whole.time, gateway: whole.gateway },
      ...{ of: whole.id, part: at + 1, country, seq: 1, coordinates: [] },
      legs: whole.legs.filter((leg) => leg.country === country).map((leg) => ({ ...leg, domain: `cases-${country}` })),
      denied: country === 'GT' ? [] : [{ coordinate: `Case.of${country}`, kind: 'POLICY', country }],
    }),
  )
  return [{ ...whole, legs: [], continuations: 3 }, ...parts]
})()

let folder: string
let child: ChildProcess
let url: string
let issuers: readonly Issuer[]

async function start(): Promise<void> {
  child = spawn(process.execPath, [
    join(PROJECT, 'cli/istmo.ts'),
    'oversight',
    '--config',
    join(folder, 'oversight.yaml'),
  ])
  let said = ''
  child.stderr?.on('data', (text) => {
    said += text
  })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`expected a line; came: ${said}`)))
  const [line] = (await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended])) as [Buffer]
  url = /http:\S+/.exec(String(line))?.[0] ?? ''
  while (!(await fetch(new URL('/health/ready', url))).ok) await sleep(20)
}

async function stop(): Promise<number | null> {
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  return ((await exit) as [number | null])[0]
}

/** The agency whose auditors see all entries: that of Guatemala’s issuer, with a hardware key. */
const REGIONAL = [{ issuer: 'GT', agency: 'GT-MP-REGIONAL', acr: '3' }]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-oversight-'))
  issuers = await Promise.all(DEVELOPMENT_ISSUERS.map((name) => loadIssuer(name, join(folder, 'issuers'))))
  const listed = []
  for (const { iss, country, key } of issuers) {
    await writeFile(join(folder, `${country}.json`), JSON.stringify({ keys: [publicJwk(key)] }))
    listed.push({ issuer: iss, audience: DEMO_AUDIENCE, jwks: `${country}.json`, country })
  }
  await writeFile(join(folder, 'issuers.yaml'), stringify({ issuers: listed }))
  await writePolicy(folder, [gateway])
  await writeLog(join(folder, 'gateway/log'), gateway, [...entries.slice(0, 3), ...split, ...entries.slice(3)])
  await writeFile(join(folder, 'own.key'), `${ownKey}\n`, { mode: 0o600 })
  await rotateKeyFile(join(folder, 'refs.json'), START_MS)
  const settings = {
    ...{
      port: 0,
      issuers: 'issuers.yaml',
      logs: ['gateway', 'not-there-yet'],
      policies: ['policy'],
      database: 'index',
    },
    ...{ auditLog: 'own', auditLogKey: 'own.key', refKeys: 'refs.json', regionalAgencies: REGIONAL },
    followEverySeconds: 0.2,
  }
  await writeFile(join(folder, 'oversight.yaml'), stringify(settings))
  await start()
})
afterAll(async () => {
  child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

type Who = Partial<TokenRequest> & { readonly as?: 'GT' | 'HN' }

async function tokenOf({ as = 'GT', ...request }: Who = {}): Promise<string> {
  const issuer = issuers.find(({ country }) => country === as) as Issuer
  return signAccessToken(issuer, { profile: 'oversight', ...request })
}

async function ask(query: string, who: Who = {}, variables?: unknown) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(who)}` }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  const body = (await response.json()) as {
    data?: Record<string, unknown>
    errors?: { message: string; extensions: { code: string } }[]
    extensions?: { logs: { origin: string; size: number; unreadable: number; isCurrent: boolean }[] }
  }
  const { data = {}, errors, extensions } = body
  return { status: response.status, data, code: errors?.[0]?.extensions.code, logs: extensions?.logs }
}

const regional: Who = { claims: { acr: '3', org: { country: 'GT', agency: 'GT-MP-REGIONAL', role: 'auditor' } } }
const idsOf = (data: Record<string, unknown>) =>
  (data.entries as { edges: { node: { id: string } }[] }).edges.map(({ node }) => node.id)

/** The published entries of oversight's own audit log, while the process has it open. */
async function ownEntries(): Promise<readonly Entry[]> {
  const policy = parsePolicy(`log ${parseSignerKey(ownKey).verifier.vkey}\nquorum none\n`)
  const reader = await openLogReader(folderSource(join(folder, 'own/log')), policy)
  const all: Entry[] = []
  for await (const { bytes } of reader.entries()) all.push(parseEntry(bytes))
  return all
}

describe('the auditors’ GraphQL', () => {
  it('shows a national auditor only what touched the auditor’s country', async () => {
    const gt = await ask('{ viewer { country isRegional } entries { edges { node { id } } } }')
    expect(gt.data.viewer).toEqual({ country: 'GT', isRegional: false })
    expect(idsOf(gt.data)).toEqual([split[0]?.id, entries[1]?.id, entries[0]?.id])
    const hn = await ask('{ entries(filter: { actorCountry: "GT" }) { edges { node { id } } } }', { as: 'HN' })
    expect(idsOf(hn.data)).toEqual([split[0]?.id, entries[0]?.id])
    const foreign = await ask('query ($id: ID!) { entry(id: $id) { id } }', {}, { id: entries[2]?.id })
    expect(foreign.data).toEqual({ entry: null })
    const counts = await ask('{ counts(by: country) { key count } }', { as: 'HN' })
    expect(counts.data.counts).toEqual([{ key: 'HN', count: 2 }])
  })

  it('does not let another issuer name the regional agency: its auditor sees only what touched its own country', async () => {
    const impostor = {
      as: 'HN',
      claims: { org: { country: 'HN', agency: 'GT-MP-REGIONAL', role: 'auditor' } },
    } as const
    const query = '{ viewer { country isRegional } entries(first: 50) { edges { node { id } } } }'
    const { data } = await ask(query, impostor)
    expect(data.viewer).toEqual({ country: 'HN', isRegional: false })
    expect(idsOf(data)).toEqual(idsOf((await ask(query, { as: 'HN' })).data))
    expect(idsOf(data)).not.toContain(entries[2]?.id)
  })

  it.each<[string, Who]>([
    ['a regional auditor', { claims: { acr: '2', org: { country: 'GT', agency: 'GT-MP-REGIONAL' } } }],
    [
      'a regional auditor without `acr`',
      { claims: { acr: undefined, org: { country: 'GT', agency: 'GT-MP-REGIONAL' } } },
    ],
    ['a national auditor', { claims: { acr: '1' } }],
  ])('rejects %s who did not log in strongly enough', async (_, who) => {
    expect(await ask('{ viewer { country } }', who)).toMatchObject({ status: 403, code: 'ASSURANCE_TOO_LOW' })
  })

  it('shows a regional auditor all entries, page by page', async () => {
    const query =
      'query ($after: String) { entries(first: 50, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }'
    const ids: string[] = []
    for (let after: string | null = null; ; ) {
      const { data } = await ask(query, regional, { after })
      ids.push(...idsOf(data))
      const { pageInfo } = data.entries as { pageInfo: { hasNextPage: boolean; endCursor: string } }
      after = pageInfo.endCursor
      if (!pageInfo.hasNextPage) break
    }
    const all = [...entries.slice(0, 3), split[0] as Entry, ...entries.slice(3)]
    expect(ids).toEqual(all.map(({ id }) => id).reverse())
  })

  it('proves an entry so that `istmo audit check` accepts the proof', async () => {
    const query =
      'query ($id: ID!) { entry(id: $id) { outcome denied actor { agency } proof { entry bundle isWitnessed } } }'
    const { data } = await ask(query, regional, { id: entries[0]?.id })
    const { proof, ...entry } = data.entry as { proof: { entry: string; bundle: string } }
    expect(entry).toEqual({ outcome: 'PARTIAL', denied: ['Case.narrative'], actor: { agency: 'GT-MP-FECO' } })
    expect(JSON.parse(proof.entry)).toEqual(entries[0])
    await writeFile(join(folder, 'one.tlog-proof'), proof.bundle)
    expect((await istmo(['audit', 'check', 'one.tlog-proof', '--policy', 'policy'], folder)).code).toBe(0)
  })

  it('shows and proves to a national auditor nothing of what other countries were asked', async () => {
    const query =
      'query ($id: ID!) { entry(id: $id) { countries domains denied records outcome codes proof { entry parts { entry } } } }'
    const seen = async (who: Who, at: number) => {
      const { data, code } = await ask(query, who, { id: [split[0], entries[0]][at]?.id })
      const { proof, ...row } = data.entry as { proof: { entry: string; parts: { entry: string }[] } | null }
      return { row, code, proved: [proof, ...(proof?.parts ?? [])].map((each) => each && JSON.parse(each.entry)) }
    }
    const hn = await seen({ as: 'HN' }, 0)
    expect(hn.row).toMatchObject({ countries: ['HN'], domains: ['cases-HN'], denied: ['Case.ofHN'], records: 2 })
    expect(hn.proved).toEqual([split[0], split[2]])
    expect(JSON.stringify(hn)).not.toMatch(/"SV"|ofSV|cases-SV/)
    const gt = await seen({}, 0)
    expect(gt.row).toMatchObject({ countries: [], domains: [], denied: [], records: 0 })
    expect(gt.proved).toEqual([split[0], split[1]])
    const all = await seen(regional, 0)
    expect(all.row).toMatchObject({ countries: ['HN', 'SV'], denied: ['Case.ofHN', 'Case.ofSV'], records: 4 })
    expect(all.proved).toEqual(split)
    // An entry of version 1 has the legs of all countries, so it is shown in part and not proved.
    const old = await seen({ as: 'HN' }, 1)
    expect(old).toMatchObject({ row: { countries: ['HN'], records: 2 }, code: 'NOT_FOUND', proved: [null] })
    const guessed = await ask('{ entries(filter: { country: "SV" }) { edges { node { id } } } }', { as: 'HN' })
    expect(idsOf(guessed.data)).toEqual([])
  })

  it('finds patterns, and answers introspection', async () => {
    const found = await ask('{ patterns(pattern: MANY_DENIALS, threshold: 50) { amount agency } }', regional)
    expect(found.data.patterns).toEqual([{ amount: 121, agency: 'SV-MP-FECO' }])
    expect((await ask('{ __schema { queryType { name } } }')).data).toEqual({
      __schema: { queryType: { name: 'Query' } },
    })
  })

  it.each([
    ['without the scope', '{ viewer { country } }', { scopes: ['case:read'] }, 403, 'UNAUTHORIZED_FIELD_OR_TYPE'],
    [
      'for another purpose',
      '{ viewer { country } }',
      { profile: 'analyst', scopes: ['audit:read'] },
      403,
      'MANDATE_NOT_COVERED',
    ],
    ['with an expired token', '{ viewer { country } }', { lifetimeS: -60 }, 401, 'TOKEN_EXPIRED'],
    ['with text that is not a document', '{ viewer', {}, 400, 'GRAPHQL_PARSE_FAILED'],
    ['for a field that does not exist', '{ secrets }', {}, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['with fragments', 'query { ...F } fragment F on Query { viewer { country } }', {}, 400, 'LIMIT_EXCEEDED'],
    [
      'for too many fields of Query',
      `{ ${Array.from({ length: 11 }, (_, at) => `v${at}: viewer { country }`)} }`,
      {},
      400,
      'LIMIT_EXCEEDED',
    ],
  ] as const)('rejects a request %s', async (_, query, who, status, code) => {
    expect(await ask(query, who as Who)).toMatchObject({ status, code })
  })

  it.each([
    ['a page that is too long', '{ entries(first: 101) { edges { cursor } } }', 'LIMIT_EXCEEDED'],
    ['a cursor of another form', '{ entries(after: "eA") { edges { cursor } } }', 'BAD_CURSOR'],
    ['a time of another form', '{ entries(filter: { from: "yesterday" }) { edges { cursor } } }', 'BAD_USER_INPUT'],
    [
      'more entries than an answer has',
      `{ ${'abcdef'.split('').map((a) => `${a}: entries(first: 100) { edges { cursor } }`)} }`,
      'LIMIT_EXCEEDED',
    ],
  ])('says what is wrong with %s', async (_, query, code) => {
    expect((await ask(query, regional)).code).toBe(code)
  })

  it('reads entries that were added later', async () => {
    await writeLog(join(folder, 'gateway/log'), gateway, [request(200, 'GT', ['UN'])])
    const newest = idAt(START_MS + 200_000, 200)
    for (let ids: readonly string[] = []; !ids.includes(newest); )
      ids = idsOf((await ask('{ entries { edges { node { id } } } }')).data)
  })

  it('reads on behind an entry that cannot be read, and says how much of the log it knows', async () => {
    await writeLog(join(folder, 'gateway/log'), gateway, ['poison', request(201, 'GT', ['UN'])])
    const newest = idAt(START_MS + 201_000, 201)
    let answered = await ask('{ entries { edges { node { id } } } }')
    while (!idsOf(answered.data).includes(newest)) answered = await ask('{ entries { edges { node { id } } } }')
    const size = entries.length + 3
    expect(answered.logs).toEqual([{ origin: 'istmo.example/gateway', size, unreadable: 1, isCurrent: true }])
    expect((await fetch(new URL('/health/ready', url))).status).toBe(200)
  })

  it('is not ready, and says that its answers are old, while a log cannot be followed', async () => {
    const checkpoint = join(folder, 'gateway/log/checkpoint')
    const before = await readFile(checkpoint)
    const isReady = async () => (await fetch(new URL('/health/ready', url))).ok
    await writeFile(checkpoint, before.toString().replace('istmo.example/gateway\n', 'istmo.example/gateway\n1'))
    while (await isReady()) await sleep(20)
    expect((await ask('{ viewer { country } }')).logs).toMatchObject([{ size: entries.length + 3, isCurrent: false }])
    await writeFile(checkpoint, before)
    while (!(await isReady())) await sleep(20)
    expect((await ask('{ viewer { country } }')).logs).toMatchObject([{ isCurrent: true }])
  })

  it('has each reading in its own audit log, with who, why and how much, before the answer leaves', async () => {
    const secret = 'query Secret { entries(filter: { agency: "GT-PNC-ANA" }) { edges { cursor } } }'
    await ask('query Mine { entries(first: 2) { edges { cursor } } }')
    await ask(secret, { as: 'HN' })
    // Kill -9, because each answered reading must be on the disk.
    child.kill('SIGKILL')
    await once(child, 'exit')
    await start()
    await ask('{ viewer { country } }', { lifetimeS: -60 })
    expect(await stop()).toBe(0)
    const readings = (await ownEntries()).filter((entry) => entry.kind === 'oversight')
    const mine = readings.findLast(({ country }) => country === 'GT')
    expect(mine).toMatchObject({ channel: 'GRAPHQL', country: 'GT', entries: 2, grounds: { purpose: 'OVERSIGHT' } })
    expect(mine?.actor).toMatchObject({ country: 'GT', agency: 'GT-MP-SUPERVISION', role: 'auditor' })
    expect(readings.findLast(({ country }) => country === 'HN')).toMatchObject({
      operation: { name: null },
      entries: 0,
    })
    expect(readings.some(({ country, operation }) => country === null && operation === null)).toBe(true)
    expect((await ownEntries()).some((entry) => entry.kind === 'refusals' && entry.code === 'TOKEN_EXPIRED')).toBe(true)
    expect(JSON.stringify(await ownEntries())).not.toMatch(/GT-PNC-ANA|Mine|Secret/)
  })

  it('exits with 2 if a setting is wrong', async () => {
    const names = 'issuers: a, logs: [b], policies: [c], database: d, auditLog: e, auditLogKey: f, refKeys: g'
    await writeFile(join(folder, 'names.yaml'), `{ ${names}, regionalAgencies: [SICA-OVERSIGHT] }`)
    expect(await istmo(['oversight', '--config', 'names.yaml'], folder)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /names\.yaml: regionalAgencies\.0: expected \{ issuer: GT, agency: SICA-OVERSIGHT, acr: "2" \}/,
      ),
    })
    await writeFile(join(folder, 'wrong.yaml'), 'port: 1\nlogz: []\n')
    expect(await istmo(['oversight', '--config', 'wrong.yaml'], folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('wrong.yaml'),
    })
    expect(await istmo(['oversight'], folder)).toMatchObject({ code: 2 })
  })
})
