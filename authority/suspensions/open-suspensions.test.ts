import { hash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { pino } from 'pino'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { readSuspension, verifySuspension } from '../../contract/trust/suspension.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { readStatements } from '../../service/suspensions/statement-file.ts'
import { signersWith } from '../../service/suspensions/suspenders.ts'
import { deliverSuspension, findRefusal, isWaiting } from '../../service/suspensions/suspensions.ts'
import { limitOwnFiles, makeSuspender, type TestSuspender } from '../../service/suspensions/testing.ts'
import type { SigningKey } from '../keys/signing-keys.ts'
import { type AuthoritySuspensions, type AuthoritySuspensionsOptions, openAuthoritySuspensions } from './suspensions.ts'

const ISSUER = 'https://authority.gt.example'
const REF = `1.${'r'.repeat(43)}`
const refKeys = { epochs: [{ epoch: 1, since: '2026-11-27T00:00:00Z', key: Buffer.alloc(32) }] }

/** The signing keys of the authority, as its key ring gives them. */
interface Ring {
  keys: SigningKey[]
  suspended: Set<string>
}

/** A log that a test can break, and that outlives the authority. */
interface TestLog {
  readonly entries: Entry[]
  readonly kept: Map<string, string>
  /** How often writing fails from now on. */
  failures: number
  /** Called before an entry is durable. */
  onAppend: () => Promise<void>
}

let home: string
/** What the authority wrote to its own log of errors. */
const said: string[] = []
let log: TestLog
let ring: Ring
let opened: AuthoritySuspensions
let country: TestSuspender
let oversight: TestSuspender
let firstKeys: readonly SigningKey[]

beforeAll(async () => {
  firstKeys = [await newSigningKey(), await newSigningKey()]
})
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-stop-'))
  log = { entries: [], kept: new Map(), failures: 0, onAppend: async () => undefined }
  append([{ ...newBase(), kind: 'authority-start', country: 'GT', version: '1', keys: [], repairs: [] } as never])
  ring = { keys: firstKeys.slice(0, 1), suspended: new Set() }
  country = makeSuspender('GT', true)
  oversight = makeSuspender('oversight-gt')
  opened = await open()
})
afterEach(async () => {
  await opened.close()
  await rm(home, { recursive: true })
})

async function newSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  const publicJwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(publicJwk)
  return { kid, privateKey, publicKey, publicJwk, usedFromS: 0, keptUntilS: Number.POSITIVE_INFINITY }
}

const newBase = () => {
  const now = Date.now()
  return { v: 1, id: createUuidV7(now), time: new Date(now).toISOString() } as const
}

function append(entries: readonly Entry[]): void {
  for (const entry of entries) {
    const read = parseEntry(Buffer.from(JSON.stringify({ origin: 'authority.gt.example', ...entry })))
    log.entries.push(read)
    opened?.note([{ index: log.entries.length - 1, entry: read }])
  }
}

async function open(over: object = {}): Promise<AuthoritySuspensions> {
  const suspenders = [country, oversight].map(({ signer: { name, key } }) => ({ name, key }))
  const recorder = {
    newBase,
    async keep(text: string) {
      const name = hash('sha256', text)
      log.kept.set(name, text)
      return name
    },
    async append(entries: readonly Entry[]) {
      await log.onAppend()
      if (log.failures > 0) {
        log.failures--
        throw new Error('no space left on device')
      }
      append(entries)
    },
  }
  const signer = () => ring.keys.findLast(({ kid }) => !ring.suspended.has(kid)) ?? null
  const options = {
    settings: {
      issuer: ISSUER,
      country: 'GT',
      suspensions: join(home, 'stop'),
      suspenders,
      mandates: { witnesses: {} },
      ...over,
    },
    authorityLog: {
      ...{ recorder, origin: 'authority.gt.example', refKeys, readKept: async (name: string) => log.kept.get(name) },
      followed: {
        async *read() {
          for (const [index, entry] of log.entries.entries()) yield { index, entry }
        },
      },
    },
    keys: {
      signer,
      find: (kid: string) => ring.keys.find((key) => key.kid === kid && !ring.suspended.has(kid)) ?? null,
    },
    ...{ log: pino({ level: 'error' }, { write: (line) => void said.push(line) }), now: Date.now },
  } as unknown as AuthoritySuspensionsOptions
  return openAuthoritySuspensions(options)
}

