/** What oversight says of logs on which nobody may rely: one that is away, behind, altered, set back, or that nobody trusts. */

import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { idAt } from '../../audit/index/testing.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { shardSigner } from '../../audit/note/shard-name.ts'
import type { Oversight } from '../../auditors/oversight/main.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_MANDATE_ENTRY, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { writeLog } from '../audit-cli/logs.ts'
import { AUDIENCE } from './access-token.ts'
import { createOversightWorld, type OversightWorld } from './world.ts'

const GATEWAY = newSigner('istmo.example/gateway')
const HN = newSigner('istmo.example/hn')
const AUTHORITY = newSigner('istmo.example/authority-gt')
const STRANGER = newSigner('istmo.example/stranger')
const START_MS = Date.parse('2026-11-24T20:00:00.000Z')

/** A request of version 2 that asked no country, so that each auditor of its officer's country may prove it. */
const requestAt = (at: number): Entry => ({
  ...SAMPLE_REQUEST,
  ...{ v: 2, legs: [], denied: [], continuations: 0 },
  ...{ id: idAt(START_MS + at * 1_000, at), time: new Date(START_MS + at * 1_000).toISOString() },
})

const ofAuthority = (second: number) => ({
  ...{ v: 1, id: idAt(START_MS + second * 1_000, second), time: new Date(START_MS + second * 1_000).toISOString() },
  origin: AUTHORITY.verifier.name,
})
/** The first entry of an authority’s log, which says whose it is. */
const AUTHORITY_START = {
  ...{ ...ofAuthority(1), kind: 'authority-start', country: 'GT', version: '0.1.0', keys: [], repairs: [] },
}
const TOKEN_FOR_HN = {
  ...{ ...ofAuthority(2), kind: 'country-token', officer: SAMPLE_REQUEST.actor?.ref, grant: 'g', gateway: 'istmo' },
  ...{ country: 'HN', scopes: ['case:read'], mandate: SAMPLE_MANDATE_ENTRY.mandate, question: null, tokenId: 't' },
  expires: new Date(START_MS + 60_000).toISOString(),
}

let world: OversightWorld
let oversight: Oversight
let isUsual = false
let at = 0
beforeAll(async () => {
  world = await createOversightWorld([GATEWAY, HN, AUTHORITY], ['gateway', 'hn', 'authority'])
  await writeLog(join(world.folder, 'gateway/log'), GATEWAY, [requestAt(++at), requestAt(++at), requestAt(++at)])
  await writeLog(join(world.folder, 'hn/log'), HN, [{ ...SAMPLE_LEG, country: 'HN', node: HN.verifier.name }])
  await writeLog(join(world.folder, 'authority/log'), AUTHORITY, [AUTHORITY_START, SAMPLE_MANDATE_ENTRY, TOKEN_FOR_HN])
})
afterAll(() => world.stop())

/** Starts oversight with the usual settings, if it does not run with them. A test that starts it with others, or over other logs, calls `startAnother`. */
async function startUsual(): Promise<void> {
  if (!isUsual) oversight = await world.start()
  isUsual = true
}

async function startAnother(more?: Readonly<Record<string, unknown>>): Promise<void> {
  isUsual = false
  oversight = await world.start(more)
}

/** The problems of all logs that have one, as the answer and as the field `logs` say it. */
async function problems(): Promise<Readonly<Record<string, string | null>>> {
  const { data, logs } = await world.ask('{ logs { origin problem size } }')
  const said = data.logs as { readonly origin: string; readonly problem: string | null }[]
  const toTable = (all: readonly { readonly origin: string; readonly problem: string | null }[]) =>
    Object.fromEntries(all.flatMap(({ origin, problem }) => (problem === null ? [] : [[origin, problem]])))
  expect(toTable(logs)).toEqual(toTable(said))
  return toTable(said)
}

const isReady = async (): Promise<boolean> => (await fetch(new URL('/health/ready', oversight.url))).ok

