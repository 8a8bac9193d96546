import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePolicy } from '../../audit/note/policy.ts'
import { parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { verifyReceipt } from '../../audit/verify/verify-receipt.ts'
import { type Entry, type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { parseReceiptHeader } from '../../contract/receipt.ts'
import { createLoggedGateway, type LoggedGateway, type LoggedGatewayWorld, type Reply } from './logged-gateway.ts'

const PERSONS =
  '{ persons(search: { nationality: "HN" }, first: 3) { edges { node { id names { full } } } outcomes { country reach code } } }'

/** Long enough for a node that answers its first leg on a busy machine. Only the story of the silent country waits for it. */
const LEG_DEADLINE_MS = 3_000

let place: LoggedGatewayWorld
let gateway: LoggedGateway
const replies: Record<string, Reply> = {}
let entries: readonly Entry[]
let national: readonly Entry[]
let hungUpAt = 0

/** The requests to one gateway, each with its expected entry. Then the gateway stops, and the test reads the logs as an auditor does. */
beforeAll(async () => {
  place = await createLoggedGateway({ file: { hitsPerDay: 2 }, flags: ['--caller-time', '1:50'] })
  gateway = await place.start(['--leg-deadline', String(LEG_DEADLINE_MS), '--hits-per-day', '4'])
  const { ask } = gateway
  replies.answered = await ask({ query: PERSONS }, { headers: { 'istmo-log-proof': '?1' } })
  replies.denied = await ask({
    query:
      '{ persons(search: { nationality: "HN" }, first: 1) { edges { node { id identifiers { value } } } outcomes { country reach } } }',
  })
  replies.badSyntax = await ask({ query: '{ persons(' }, { headers: { 'istmo-log-proof': '?1' } })
  replies.costly = await ask({ query: costly() })
  replies.dryRun = await ask({ query: PERSONS }, { headers: { 'istmo-dry-run': '?1' } })
  for (const [name, how] of [
    ['noReceipt', 'NO_RECEIPT'],
    ['oldReceipt', 'OLD_RECEIPT'],
    ['otherBody', 'OTHER_BODY'],
    ['silent', 'SILENCE'],
  ] as const) {
    place.wire.spoil(how)
    replies[name] = await ask({ query: PERSONS })
  }
  hungUpAt = (await hangUp()).getTime()
  place.wire.spoil('NONE')
  replies.hitsAtNode = await ask(hits(0, 3))
  replies.hitsAtGateway = await ask(hits(3, 4))
  await spendTime()
  for (let at = 0; at < 7; at++) await ask({ query: PERSONS }, { headers: { authorization: 'Bearer none' } })
  await gateway.end('SIGTERM')
  await place.stopNode()
  entries = await place.entriesOf('gateway')
  national = await place.entriesOf('HN')
})
afterAll(() => place.remove())

/** Asks for this many hits, each by another passport. */
function hits(from: number, count: number): object {
  const searches = Array.from({ length: count }, (_, at) => ({
    identifier: { category: 'PASSPORT', jurisdiction: 'HN', value: `P${from + at}` },
  }))
  const query = `query ($searches: [PersonHitSearch!]!) {
    personListHits(searches: $searches) { hits { item } outcomes { country reach code } } }`
  return { query, variables: { searches } }
}

/** Keeps the node busy as one officer, while another one asks too, until the node refuses the first. */
async function spendTime(): Promise<void> {
  await place.db.execute(`
    create function cases.slow() returns boolean language sql volatile as
      'select count(*) > 0 from generate_series(1, 200) a, generate_series(1, 200) b';
    create policy slow on cases.case_file as restrictive for select to istmo_reader using (cases.slow())`)
  const query = '{ cases(first: 1) { edges { node { id } } outcomes { country reach code } } }'
  const isSpent = () => replies.timeSpent !== undefined
  const askOn = async (name: string, token: string): Promise<void> => {
    for (let at = 0; !isSpent(); at++) {
      const reply = await gateway.ask({ query }, { headers: { authorization: `Bearer ${token}` } })
      const isLast = reply.text.includes('TIME_SPENT') && !isSpent()
      replies[isLast ? 'timeSpent' : `${name} ${at}`] = reply
    }
  }
  const other = await place.tokenOf('another officer')
  await Promise.all([askOn('busy', place.token), askOn('busy too', place.token), askOn('beside', other)])
}

function costly(): string {
  const fields = Array.from(
    { length: 49 },
    (_, at) =>
      `f${at}: persons(search: { nationality: "HN" }, first: 100) { edges { node { id cases { edges { node { id } } } } } }`,
  )
  return `{ ${fields.join(' ')} }`
}

async function hangUp(): Promise<Date> {
  const controller = new AbortController()
  const asked = gateway.ask({ query: PERSONS }, { signal: controller.signal }).catch(() => undefined)
  await sleep(150)
  controller.abort()
  await asked
  await sleep(300)
  return new Date()
}

function entryOf(name: string): EntryOf<'request'> {
  const entry = entries.find(({ id }) => id === replies[name]?.id)
  if (entry?.kind !== 'request') throw new Error(`expected an entry of ${name}`)
  return entry
}

const partsOf = (id: string) =>
  entries.flatMap((entry) => (entry.kind === 'continuation' && entry.of === id ? [entry] : []))
const legOf = (name: string) =>
  partsOf(entryOf(name).id)
    .flatMap(({ legs }) => legs)
    .filter(({ country }) => country === 'HN')
const legsIn = (all: readonly Entry[]) => all.flatMap((entry) => (entry.kind === 'leg' ? [entry] : []))

describe('a gateway’s audit log', () => {
  it('begins with the start and the graph that is served, and ends with the stop', () => {
    expect(entries.slice(0, 2).map(({ kind }) => kind)).toEqual(['start', 'graph'])
    expect(entries.at(-1)?.kind).toBe('stop')
    const published = entries.flatMap((entry) =>
      entry.kind === 'publication' ? [`${entry.country} ${entry.domain}`] : [],
    )
    expect(published).toEqual(expect.arrayContaining(['null supergraph', 'HN persons', 'HN policies']))
  })

  it('has an answer with the leg, its receipt, and how many records came', () => {
    expect(replies.answered?.status).toBe(200)
    const entry = entryOf('answered')
    expect(entry).toMatchObject({
      actor: { country: 'GT', agency: 'GT-MP-FECO' },
      grounds: { taskForce: 'jtf-2026-03', purpose: 'INVESTIGATION' },
      result: { status: 200, codes: [], isHangup: false },
    })
    expect(entry.coordinates).toContain('Query.persons(search:)')
    expect(legOf('answered')).toEqual([
      expect.objectContaining({ country: 'HN', reach: 'ANSWERED', records: expect.objectContaining({ count: 3 }) }),
    ])
    expect(legOf('answered')[0]?.receipt).toMatchObject({ origin: 'istmo.example/hn' })
  })

  it('names the caller’s token by its hash, which both logs have', () => {
    const tokenHash = hash('sha256', place.token)
    expect(entryOf('answered').actor).toMatchObject({ tokenHash })
    const legs = legsIn(national).filter(({ requestId }) => requestId === replies.answered?.id)
    const { tokenId } = entryOf('answered').actor ?? {}
    expect(legs.map(({ actor }) => [actor?.tokenId, actor?.tokenHash])).toEqual([[tokenId, tokenHash]])
    expect(tokenId).toEqual(expect.any(String))
  })

  it('gives a caller who asks for it the proof of the entry, for a rejection too', async () => {
    const policy = parsePolicy(`log ${place.vkeys.gateway}\nquorum none\n`)
    for (const name of ['answered', 'badSyntax']) {
      const proof = parseReceiptHeader(replies[name]?.proof ?? '') ?? ''
      const { extra = new Uint8Array() } = parseTlogProof(proof)
      expect(verifyReceipt(proof, extra, policy).findings).toEqual([])
      expect(parseEntry(extra)).toEqual(entryOf(name))
    }
    expect(replies.denied?.proof).toBeNull()
  })

  it('has what was denied, by which kind of rule', () => {
    expect(entryOf('denied')).toMatchObject({
      denied: [{ coordinate: 'Person.identifiers', kind: 'SCOPES', country: null }],
    })
    expect(entryOf('denied').result.codes).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE'])
  })

  it.each([
    ['badSyntax', 400, 'GRAPHQL_PARSE_FAILED'],
    ['costly', 400, 'COST_EXCEEDED'],
  ])('has an entry for a known caller who was rejected early: %s', (name, status, code) => {
    expect(replies[name]).toMatchObject({ status, codes: [code] })
    expect(entryOf(name)).toMatchObject({ legs: [], result: { status, codes: [code] } })
  })

  it('tells in the entry of a request nothing of the countries that were asked, and has a part of each, counted', () => {
    for (const entry of entries) {
      if (entry.kind !== 'request') continue
      expect([...entry.legs, ...entry.denied].filter(({ country }) => country !== null)).toEqual([])
      expect(partsOf(entry.id)).toHaveLength(entry.continuations)
    }
    const seqs = entries.flatMap((entry) =>
      entry.kind === 'continuation' && entry.v === 2 && entry.country === 'HN' ? [entry.seq] : [],
    )
    expect(seqs).toEqual(seqs.map((_, at) => at + 1))
    const last = entries.at(-1)
    expect(last?.kind === 'stop' && last.v === 2 && last.counts.HN).toBe(seqs.length)
  })

  it('keeps the document of an operation by its hash, without values', async () => {
    const { operation } = entryOf('answered')
    expect(operation?.isKept).toBe(true)
    const text = await readFile(join(place.folder, 'record-gateway/kept', operation?.documentHash ?? ''), 'utf8')
    expect(text).toContain('persons(search: {nationality: ""}, first: 0)')
  })

  it('has a dry run, which asked no country', () => {
    expect(entryOf('dryRun')).toMatchObject({ legs: [], result: { status: 200, isDryRun: true } })
  })

  it.each([
    ['noReceipt', 'RECEIPT_INVALID'],
    ['oldReceipt', 'RECEIPT_INVALID'],
    ['otherBody', 'RECEIPT_INVALID'],
    ['silent', 'LEG_DEADLINE'],
  ])('has a leg that failed, with its outcome and no rows of it in the answer: %s', (name, code) => {
    expect(replies[name]?.text).not.toContain('HN:P')
    expect(replies[name]?.body.extensions?.countries).toContainEqual(expect.objectContaining({ country: 'HN', code }))
    expect(legOf(name)).toEqual([expect.objectContaining({ code, receipt: null, records: null })])
  })

  it('has a request whose client had hung up', () => {
    const left = entries.filter((entry) => entry.kind === 'request' && entry.result.isHangup)
    expect(left).toHaveLength(1)
    expect(Date.parse(left[0]?.time ?? '')).toBeLessThanOrEqual(hungUpAt)
  })

  it('counts rejections of unknown callers', () => {
    const refused = entries.flatMap((entry) => (entry.kind === 'refusals' ? [entry] : []))
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['TOKEN_INVALID']))
    expect(refused.reduce((sum, { count }) => sum + count, 0)).toBe(7)
  })

  it('has exactly one entry for each request', () => {
    expect(entries.filter(({ kind }) => kind === 'request')).toHaveLength(Object.keys(replies).length + 1)
  })
})