async function restart(over: object = {}): Promise<void> {
  await opened.close()
  opened = await open(over)
}

/** Delivers a statement. Resolves when it was taken, to why it was refused; null if it was not. */
async function give(statement: string): Promise<string | null> {
  const name = await deliverSuspension(join(home, 'stop'), statement)
  await vi.waitFor(async () => expect(await isWaiting(join(home, 'stop'), name)).toBe(false), { timeout: 30_000 })
  return findRefusal(join(home, 'stop'), name)
}

const acts = () => log.entries.filter(({ kind }) => kind === 'authority-suspension')
const isSuspended = (agency: string): boolean => opened.find({ agency }) !== null

/** What a node hears that pins these keys of the authority, and had nothing before. */
async function hear(pinned: readonly SigningKey[], after = 0) {
  const { statements, last, id } = JSON.parse((await opened.feed(after)) ?? '') as {
    readonly statements: readonly string[]
    readonly last: number
    readonly id: string
  }
  const signers = (await Promise.all(pinned.map(({ publicKey }) => signersWith(ISSUER, publicKey as never)))).flat()
  const read = await Promise.all(statements.map((text) => verifySuspension(text, signers)))
  return { said: read.map(({ claims: { action, what } }) => `${action} ${JSON.stringify(what)}`), statements, last, id }
}

describe('an act', () => {
  it('is an entry before it takes effect, and opens nothing while the entry is written', async () => {
    const seen: unknown[] = []
    log.onAppend = async () => {
      const { statements } = await readStatements(join(home, 'stop/statements.jsonl'))
      seen.push({ isSuspended: isSuspended('a'), statements: statements.length })
    }
    expect(await give(country.sign('suspend', { agency: 'a' }))).toBeNull()
    expect(seen).toEqual([{ isSuspended: true, statements: 0 }])
    expect(acts()).toMatchObject([
      { action: 'SUSPENDED', what: { kind: 'agency', value: 'a' }, by: 'GT', source: null },
    ])
    await give(country.sign('resume', { agency: 'a' }))
    expect(isSuspended('a')).toBe(false)
  })

  it('waits in the folder while the log cannot be written, and has one entry', async () => {
    log.failures = 2
    expect(await give(country.sign('suspend', { agency: 'a' }))).toBeNull()
    expect(isSuspended('a')).toBe(true)
    expect(acts()).toHaveLength(1)
  })

  it('is in effect and has one entry while the disk of the folder is full, and is in the folder when there is room', async () => {
    for (const agency of ['x', 'y', 'z']) await give(country.sign('suspend', { agency }))
    const folder = join(home, 'stop')
    const file = join(folder, 'statements.jsonl')
    limitOwnFiles((await stat(file)).size)
    try {
      said.length = 0
      const name = await deliverSuspension(folder, country.sign('suspend', { agency: 'a' }))
      await vi.waitFor(() => expect(said.length).toBeGreaterThan(2))
      expect(said.join('')).toContain('EFBIG')
      expect([isSuspended('a'), await isWaiting(folder, name)]).toEqual([true, true])
      expect(acts()).toMatchObject(['x', 'y', 'z', 'a'].map((value) => ({ what: { value } })))
      expect((await readStatements(file)).statements).toHaveLength(3)
    } finally {
      limitOwnFiles('unlimited')
    }
    await vi.waitFor(async () => expect(await readdir(join(folder, 'inbox'))).toEqual([]))
    expect((await readStatements(file)).statements).toHaveLength(4)
    expect([isSuspended('a'), acts().length]).toEqual([true, 4])
    await restart()
    expect([isSuspended('a'), acts().length]).toEqual([true, 4])
  })

  it('whose entry is in the log is in effect after a kill, and is not written twice', async () => {
    const statement = country.sign('suspend', { agency: 'a' })
    await give(statement)
    await opened.close()
    // As after a kill between the entry and the effect: the folder has the delivered statement and nothing else.
    await rm(join(home, 'stop'), { recursive: true })
    await deliverSuspension(join(home, 'stop'), statement)
    opened = await open()
    expect(isSuspended('a')).toBe(true)
    // It has no folder of rejected files either.
    await vi.waitFor(async () => expect(await readdir(join(home, 'stop/inbox'))).toEqual([]), { timeout: 30_000 })
    expect(acts()).toHaveLength(1)
  })

  it('lasts without the folder, and also if the settings no longer name one', async () => {
    await give(country.sign('suspend', { agency: 'a' }))
    await give(oversight.sign('suspend', { agency: 'b' }))
    await give(oversight.sign('resume', { agency: 'b' }))
    await opened.close()
    await rm(join(home, 'stop'), { recursive: true })
    opened = await open({ suspensions: undefined, suspenders: [] })
    expect([isSuspended('a'), isSuspended('b')]).toEqual([true, false])
  })

  it('whose statement the content store has lost keeps the authority from starting', async () => {
    await give(country.sign('suspend', { agency: 'a' }))
    const kept = [...log.kept]
    log.kept.clear()
    await expect(open({ suspensions: undefined })).rejects.toThrow(/Restore the folder «kept»/)
    for (const [name, text] of kept) log.kept.set(name, text)
  })
})

