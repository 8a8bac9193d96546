import { createHash, hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { pseudonymOf, pseudonymsOf, rotateKeys } from '../../../audit/pseudonym/pseudonym.ts'
import { type EntryOf, parseEntry } from '../../../contract/audit-log/entry.ts'
import { MAX_LEG_ENTRY_BYTES, MAX_REFS } from '../../../contract/audit-log/node-entries.ts'
import { saltedHash } from '../../../contract/leg-salt.ts'
import type { LegClaims } from '../../../contract/leg-token.ts'
import { type EndedLeg, legEntries, recordRefs } from './node-audit-log.ts'

const KEYS = rotateKeys({ epochs: [] }, 0)
const HASH = 'a'.repeat(64)
const SALT = Buffer.alloc(16, 3)
const SOURCES = {
  node: 'istmo.example/hn',
  country: 'HN',
  keys: KEYS,
  rules: { access: HASH, policySet: HASH },
  now: Date.parse('2026-11-24T20:15:17.123Z'),
}
const CLAIMS: LegClaims = {
  iss: 'istmo',
  aud: 'HN',
  sub: 'María López',
  iat: 0,
  exp: 60,
  jti: 'leg-7',
  act: { sub: 'istmo' },
  op: 'x',
  scope: 'person:read case:read',
  caller_iss: 'https://id.gt.example',
  org: { country: 'GT', agency: 'GT-MP-FECO' },
  grounds: { purpose: 'INVESTIGATION', case: 'GT:MP001-2026-1234' },
}

function legWith(over: Partial<EndedLeg> = {}): EndedLeg {
  return {
    domain: 'persons',
    claims: CLAIMS,
    tokenHash: HASH,
    requestId: '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f',
    query: '{ persons { id } }',
    coordinates: ['Person.id', 'Query.persons'],
    question: undefined,
    body: Buffer.from('{}'),
    status: 200,
    code: null,
    denied: [],
    data: {
      persons: [{ id: 'HN:P-1' }, { id: 'HN:P-2', sameAs: [{ id: 'GT:P-9' }], note: 'HN: none' }, { id: 'HN:P-1' }],
    },
    answer: '{}',
    salt: SALT,
    ...over,
  }
}

const coordinates = (count: number) => Array.from({ length: count }, (_, at) => `Type${at}.${'f'.repeat(at % 60)}x`)
const people = (count: number) => ({ persons: Array.from({ length: count }, (_, at) => ({ id: `HN:P-${at}` })) })

describe('the entries of a leg', () => {
  it('have a hash of the officer’s question under the leg’s salt, so that two countries cannot compare them', () => {
    const statementOf = (over: Partial<EndedLeg>) =>
      (legEntries(legWith(over), SOURCES).at(-1) as EntryOf<'leg'>).statement
    expect(statementOf({ question: 'a.b.c~disclosure~' })).toBe(saltedHash(SALT, 'a.b.c'))
    expect(statementOf({ question: 'a.b.c~' })).toBe(saltedHash(SALT, 'a.b.c'))
    expect(statementOf({ question: 'a.b.c~', salt: Buffer.alloc(16, 9) })).not.toBe(saltedHash(SALT, 'a.b.c'))
    expect(statementOf({ question: 'a.b.c~', salt: null })).toBe(null)
    expect(statementOf({})).toBeUndefined()
  })

  it('say who asked what, and which of the country’s records the answer held, under the country’s key', () => {
    const [detail, leg, ...more] = legEntries(legWith(), SOURCES)
    expect(more).toEqual([])
    if (detail?.kind !== 'leg-detail' || leg?.kind !== 'leg') throw new TypeError('expected a detail, then the leg')
    expect(detail.of).toBe(leg.id)
    expect(detail.refs).toHaveLength(2)
    for (const id of ['HN:P-1', 'HN:P-2'])
      expect(detail.refs.some((ref) => pseudonymsOf('record', id, KEYS).includes(ref))).toBe(true)
    expect(leg.records).toEqual({ count: 2, hash: recordRefs(legWith().data, 'HN', KEYS, SALT).hash })
    expect(pseudonymsOf('case', 'GT:MP001-2026-1234', KEYS)).toContain(leg.grounds?.caseRef ?? '')
    expect(JSON.stringify([detail, leg])).not.toMatch(/María|MP001|HN:P/)
  })

  it.each([
    [0, 0],
    [40, 901],
    [2_000, 0],
    [2_000, 5_000],
  ])(
    'hold %i coordinates and %i records in parts, and keep the leg’s own entry small enough for a header',
    (fields, records) => {
      const asked = coordinates(fields)
      const entries = legEntries(legWith({ coordinates: asked, data: people(records) }), SOURCES)
      const leg = entries.at(-1)
      const details = entries.flatMap((entry) => (entry.kind === 'leg-detail' ? [entry] : []))
      if (leg?.kind !== 'leg') throw new TypeError('expected the leg at the end')
      for (const entry of entries) expect(parseEntry(canonicalBytes(entry))).toEqual(entry)
      expect(canonicalBytes(leg).length).toBeLessThanOrEqual(MAX_LEG_ENTRY_BYTES)
      expect(leg.details).toBe(details.length)
      expect([leg, ...details].flatMap((entry) => entry.coordinates)).toEqual(asked)
      expect(leg.moreCoordinates).toBe(asked.length - leg.coordinates.length)
      expect(details.every(({ refs }) => refs.length <= MAX_REFS)).toBe(true)
      expect(new Set(details.flatMap(({ refs }) => refs)).size).toBe(records)
    },
  )

  it('hash the bodies and the refs under the salt of the leg, so that equal legs have different hashes', () => {
    const [one, again, other] = [SALT, SALT, Buffer.alloc(16, 4)].map((salt) =>
      legEntries(legWith({ salt }), SOURCES).at(-1),
    )
    if (one?.kind !== 'leg' || again?.kind !== 'leg' || other?.kind !== 'leg') throw new TypeError('expected legs')
    const hashes = (leg: typeof one) => [leg.requestHash, leg.responseHash, leg.records.hash]
    const refs = recordRefs(legWith().data, 'HN', KEYS, null)
      .refs.map((ref) => `${ref}\n`)
      .join('')
    const expected = ['{}', '{}', refs].map((text) =>
      createHash('sha256')
        .update(Buffer.concat([SALT, Buffer.from(text)]))
        .digest('hex'),
    )
    expect(hashes(one)).toEqual(expected)
    expect(hashes(again)).toEqual(expected)
    for (const [at, hash] of hashes(other).entries()) expect(hash).not.toBe(expected[at])
    expect(other.operationHash).toBe(one.operationHash)
  })

  it('have the refs of the keys in force, also of records that came before', () => {
    const refsBy = (keys: typeof KEYS) => recordRefs(legWith().data, 'HN', keys, null).refs
    const rotated = rotateKeys(KEYS, 1)
    const [first, again, later] = [refsBy(KEYS), refsBy(KEYS), refsBy(rotated)]
    expect(again).toEqual(first)
    for (const [refs, keys] of [
      [first, KEYS],
      [later, rotated],
    ] as const) {
      const expected = ['HN:P-1', 'HN:P-2'].map((id) => pseudonymOf('record', id, keys))
      expect(refs).toEqual(expected.sort())
    }
    expect(new Set([...first, ...later]).size).toBe(4)
  })

  it('have the right refs of more records than are remembered', () => {
    const ids = Array.from({ length: 20_003 }, (_, at) => `HN:P-${at}`)
    const refsOf = (some: readonly string[]) => recordRefs({ ids: some }, 'HN', KEYS, null).refs
    const all = refsOf(ids)
    expect(new Set(all).size).toBe(ids.length)
    const some = [0, 1, 19_999, 20_000, 20_002].map((at) => ids[at] as string)
    const expected = some.map((id) => pseudonymOf('record', id, KEYS)).sort()
    expect(refsOf(some)).toEqual(expected)
    expect(all).toEqual(expect.arrayContaining(expected))
  })

  it('of a leg without a salt of its own have no hashes', () => {
    const leg = legEntries(legWith({ salt: null, data: undefined, code: 'LEG_SALT_MISSING' }), SOURCES).at(-1)
    expect(leg).toMatchObject({ v: 2, requestHash: null, responseHash: null, records: { count: 0, hash: null } })
    expect(parseEntry(canonicalBytes(leg))).toEqual(leg)
  })

  it('name the leg token and the caller’s token by their hashes, and the caller’s token by its id', () => {
    const caller = hash('sha256', 'header.claims.signature', 'base64url')
    const claims = { ...CLAIMS, caller_jti: 'token-7', caller_token: caller }
    const leg = legEntries(legWith({ claims }), SOURCES).at(-1)
    const tokenHash = hash('sha256', 'header.claims.signature')
    expect(leg).toMatchObject({ tokenId: 'leg-7', tokenHash: HASH, actor: { tokenId: 'token-7', tokenHash } })
    expect(legEntries(legWith(), SOURCES).at(-1)).toMatchObject({ actor: { tokenId: null } })
  })

  it('say the same of a caller whose claims are known as of one whose claims are new, under each key', () => {
    const digest = hash('sha256', 'token', 'base64url')
    const keys = { authority: digest, gateway: digest }
    const verified = {
      authority: 'https://authority.example',
      tokenId: 'ct-1',
      tokenHash: digest,
      mandate: digest,
      keys,
    }
    const claims = [{}, { verified }, { verified: { ...verified, question: 'q-1' } }].map((over) => ({
      ...CLAIMS,
      ...over,
    }))
    const others = rotateKeys(KEYS, 1)
    const saidOf = (of: LegClaims, refKeys: typeof KEYS, salt: Buffer | null) => {
      const leg = legEntries(legWith({ claims: of, salt }), { ...SOURCES, keys: refKeys }).at(-1)
      if (leg?.kind !== 'leg') throw new TypeError('expected the leg at the end')
      return [leg.actor, leg.grounds, leg.caller]
    }
    for (const salt of [SALT, Buffer.alloc(16, 9), null]) {
      for (const refKeys of [KEYS, others, KEYS]) {
        for (const of of claims) expect(saidOf(of, refKeys, salt)).toEqual(saidOf(structuredClone(of), refKeys, salt))
      }
    }
    expect(saidOf(CLAIMS, others, SALT)).not.toEqual(saidOf(CLAIMS, KEYS, SALT))
    const questions = [SALT, null].map((salt) => saidOf(claims[2] ?? CLAIMS, KEYS, salt)[2])
    expect(questions).toMatchObject([{ question: saltedHash(SALT, 'q-1') }, { question: null }])
  })

  it('of an anonymous leg name nobody, and accept no request id of another form', () => {
    const { caller_iss: _, grounds: __, ...anonymous } = CLAIMS
    const leg = legEntries(legWith({ claims: { ...anonymous, sub: 'anonymous' }, requestId: '7' }), SOURCES).at(-1)
    expect(leg).toMatchObject({ actor: null, grounds: null, requestId: null })
  })
})