describe('a caller who has spent a share', () => {
  const outcomeOf = (name: string, field: string) => {
    const page = replies[name]?.body.data?.[field] as { outcomes: { country: string }[] } | undefined
    return page?.outcomes.find(({ country }) => country === 'HN')
  }
  const nationalOf = (name: string) => legsIn(national).filter(({ requestId }) => requestId === replies[name]?.id)

  it.each([
    ['timeSpent', 'cases', 'TIME_SPENT'],
    ['hitsAtNode', 'personListHits', 'HITS_SPENT'],
  ])(
    'at the node is told so by name, and both logs have the refused leg, and the gateway’s has its receipt: %s',
    (name, field, code) => {
      expect(outcomeOf(name, field)).toEqual({ country: 'HN', reach: 'DENIED', code })
      expect(nationalOf(name)).toEqual([expect.objectContaining({ result: { status: 403, code, denied: [] } })])
      expect(legOf(name)).toEqual([
        expect.objectContaining({ reach: 'DENIED', code, records: expect.objectContaining({ count: 0 }) }),
      ])
      expect(legOf(name)[0]?.receipt).toMatchObject({ origin: 'istmo.example/hn' })
      const { receipt } = place.wire.passed.find(({ response }) => response.includes(`"${code}"`)) ?? { receipt: '' }
      const proof = parseReceiptHeader(receipt) ?? ''
      const { extra = new Uint8Array() } = parseTlogProof(proof)
      expect(verifyReceipt(proof, extra, parsePolicy(place.policyOf('HN'))).findings).toEqual([])
      expect(legsIn(national)).toContainEqual(parseEntry(extra))
      expect(parseEntry(extra)).toMatchObject({ kind: 'leg', result: { status: 403, code } })
    },
  )

  it('of hit searches at the gateway is told the same, and the node is not asked', () => {
    const outcome = outcomeOf('hitsAtGateway', 'personListHits')
    expect(outcome).toEqual({ country: 'HN', reach: 'DENIED', code: 'HITS_SPENT' })
    expect(legOf('hitsAtGateway')).toEqual([expect.objectContaining({ code: 'HITS_SPENT', receipt: null })])
    expect(nationalOf('hitsAtGateway')).toEqual([])
  })
})

