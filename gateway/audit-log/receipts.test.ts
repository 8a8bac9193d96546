import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLogOn } from '../../audit/log/log.ts'
import { rotateLogKeyOn } from '../../audit/log/rotate-key.ts'
import { createMemoryStorage, newSigner } from '../../audit/log/testing.ts'
import { shardSigner } from '../../audit/note/shard-name.ts'
import { formatTlogProof, parseTlogProof } from '../../audit/note/tlog-proof.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG } from '../../contract/audit-log/testing.ts'
import { formatReceiptHeader } from '../../contract/receipt.ts'
import type { Leg, SentLeg } from '../types/flow.ts'
import type { ReceiptSettings } from '../types/participant.ts'
import { openCountryHeads } from './country-heads.ts'
import { createReceiptCheck } from './receipts.ts'

const signer = newSigner('istmo.example/hn')
const { vkey } = signer.verifier
const REQUEST = SAMPLE_LEG.requestId ?? ''
const LEG: Leg = {
  domain: 'cases',
  country: 'HN',
  endpoint: { url: 'http://127.0.0.1:1/', deadlineMs: 1, maxAnswerBytes: 1 },
  query: '{ cases { id } }',
  variables: {},
  kind: 'query',
  rights: null,
}
const { operationHash, requestHash, responseHash } = SAMPLE_LEG
const SENT: SentLeg = {
  operationHash: operationHash ?? '',
  requestHash: requestHash ?? '',
  salt: Buffer.alloc(16),
  responseHash,
  receipt: null,
}

/** HN's log with some entries, and the receipt of `entry`. */
async function receiptOf(entry: object, by = signer, storage = createMemoryStorage()): Promise<string> {
  const log = await openLogOn(storage, { signer: by, publishAfterMs: 1_000_000 })
  for (let at = 0; at < 5; at++) await log.append(canonicalBytes({ at }))
  const extra = canonicalBytes(entry)
  const { proof } = await log.append(extra)
  return formatReceiptHeader(formatTlogProof({ ...parseTlogProof(await proof()), extra }))
}

/** HN's log after its key was replaced, and the receipt of an entry behind that. */
async function rotate() {
  const next = newSigner('istmo.example/hn')
  const storage = createMemoryStorage()
  const entry = { kind: 'key-rotation', oldKey: vkey, newKey: next.verifier.vkey }
  const { rotation } = await rotateLogKeyOn(storage, { ...signer, next }, () => canonicalBytes(entry))
  return { rotations: [rotation.proof], header: await receiptOf(SAMPLE_LEG, next, storage) }
}

const check = (
  header: string | undefined,
  over: { leg?: Partial<Leg>; sent?: Partial<SentLeg>; request?: string } = {},
) =>
  createReceiptCheck(() => ({ vkey, required: true }))(
    { ...LEG, ...over.leg },
    { ...SENT, ...over.sent },
    over.request ?? REQUEST,
    header,
  )