/** Replaces a text in the entries of a log by one of the same length. Returns what undoes it. */
async function alter(log: string, from: string, to: string): Promise<() => Promise<void>> {
  const folder = join(world.folder, log, 'log/tile/entries')
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile())
  const undo: (() => Promise<void>)[] = []
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name)
    const before = await readFile(path, 'latin1')
    if (!before.includes(from)) continue
    await writeFile(path, before.replaceAll(from, to), 'latin1')
    undo.push(() => writeFile(path, before, 'latin1'))
  }
  if (undo.length === 0) throw new Error(`expected a file of ${log} with ${from}; came none`)
  return async () => void (await Promise.all(undo.map((each) => each())))
}

describe('oversight', () => {
  it('finds no problem with logs that add up', async () => {
    await startUsual()
    expect(await problems()).toEqual({})
    expect(await isReady()).toBe(true)
  })

  it('says which log is away, shows what it knew of it, and goes on with the others', async () => {
    await startUsual()
    await rename(join(world.folder, 'hn'), join(world.folder, 'hn-away'))
    await oversight.follow()
    expect(await problems()).toEqual({ 'istmo.example/hn': 'NOT_REACHED' })
    expect(await isReady()).toBe(false)
    const { data } = await world.ask('{ entries(filter: { kind: "leg" }) { edges { node { id } } } }', {
      country: 'HN',
    })
    expect(data.entries).toMatchObject({ edges: [{ node: { id: SAMPLE_LEG.id } }] })
    await writeLog(join(world.folder, 'gateway/log'), GATEWAY, [requestAt(++at)])
    await oversight.follow()
    const counts = await world.ask('{ counts(by: kind, filter: { kind: "request" }) { count } }')
    expect(counts.data.counts).toEqual([{ count: at }])
    await rename(join(world.folder, 'hn-away'), join(world.folder, 'hn'))
    await oversight.follow()
    expect(await problems()).toEqual({})
  })

  it('says that a server of a log does not answer', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    await startAnother({ logs: ['gateway', `http://127.0.0.1:${port}/log`], database: 'index-of-server' })
    // Nobody knows its origin yet.
    expect(await problems()).toEqual({ [`127.0.0.1:${port}/log`]: 'NOT_REACHED' })
    // The operator reads in words why, and not only a code of the system.
    const reason = expect.stringMatching(`^127\\.0\\.0\\.1:${port}: expected to connect; .*: nothing listens there`)
    expect(JSON.parse(world.logged.at(-1) ?? '')).toMatchObject({ reason, msg: 'an audit log could not be followed' })
  })

  it('says that a log was altered, proves nothing where it was, and proves the rest', async () => {
    await startUsual()
    const query = 'query ($id: ID!) { entry(id: $id) { proof { bundle } } }'
    const proofOf = (at: number, language?: 'es') =>
      world.ask(query, { variables: { id: requestAt(at).id }, ...(language && { language }) })
    const undo = await alter('gateway', requestAt(2).id, requestAt(2).id.replace(/.$/, 'f'))
    const { data, errors } = await proofOf(2)
    expect([data, errors[0]?.extensions.code]).toEqual([{ entry: { proof: null } }, 'AUDIT_LOG_DAMAGED'])
    expect((await proofOf(2, 'es')).errors[0]?.message).toMatch(/^El registro de auditoría no cuadra/)
    expect((await proofOf(1)).data).toMatchObject({ entry: { proof: { bundle: expect.any(String) } } })
    // The index was filled before. One that is filled now finds it.
    await startAnother({ database: 'second-index' })
    expect(await problems()).toEqual({ 'istmo.example/gateway': 'NOT_VERIFIED' })
    await undo()
    await oversight.follow()
    expect(await problems()).toEqual({})
  })

  it('says that a log which the settings do not name any more is old', async () => {
    await startAnother({ logs: ['gateway'] })
    const { logs } = await world.ask('{ viewer { country } }')
    expect(logs.find(({ origin }) => origin === 'istmo.example/hn')).toMatchObject({ problem: 'NOT_REACHED', size: 1 })
  })

  it('says that a log was set back, and that a log which nobody trusts is not shown', async () => {
    await startUsual()
    await cp(join(world.folder, 'gateway'), join(world.folder, 'kept'), { recursive: true })
    await rm(join(world.folder, 'gateway'), { recursive: true })
    await writeLog(join(world.folder, 'gateway/log'), GATEWAY, [requestAt(1)])
    await oversight.follow()
    expect(await problems()).toEqual({ 'istmo.example/gateway': 'SET_BACK' })
    await rm(join(world.folder, 'gateway'), { recursive: true })
    await writeLog(join(world.folder, 'gateway/log'), STRANGER, [requestAt(1)])
    await oversight.follow()
    expect(await problems()).toEqual({ 'istmo.example/gateway': 'NOT_TRUSTED' })
    await rm(join(world.folder, 'gateway'), { recursive: true })
    await rename(join(world.folder, 'kept'), join(world.folder, 'gateway'))
    await oversight.follow()
    expect(await problems()).toEqual({})
  })

  it('gives no proof of an entry whose log it could not open since the start', async () => {
    await rename(join(world.folder, 'authority'), join(world.folder, 'authority-away'))
    await startAnother()
    const { mandate } = SAMPLE_MANDATE_ENTRY
    const { data, errors } = await world.ask(`{ mandateActs(mandate: "${mandate}") { kind proof { bundle } } }`)
    expect([data, errors[0]?.extensions.code]).toEqual([
      { mandateActs: [{ kind: 'mandate', proof: null }] },
      'AUDIT_LOG_AWAY',
    ])
    await rename(join(world.folder, 'authority-away'), join(world.folder, 'authority'))
  })

  it('rejects tokens while the authority that signed them is away, and says so', async () => {
    const listed = {
      issuer: 'https://id.gt.example',
      audience: AUDIENCE,
      jwks: 'http://127.0.0.1:9/jwks',
      country: 'GT',
    }
    await writeFile(join(world.folder, 'away.yaml'), stringify({ issuers: [listed] }))
    await startAnother({ issuers: 'away.yaml' })
    const { status, errors } = await world.ask('{ viewer { country } }', { language: 'es' })
    expect([status, errors[0]?.extensions.code]).toEqual([503, 'KEYS_UNAVAILABLE'])
  })

  it('says that a shard of a divided log was taken away', async () => {
    await startUsual()
    const shard = join(world.folder, 'gateway/shards/2026-12')
    await writeLog(shard, shardSigner(GATEWAY, '2026-12'), [requestAt(++at)])
    await oversight.follow()
    expect(await problems()).toEqual({})
    await rename(shard, join(world.folder, 'taken'))
    await oversight.follow()
    expect(await problems()).toEqual({ 'istmo.example/gateway/2026-12': 'NOT_REACHED' })
    expect(await isReady()).toBe(false)
    await rename(join(world.folder, 'taken'), shard)
    await oversight.follow()
    expect(await problems()).toEqual({})
  })
})