describe('a country’s audit log', () => {
  it('has each leg of the gateway that reached the country, with the same hashes', () => {
    const asked = entries.flatMap((entry) =>
      entry.kind === 'continuation' ? entry.legs.map((leg) => ({ ...leg, id: entry.of })) : [],
    )
    const legs = legsIn(national)
    expect(legs.length).toBeGreaterThan(3)
    for (const leg of legs) {
      const twin = asked.find(({ id, requestHash }) => id === leg.requestId && requestHash === leg.requestHash)
      const { domain, operationHash, tokenHash } = leg
      expect(tokenHash).toEqual(expect.any(String))
      expect(twin).toMatchObject({ country: 'HN', domain, operationHash, tokenHash })
      if (twin?.receipt)
        expect(twin).toMatchObject({ responseHash: leg.responseHash, records: leg.records, access: leg.access })
    }
  })

  it('has refs of its records under its own key, before the leg that they belong to', () => {
    const at = national.findIndex((entry) => entry.kind === 'leg' && entry.requestId === replies.answered?.id)
    const [detail, leg] = [national[at - 1], national[at]]
    expect(detail?.kind === 'leg-detail' && detail.refs).toHaveLength(3)
    expect(detail?.kind === 'leg-detail' && detail.of).toBe(leg?.id)
  })

  it('begins with the country’s rules, by which the gateway decides too, and ends with the stop', () => {
    const graph = entries.find(({ kind }) => kind === 'graph')
    const access = graph?.kind === 'graph' ? graph.countries[0]?.access : undefined
    expect(national[0]).toMatchObject({ kind: 'node-start', access })
    expect(national.at(-1)?.kind).toBe('node-stop')
  })
})