describe('who may not', () => {
  it.each<readonly [string, () => string | Promise<string>, RegExp]>([
    [
      'a stranger under the country’s name',
      () => makeSuspender('GT', true).sign('resume', { agency: 'a' }),
      /NOT_SIGNED/,
    ],
    [
      'another authority',
      () => makeSuspender('https://authority.hn.example').sign('resume', { agency: 'a' }),
      /NOT_SIGNED/,
    ],
    [
      'a stranger under the authority’s name',
      () => makeSuspender(ISSUER).sign('resume', { agency: 'a' }),
      /NOT_SIGNED/,
    ],
    ['another suspender', () => oversight.sign('resume', { agency: 'a' }), /NOT_YOURS/],
    [
      'the authority’s own signing key, as somebody has it who captured it',
      () => signAsAuthority('resume'),
      /NOT_YOURS/,
    ],
    [
      'the country itself with an old statement',
      () => country.sign('resume', { agency: 'a' }, { seq: 1 }),
      /OLD_SEQUENCE/,
    ],
    ['the country about a field', () => country.sign('suspend', { coordinate: 'Person.names' }), /NOT_HERE/],
    [
      'the country about another authority',
      () => country.sign('suspend', { authority: 'https://x.example' }),
      /NOT_HERE/,
    ],
    ['the country about itself', () => country.sign('suspend', { country: 'GT' }), /NOT_HERE/],
  ])('%s', async (_, sign, refusal) => {
    country.sign('suspend', { agency: 'older' })
    await give(country.sign('suspend', { agency: 'a' }))
    expect(await give(await sign())).toMatch(refusal)
    expect(isSuspended('a')).toBe(true)
    expect(acts()).toHaveLength(1)
    await restart()
    expect(isSuspended('a')).toBe(true)
  })

  it('a signing key of the authority that is suspended, although it may suspend before', async () => {
    expect(await give(await signAsAuthority('suspend', 'b'))).toBeNull()
    expect(isSuspended('b')).toBe(true)
    ring.suspended.add(ring.keys[0]?.kid ?? '')
    expect(await give(await signAsAuthority('resume', 'b'))).toMatch(/NOT_SIGNED/)
  })

  it('anybody by many files: an honest statement behind 210 forged ones counts, and none of them has an entry', async () => {
    const stranger = makeSuspender('GT', true)
    const forged = Array.from({ length: 210 }, (_, at) => stranger.sign('suspend', { agency: `x${at}` }))
    await Promise.all(forged.map((text) => deliverSuspension(join(home, 'stop'), text)))
    expect(await give(country.sign('suspend', { agency: 'a' }, { seq: 9_000_000_000 }))).toBeNull()
    expect(acts()).toHaveLength(1)
    expect((await readdir(join(home, 'stop/inbox/rejected'))).length).toBeLessThanOrEqual(200)
  })
})