describe('a receipt', () => {
  it('is valid for its own leg, and says where the country’s log has the entry', async () => {
    const held = check(await receiptOf(SAMPLE_LEG))
    expect(held).toMatchObject({ origin: SAMPLE_LEG.node, index: 5, size: 6, records: SAMPLE_LEG.records })
    expect(held?.leaf).toMatch(/^[0-9a-f]{64}$/)
  })

  const other = 'b'.repeat(64)
  it.each([
    ['another answer', { sent: { responseHash: other } }],
    ['another request body', { sent: { requestHash: other } }],
    ['another operation', { sent: { operationHash: other } }],
    ['another request', { request: '019ab7e5-2f40-7c3a-9c1d-000000000000' }],
    ['another country', { leg: { country: 'GT' } }],
    ['another domain', { leg: { domain: 'persons' } }],
  ])('is not valid for %s', async (_, over) => {
    const header = await receiptOf(SAMPLE_LEG)
    expect(() => check(header, over)).toThrow(/expected the receipt of this leg/)
  })

  it.each([
    ['none', undefined],
    ['no byte sequence', 'abc'],
    ['no proof', formatReceiptHeader('hello')],
  ])('is not valid with %s', (_, header) => {
    expect(() => check(header)).toThrow()
  })

  it('is not valid under another key, for another entry, or without its entry', async () => {
    const foreign = await receiptOf(SAMPLE_LEG, newSigner('istmo.example/hn'))
    expect(() => check(foreign)).toThrow()
    const good = Buffer.from((await receiptOf(SAMPLE_LEG)).slice(1, -1), 'base64').toString('utf8')
    const { extra: _, ...bare } = parseTlogProof(good)
    expect(() => check(formatReceiptHeader(formatTlogProof(bare)))).toThrow(/with its entry/)
    const swapped: EntryOf<'leg'> = { ...SAMPLE_LEG, records: { count: 0, hash: other } }
    const lie = formatTlogProof({ ...bare, extra: canonicalBytes(swapped) })
    expect(() => check(formatReceiptHeader(lie))).toThrow(/does not prove/)
  })

  it('is not valid with an entry of version 1, whose hashes had no salt, or of another kind', async () => {
    const old = await receiptOf({ ...SAMPLE_LEG, v: 1 })
    expect(() => check(old)).toThrow(/came v 1/)
    const { id, time, node, country } = SAMPLE_LEG
    const refusals = { v: 1, kind: 'node-refusals', id, time, node, country, minute: time, code: 'X_Y', count: 1 }
    const otherKind = await receiptOf(refusals)
    expect(() => check(otherKind)).toThrow(/the receipt of a leg/)
  })

  it('is checked with the key of its own country, also after those of others, and with the new one if the settings change', async () => {
    const next = newSigner('istmo.example/gt')
    const settings = { HN: { vkey, required: true }, GT: { vkey: next.verifier.vkey, required: true } }
    let inForce: typeof settings = settings
    const both = createReceiptCheck((code) => inForce[code as 'HN' | 'GT'])
    const ofHn = await receiptOf(SAMPLE_LEG)
    const ofGt = await receiptOf({ ...SAMPLE_LEG, country: 'GT' }, next)
    const inGt: Leg = { ...LEG, country: 'GT' }
    for (let round = 0; round < 2; round++) {
      expect(both(LEG, SENT, REQUEST, ofHn)).toMatchObject({ origin: 'istmo.example/hn' })
      expect(both(inGt, SENT, REQUEST, ofGt)).toMatchObject({ origin: 'istmo.example/gt' })
    }
    inForce = { ...settings, HN: { ...settings.GT } }
    expect(() => both(LEG, SENT, REQUEST, ofHn)).toThrow()
  })

  it('is not valid if any one of its bytes is changed', async () => {
    const header = await receiptOf(SAMPLE_LEG)
    const bytes = Buffer.from(header.slice(1, -1), 'base64')
    for (let at = 0; at < bytes.length; at += 17) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => check(`:${changed.toString('base64')}:`)).toThrow()
    }
  })

  it('is valid with the new key of a log whose key was rotated, if the country’s file has the proof', async () => {
    const { rotations, header } = await rotate()
    const checkWith = (known: readonly string[]) =>
      createReceiptCheck(() => ({ vkey, required: true, rotations: known }))
    expect(checkWith(rotations)(LEG, SENT, REQUEST, header)).toMatchObject({ index: 6 })
    expect(() => checkWith([])(LEG, SENT, REQUEST, header)).toThrow()
    const stolen = await receiptOf(SAMPLE_LEG, signer)
    expect(() => checkWith(rotations)(LEG, SENT, REQUEST, stolen)).toThrow(/replaced at entry 0/)
  })

  it('is checked with the rotations that the country’s file has now', async () => {
    const { rotations, header } = await rotate()
    let settings: ReceiptSettings = { vkey, required: true }
    const checkNow = createReceiptCheck(() => settings)
    expect(() => checkNow(LEG, SENT, REQUEST, header)).toThrow()
    settings = { vkey, required: true, rotations }
    expect(checkNow(LEG, SENT, REQUEST, header)).toMatchObject({ index: 6 })
    settings = { vkey, required: true }
    expect(() => checkNow(LEG, SENT, REQUEST, header)).toThrow()
  })

  it('is not valid if the country’s log went back since the leg was sent', async () => {
    const header = await receiptOf(SAMPLE_LEG)
    const heads = await openCountryHeads({ folder: null })
    const checkWith = createReceiptCheck(() => ({ vkey, required: true }), heads)
    expect(checkWith(LEG, SENT, REQUEST, header)).toMatchObject({ index: 5 })
    const countryHead = heads.newestOf(signer.verifier.name)
    expect(countryHead).toMatchObject({ size: 6 })
    expect(() => checkWith(LEG, { ...SENT, countryHead }, REQUEST, header)).toThrow(/^log went back: its log had 6/)
    await heads.close()
  })

  it('of a new shard is valid although the shard has fewer entries than the log had', async () => {
    const header = await receiptOf(SAMPLE_LEG, shardSigner(signer, '2027'))
    const heads = await openCountryHeads({ folder: null })
    const checkWith = createReceiptCheck(() => ({ vkey, required: true }), heads)
    const { name } = signer.verifier
    const held = checkWith(LEG, { ...SENT, countryHead: { name, origin: name, size: 1_000 } }, REQUEST, header)
    expect(held).toMatchObject({ origin: 'istmo.example/hn/2027', index: 5 })
    // A leg that is sent from now on has its entry in this shard, or in a later one.
    const countryHead = heads.newestOf(name)
    const old = await receiptOf(SAMPLE_LEG)
    expect(() => checkWith(LEG, { ...SENT, countryHead }, REQUEST, old)).toThrow(/^log went back: its log had begun/)
    await heads.close()
  })

  it('without the id of a request belongs only to a request whose id no entry can have', async () => {
    const header = await receiptOf({ ...SAMPLE_LEG, requestId: null })
    expect(() => check(header)).toThrow(/came another requestId/)
    expect(check(header, { request: 'an id of another form' })).toMatchObject({ index: 5 })
  })

  it('shows its checkpoint to who compares them, and one that is not valid shows none', async () => {
    const shown: [string, string][] = []
    const settings = { vkey, required: true }
    const checkWith = createReceiptCheck(
      () => settings,
      undefined,
      (...each) => void shown.push(each),
    )
    const header = await receiptOf(SAMPLE_LEG)
    expect(() => checkWith({ ...LEG, domain: 'persons' }, SENT, REQUEST, header)).toThrow()
    expect(shown).toEqual([])
    checkWith(LEG, SENT, REQUEST, header)
    expect(shown).toEqual([['istmo.example/hn', expect.stringMatching(/^istmo\.example\/hn\n6\n/)]])
  })

  it('is ignored if the country’s file does not mention it, and may be absent if it is optional', async () => {
    const asked = createReceiptCheck(() => undefined)
    expect(asked(LEG, SENT, REQUEST, undefined)).toBeNull()
    const lenient = createReceiptCheck(() => ({ vkey, required: false }))
    expect(lenient(LEG, SENT, REQUEST, undefined)).toBeNull()
    expect(lenient(LEG, SENT, REQUEST, await receiptOf(SAMPLE_LEG))).not.toBeNull()
  })
})