describe('who approved a mandate', () => {
  beforeAll(startUsual)

  const actsOf = async (mandate: string, country: string) =>
    world.ask('query ($mandate: String!) { mandateActs(mandate: $mandate) { kind log proof { entry } } }', {
      variables: { mandate },
      country,
    })

  it.each(['GT', 'HN'])('is told to the auditor of %s who knows the mandate, with a proof', async (country) => {
    const { data } = await actsOf(SAMPLE_MANDATE_ENTRY.mandate, country)
    const [act] = data.mandateActs as { readonly proof: { readonly entry: string } }[]
    expect(data.mandateActs).toMatchObject([{ kind: 'mandate', log: AUTHORITY.verifier.name }])
    expect(JSON.parse(act?.proof.entry ?? '')).toEqual(SAMPLE_MANDATE_ENTRY)
  })

  it('is told to nobody who does not know the mandate', async () => {
    expect((await actsOf('A'.repeat(43), 'HN')).data).toEqual({ mandateActs: [] })
    expect((await actsOf('%', 'HN')).errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })

  it('is found by the auditor of the authority’s country, who sees of its log nothing that is for another country', async () => {
    const kindsFor = async (country: string) => {
      const filter = `filter: { log: "${AUTHORITY.verifier.name}" }`
      const { data } = await world.ask(`{ entries(${filter}) { edges { node { kind proof { entry } } } } }`, {
        country,
      })
      const { edges } = data.entries as { readonly edges: readonly { readonly node: { readonly kind: string } }[] }
      return edges.map(({ node }) => node.kind).toSorted()
    }
    expect(await kindsFor('GT')).toEqual(['authority-start', 'mandate'])
    expect(await kindsFor('HN')).toEqual(['country-token'])
  })
})