/** Signs with a key of the authority's tokens, as somebody can who has the file of signing keys. */
async function signAsAuthority(action: 'suspend' | 'resume', agency = 'a'): Promise<string> {
  const { CompactSign } = await import('jose')
  const { kid, privateKey } = ring.keys[0] as SigningKey
  const claims = {
    iss: ISSUER,
    seq: Date.now() + sequence++,
    iat: 1_795_000_000,
    action,
    what: { agency },
    reason: 'a test',
  }
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'istmo-suspension+jwt', kid })
    .sign(privateKey)
}
let sequence = 0

describe('what is told', () => {
  it('is what the authority suspended and revoked, signed with the key that signs tokens, and the tokens of an officer', async () => {
    const [first] = ring.keys
    const expires = (ms: number) => new Date(Date.now() + ms).toISOString()
    const grant = {
      ...{ ...newBase(), kind: 'access-token', officer: REF, provider: 'p', agency: 'A', role: null, assurance: null },
      ...{ client: 'c', gateway: 'g', scopes: [], mandate: 'm'.repeat(43), isBound: true },
    }
    append([{ ...grant, tokenId: 'live', expires: expires(300_000) } as never])
    append([{ ...grant, tokenId: 'over', expires: expires(-300_000) } as never])
    await give(country.sign('suspend', { officer: REF }))
    await give(country.sign('suspend', { country: 'HN' }))
    await give(oversight.sign('suspend', { task_force: 't' }))
    const heard = await hear([first as SigningKey])
    expect(heard.said).toEqual(['suspend {"token":"live"}', 'suspend {"task_force":"t"}'])
    await give(country.sign('resume', { officer: REF }))
    expect((await hear([first as SigningKey], heard.last)).said).toEqual(['resume {"token":"live"}'])
  })

  it('is readable by who pins only the new key after a rotation, and known to who heard it before', async () => {
    await give(country.sign('suspend', { agency: 'a' }))
    const before = await hear(firstKeys.slice(0, 1))
    ring.keys = [...firstKeys]
    const after = await hear(firstKeys.slice(1))
    expect(after).toMatchObject({ said: before.said, last: before.last, id: before.id })
    expect(after.statements).not.toEqual(before.statements)
    const claims = (texts: readonly string[]) => texts.map((text) => readSuspension(text).claims)
    expect(claims(after.statements)).toEqual(claims(before.statements))
    await expect(hear(firstKeys.slice(0, 1))).rejects.toThrow('expected a signer')
    await restart()
    expect((await hear(firstKeys.slice(1))).statements).toEqual(after.statements)
  })

  it('is nothing while each signing key is suspended', async () => {
    ring.suspended.add(ring.keys[0]?.kid ?? '')
    expect(await opened.feed(0)).toBeNull()
  })

  it('comes in parts of at most 256 KiB that together are all of it, for a thousand suspensions', async () => {
    const statements = Array.from({ length: 1_000 }, (_, at) =>
      country.sign('suspend', { agency: `a${at}` }, { reason: 'x'.repeat(300) }),
    )
    for (const text of statements) {
      const { claims, hash: name } = readSuspension(text)
      log.kept.set(Buffer.from(name, 'base64url').toString('hex'), text)
      const act = { action: 'SUSPENDED', by: 'GT', reason: claims.reason, seq: claims.seq, source: null }
      const what = { kind: 'agency', value: Object.values(claims.what)[0] }
      const statement = Buffer.from(name, 'base64url').toString('hex')
      append([{ ...newBase(), kind: 'authority-suspension', ...act, what, statement } as never])
    }
    await restart()
    expect(isSuspended('a999')).toBe(true)
    expect(await give(country.sign('suspend', { agency: 'one too many' }))).toMatch(/at most 1000/)
    const heard = new Set<string>()
    let after = 0
    for (let parts = 0; heard.size < 1_000 && parts < 20; parts++) {
      expect((await opened.feed(after))?.length).toBeLessThan(256 * 1_024)
      const part = JSON.parse((await opened.feed(after)) ?? '') as { statements: string[]; last: number }
      for (const text of part.statements) heard.add(JSON.stringify(readSuspension(text).claims.what))
      after = part.last
    }
    expect(heard.size).toBe(1_000)
    expect(await give(country.sign('resume', { agency: 'a0' }))).toBeNull()
  })
})
