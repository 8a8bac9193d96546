import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { idAt } from '../../audit/index/testing.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { readKeyFile, rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { pseudonymsOf } from '../../audit/pseudonym/pseudonym.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { readOversightSettings } from '../../auditors/oversight/config.ts'
import { startOversight } from '../../auditors/oversight/main.ts'
import { type Entry, type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_ENTRIES, SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { publicJwk } from '../../demo/keys.ts'
import { istmo } from '../audit-cli/istmo.ts'
import { writeLog, writePolicy } from '../audit-cli/logs.ts'
import { AUDIENCE, type Issuer, loadIssuers, signAccessToken, type TokenRequest } from './access-token.ts'

/** Runs the auditors' GraphQL as a process: tests who sees what, and that each reading is in its audit log before the answer leaves. */

const gateway = parseSignerKey(generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519))
const ownKey = generateSignerKey('istmo.example/oversight', SIGNATURE_TYPES.ed25519)
/** The log of Honduras. It is not there when oversight starts. */
const hn = parseSignerKey(generateSignerKey('istmo.example/hn', SIGNATURE_TYPES.ed25519))
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
  issuers = await loadIssuers(join(folder, 'issuers'))
  const listed = []
  for (const { iss, country, key } of issuers) {
    await writeFile(join(folder, `${country}.json`), JSON.stringify({ keys: [publicJwk(key)] }))
    listed.push({ issuer: iss, audience: AUDIENCE, jwks: `${country}.json`, country })
  }
  await writeFile(join(folder, 'issuers.yaml'), stringify({ issuers: listed }))
  await writePolicy(folder, [gateway, hn])
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
    extensions?: {
      logs: { origin: string; size: number; unreadable: number; isCurrent: boolean; problem: string | null }[]
    }
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

  it('is not opened by an auditor’s token that was given for the gateway, which a captured gateway has', async () => {
    const forGateway: Who = { claims: { aud: 'https://istmo.example' } }
    expect(await ask('{ viewer { country } }', forGateway)).toMatchObject({ status: 401, code: 'TOKEN_INVALID' })
    expect((await ask('{ viewer { country } }')).status).toBe(200)
  })

  it('does not start with the gateway’s file of issuers, whose tokens a captured gateway has', async () => {
    const listed = {
      issuer: 'https://authority.gt.example',
      audience: 'https://istmo.example',
      jwks: 'GT.json',
      country: 'GT',
    }
    const authority = { token: 'https://authority.gt.example/token', client: 'istmo-gateway' }
    await writeFile(join(folder, 'gateway-issuers.yaml'), stringify({ issuers: [{ ...listed, authority }] }))
    const settings = parse(await readFile(join(folder, 'oversight.yaml'), 'utf8'))
    await writeFile(join(folder, 'wrong.yaml'), stringify({ ...settings, issuers: 'gateway-issuers.yaml' }))
    const wrong = await readOversightSettings(join(folder, 'wrong.yaml'))
    await expect(startOversight(wrong, pino({ level: 'silent' }))).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('https://authority.gt.example has `authority`'),
    })
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
    ['a day of another order', '{ entries(filter: { from: "11/12/2026" }) { edges { cursor } } }', 'BAD_USER_INPUT'],
    ['a kind that is none', '{ entries(filter: { kind: "reqest" }) { edges { cursor } } }', 'BAD_USER_INPUT'],
    ['a purpose that is none', '{ counts(by: day, filter: { purpose: "X" }) { count } }', 'BAD_USER_INPUT'],
    ['a country that is none', '{ entries(filter: { country: "gt" }) { edges { cursor } } }', 'BAD_USER_INPUT'],
    [
      'a range that ends before it begins',
      '{ entries(filter: { from: "2026-11-24", until: "2026-11-23" }) { edges { cursor } } }',
      'BAD_USER_INPUT',
    ],
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
    const size = entries.length + split.length + 3
    expect(answered.logs).toEqual([
      { origin: 'istmo.example/gateway', size, unreadable: 1, isCurrent: true, problem: null },
    ])
    expect((await fetch(new URL('/health/ready', url))).status).toBe(200)
  })

  it('is not ready, and says that its answers are old, while a log cannot be followed', async () => {
    const checkpoint = join(folder, 'gateway/log/checkpoint')
    const before = await readFile(checkpoint)
    const isReady = async () => (await fetch(new URL('/health/ready', url))).ok
    await writeFile(checkpoint, before.toString().replace('istmo.example/gateway\n', 'istmo.example/gateway\n1'))
    while (await isReady()) await sleep(20)
    expect((await ask('{ viewer { country } }')).logs).toMatchObject([
      { size: entries.length + split.length + 3, isCurrent: false, problem: 'NOT_VERIFIED' },
    ])
    expect((await ask('{ logs { origin problem } }')).data.logs).toEqual([
      { origin: 'istmo.example/gateway', problem: 'NOT_VERIFIED' },
    ])
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

/** Pages and proofs are above. Here is what else a console shows: words, who received a record, and a text sought. */
describe('what a console needs', () => {
  const RECORD = 'HN:P-000077'
  let refs: readonly string[]
  const legAt = (at: number, seen: readonly string[]): readonly Entry[] => {
    const timeMs = START_MS + 300_000 + at * 1_000
    const common = { time: new Date(timeMs).toISOString(), node: hn.verifier.name }
    const id = idAt(timeMs, at)
    return [
      {
        ...{ v: 1, kind: 'leg-detail', of: id, part: 1, coordinates: [] },
        id: idAt(timeMs, 900 + at),
        ...common,
        refs: seen,
      },
      { ...SAMPLE_LEG, id, ...common, country: 'HN', details: 1 },
    ]
  }
  const legId = (at: number) => idAt(START_MS + 300_000 + at * 1_000, at)
  const deletion = SAMPLE_ENTRIES.find(({ kind }) => kind === 'record-erasure') as EntryOf<'record-erasure'>

  beforeAll(async () => {
    const file = join(folder, 'hn-refs.json')
    for (const month of [0, 1]) await rotateKeyFile(file, START_MS + month * 32 * 86_400_000)
    // One ref in each epoch of the key.
    refs = pseudonymsOf('record', RECORD, await readKeyFile(file))
    const [first = '', second = ''] = refs
    const other = pseudonymsOf('record', 'HN:P-000078', await readKeyFile(file))
    const own = [...legAt(1, [first]), ...legAt(2, other), ...legAt(3, [second, ...other].sort())]
    await writeLog(join(folder, 'not-there-yet/log'), hn, [...own, { ...deletion, origin: hn.verifier.name }])
    // It still runs if only these tests do.
    if (child.exitCode === null && child.signalCode === null) await stop()
    await start()
  })

  const whoSaw = async (who: Who, variables: object) => {
    const query =
      'query ($refs: [String!]!, $first: Int, $after: String) { whoSaw(refs: $refs, first: $first, after: $after) { edges { cursor node { id kind } } pageInfo { hasNextPage } } }'
    const { data, code } = await ask(query, who, variables)
    const page = data?.whoSaw as { edges: { cursor: string; node: { id: string } }[]; pageInfo: object } | undefined
    return { ids: page?.edges.map(({ node }) => node.id), last: page?.edges.at(-1)?.cursor, page: page?.pageInfo, code }
  }

  it('shows the auditor of a record’s country who received the record, page by page, and nobody of another country', async () => {
    expect(refs).toHaveLength(2)
    expect((await whoSaw({ as: 'HN' }, { refs })).ids).toEqual([legId(3), legId(1)])
    expect((await whoSaw({ as: 'HN' }, { refs: refs.slice(0, 1) })).ids).toEqual([legId(1)])
    expect((await whoSaw(regional, { refs })).ids).toEqual([legId(3), legId(1)])
    // The officers who asked are of Guatemala, and the log is of Honduras.
    expect((await whoSaw({ as: 'GT' }, { refs })).ids).toEqual([])
    const one = await whoSaw({ as: 'HN' }, { refs, first: 1 })
    expect(one).toMatchObject({ ids: [legId(3)], page: { hasNextPage: true } })
    const next = await whoSaw({ as: 'HN' }, { refs, first: 1, after: one.last })
    expect(next).toMatchObject({ ids: [legId(1)], page: { hasNextPage: false } })
  })

  it.each<[string, () => readonly string[], string]>([
    ['a record’s id', () => [RECORD], 'BAD_USER_INPUT'],
    ['SQL', () => [`1.{"}') or true; --`], 'BAD_USER_INPUT'],
    ['more refs than keys have epochs', () => Array.from({ length: 101 }, () => refs[0] ?? ''), 'LIMIT_EXCEEDED'],
  ])('rejects %s in place of refs', async (_, given, code) => {
    expect((await whoSaw({ as: 'HN' }, { refs: given() })).code).toBe(code)
  })

  interface Words {
    readonly title: string
    readonly lines: readonly { readonly label: string; readonly text: string }[]
  }
  const wordsOf = async (who: Who, id: string | undefined, language?: string) => {
    const named = language === undefined ? '' : `(language: ${language})`
    const { data } = await ask(
      `query ($id: ID!) { entry(id: $id) { words${named} { title lines { label text } } } }`,
      who,
      {
        id,
      },
    )
    const { title, lines } = (data.entry as { words: Words }).words
    return {
      title,
      text: (label: string) => lines.find((line) => line.label === label)?.text,
      all: JSON.stringify(lines),
    }
  }

  it('says an entry in words, in Spanish if nothing else is asked', async () => {
    const spanish = await wordsOf(regional, split[0]?.id)
    expect(spanish.title).toBe('Alguien hizo una consulta a los países.')
    expect(spanish.text('Quién')).toContain('GT-MP-FECO, Guatemala')
    expect(spanish.text('Quién respondió')).toMatch(/^Honduras \(cases-HN\).*\nEl Salvador \(cases-SV\)/)
    const english = await wordsOf({ as: 'HN' }, legId(1), 'en')
    expect(english.title).toBe('A country was asked.')
    expect(english.text('Log')).toBe('istmo.example/hn')
  })

  it.each([
    ['version 2', () => split[0]?.id],
    ['version 1', () => entries[0]?.id],
  ])('has in the words of a request of %s nothing of other countries', async (_, id) => {
    const all = await wordsOf(regional, id(), 'en')
    expect(all.text('Who answered')).toMatch(/Honduras.*\nEl Salvador/)
    const seen = await wordsOf({ as: 'HN' }, id(), 'en')
    expect(seen.text('Who answered')).toMatch(/^Honduras[^\n]*$/)
    expect(seen.text('What was denied')).toMatch(/^Case\.\w+: POLICY \(Honduras\)$/)
    expect(seen.all).not.toMatch(/Salvador|"SV"|-SV|ofSV/)
  })

  it('limits the entries that are read for the words of one answer', async () => {
    const aliases = Array.from({ length: 30 }, (_, at) => `w${at}: words { title }`).join(' ')
    const { code } = await ask(`{ entries(first: 100) { edges { node { ${aliases} } } } }`, regional)
    expect(code).toBe('LIMIT_EXCEEDED')
  })

  const sought = async (who: Who, text: string) => {
    const query = 'query ($text: String) { entries(first: 100, filter: { text: $text }) { edges { node { id } } } }'
    const { data, code } = await ask(query, who, { text })
    return code ?? idsOf(data)
  }

  it.each<[string, string, () => unknown]>([
    ['an id', split[0]?.id ?? '', () => [split[0]?.id]],
    ['a part of an agency, in small letters', 'hn-mp', () => [entries[1]?.id]],
    ['a part of a denied field’s name, which is not asked', 'Case.ofHN', () => []],
    ['characters that are special elsewhere', '%%', () => []],
    ['SQL', "' or true; --", () => []],
    ['a single letter', 'a', () => 'BAD_USER_INPUT'],
    ['a line break', 'GT\nHN', () => 'BAD_USER_INPUT'],
  ])('finds entries by %s', async (_, text, expected) => {
    expect(await sought(regional, text)).toEqual(expected())
  })

  it('finds by a text nothing that the viewer may not see', async () => {
    expect(await sought({ as: 'HN' }, entries[2]?.id ?? '')).toEqual([])
    expect(await sought({ as: 'HN' }, 'SV-MP-FECO')).toEqual([])
    expect(await sought({ as: 'HN' }, 'gt-mp-feco')).toEqual(
      expect.arrayContaining([split[0]?.id, entries[0]?.id, legId(1)]),
    )
  })

  it('has these readings in its own audit log before the answer leaves, with the number of entries and without the refs', async () => {
    await whoSaw({ as: 'HN' }, { refs })
    child.kill('SIGKILL')
    await once(child, 'exit')
    await start()
    expect(await stop()).toBe(0)
    const readings = (await ownEntries()).filter((entry) => entry.kind === 'oversight')
    const asked = readings.filter(({ country }) => country === 'HN').at(-1)
    expect(asked?.entries).toBe(2)
    expect(JSON.stringify(readings)).not.toContain(refs[0])
  })
})
