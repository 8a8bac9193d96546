import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSigner } from '../../../audit/log/testing.ts'
import type { Entry } from '../../../contract/audit-log/entry.ts'
import { SAMPLE_ENTRIES, SAMPLE_LEG, SAMPLE_REQUEST, SAMPLE_SPLIT } from '../../../contract/audit-log/testing.ts'
import type { ShownEntry } from './shown-entry.ts'
import { COSIGNED_MS, entryOf, GATEWAY, proveAll, toShown, WITNESSES, writePolicy } from './testing.ts'
import { NO_TRUST, readTrust, type Trust } from './trust.ts'
import { describeProven, type EntryCheck, verifyEntry } from './verify-entry.ts'

const trusting = (quorum: number): Trust => readTrust([{ name: 'policy', text: writePolicy(quorum) }])
const ALL = trusting(3)
const check = (more: Partial<EntryCheck> = {}): EntryCheck => ({
  ...{ trust: ALL, viewerCountry: null, errorCodes: [], nowMs: COSIGNED_MS },
  ...more,
})
const ENTRIES: readonly Entry[] = [SAMPLE_REQUEST, ...SAMPLE_SPLIT, SAMPLE_LEG, SAMPLE_REQUEST]
const PROOFS = proveAll(ENTRIES)
const SPLIT = toShown(ENTRIES, 1, PROOFS)
const kindsOf = (shown: ShownEntry, more?: Partial<EntryCheck>): readonly string[] =>
  verifyEntry(shown, check(more)).faults.map(({ kind }) => kind)

/** Changes one character of a text into another one of one byte. */
function flip(text: string, at: number, bit: number): string {
  const bytes = new TextEncoder().encode(text)
  const place = at % bytes.length
  bytes[place] = (bytes[place] ?? 0) ^ (1 << bit)
  return new TextDecoder().decode(bytes)
}

describe('an entry that oversight shows', () => {
  it.each(SAMPLE_ENTRIES.map((entry) => [`${entry.kind} of version ${entry.v}`, entry] as const))(
    'is proved with its words: %s',
    (_, entry) => {
      const isOfParts = entry.kind === 'request' && entry.continuations > 0
      const entries = isOfParts ? SAMPLE_SPLIT : [entry]
      const verified = verifyEntry(toShown(entries, 0, proveAll(entries)), check())
      expect([verified.verdict, verified.faults]).toEqual(['PROVEN', []])
      expect(verified.entry).toEqual(entries[0])
      expect(describeProven(verified, 'es')?.title).not.toBe('')
    },
  )

  it('names the place, the state of the log and each witness with its time', () => {
    const { state, index } = verifyEntry(SPLIT, check())
    expect(index).toBe(1)
    const time = '2026-11-24T20:16:00.000Z'
    expect(state).toMatchObject({ origin: 'istmo.example/gateway', size: 5, demandsWitnesses: true })
    expect(state?.witnesses).toEqual(['GT', 'HN', 'SV'].map((name) => ({ name, time })))
  })

  it('is refused if any byte of its proof is changed', () => {
    const { proof } = SPLIT
    if (proof === null) throw new Error('expected a proof')
    fc.assert(
      fc.property(fc.nat(proof.bundle.length - 1), fc.nat(7), (at, bit) => {
        const bundle = flip(proof.bundle, at, bit)
        const { verdict, entry, faults } = verifyEntry({ ...SPLIT, proof: { ...proof, bundle } }, check())
        // Without one of three witnesses there is no quorum; all else is not proved at all.
        expect(verdict).not.toBe('PROVEN')
        expect(faults).not.toEqual([])
        if (verdict === 'UNWITNESSED') expect(entry).toEqual(entryOf(proof))
      }),
      { numRuns: 400 },
    )
  })

  it('is refused if any byte of the entry or of a part is changed', () => {
    const { proof } = SPLIT
    if (proof === null) throw new Error('expected a proof')
    const [part] = proof.parts
    if (part === undefined) throw new Error('expected a part')
    fc.assert(
      fc.property(fc.nat(), fc.nat(7), fc.boolean(), (at, bit, isPart) => {
        const changed = isPart
          ? { ...proof, parts: [{ ...part, entry: flip(part.entry, at, bit) }] }
          : { ...proof, entry: flip(proof.entry, at, bit) }
        expect(kindsOf({ ...SPLIT, proof: changed })).toContain('ENTRY_CHANGED')
      }),
      { numRuns: 200 },
    )
  })

  it('is refused with any entry, place and log that another proof is of', () => {
    const other = GATEWAY.verifier.name.replace('gateway', 'other')
    expect(kindsOf({ ...SPLIT, log: other })).toEqual(['OTHER_LOG'])
    expect(kindsOf({ ...SPLIT, position: 3 })).toContain('OTHER_PLACE')
    const swapped = { ...PROOFS[0], parts: [] } as ShownEntry['proof']
    expect(kindsOf({ ...SPLIT, proof: swapped })).toContain('OTHER_PLACE')
    const shortened = PROOFS[1]?.bundle.replace(/index 1\n.*\n/, 'index 1\n') ?? ''
    expect(kindsOf({ ...SPLIT, proof: { entry: PROOFS[1]?.entry ?? '', bundle: shortened, parts: [] } })).toEqual([
      'NOT_IN_LOG',
    ])
  })

  it('is refused if nobody whom the auditor trusts signed', () => {
    const foreign = newSigner('istmo.example/gateway')
    const proofs = proveAll(ENTRIES, [foreign, ...WITNESSES])
    expect(kindsOf(toShown(ENTRIES, 1, proofs))).toEqual(['SIGNATURE_WRONG'])
    const elsewhere = newSigner('other.example/gateway')
    const trust = readTrust([{ name: 'policy', text: writePolicy(3, [elsewhere]) }])
    expect(verifyEntry(SPLIT, check({ trust })).faults).toEqual([
      { kind: 'OTHER_LOG', expected: 'other.example/gateway', came: 'istmo.example/gateway' },
    ])
    expect(kindsOf(SPLIT, { trust: NO_TRUST })).toEqual(['NO_POLICY'])
    expect(kindsOf({ ...SPLIT, proof: null })).toEqual(['NO_PROOF'])
  })

  it('says which witness is missing, and does not count one from the future', () => {
    const [gt, , sv] = WITNESSES
    if (gt === undefined || sv === undefined) throw new Error('expected witnesses')
    const shown = toShown(ENTRIES, 1, proveAll(ENTRIES, [GATEWAY, gt, sv]))
    const found = verifyEntry(shown, check())
    expect(found.verdict).toBe('UNWITNESSED')
    expect(found.faults).toEqual([{ kind: 'WITNESS_MISSING', expected: 'all-three (HN)', came: 'GT, SV' }])
    expect(verifyEntry(shown, check({ trust: trusting(2) })).verdict).toBe('PROVEN')
    expect(verifyEntry(SPLIT, check({ nowMs: COSIGNED_MS - 3_600_000 })).verdict).toBe('UNWITNESSED')
  })

  it.each([
    ['NO_PROOF', ['NOT_FOUND']],
    ['LOG_AWAY', ['AUDIT_LOG_AWAY']],
    ['LOG_DAMAGED', ['AUDIT_LOG_AWAY', 'AUDIT_LOG_DAMAGED']],
  ])('without a proof is not proved, and oversight’s error says why: %s', (kind, errorCodes) => {
    const verified = verifyEntry({ ...SPLIT, proof: null }, check({ errorCodes }))
    expect([verified.verdict, verified.entry, verified.faults.map((each) => each.kind)]).toEqual([
      'NOT_PROVEN',
      null,
      [kind],
    ])
  })

  it('is refused if a part is missing, comes twice or is of another request', () => {
    const { proof } = SPLIT
    if (proof === null) throw new Error('expected a proof')
    expect(kindsOf({ ...SPLIT, proof: { ...proof, parts: [] } })).toEqual(['PART_WRONG'])
    const twice = [...proof.parts, ...proof.parts]
    expect(kindsOf({ ...SPLIT, proof: { ...proof, parts: twice } })).toEqual(['PART_WRONG'])
    const [leg] = PROOFS.slice(3)
    expect(kindsOf({ ...SPLIT, proof: { ...proof, parts: leg === undefined ? [] : [leg] } })).toContain('PART_WRONG')
  })

  it('is refused with a part that names another request, or stands elsewhere in the log', () => {
    const [request, part] = SAMPLE_SPLIT
    const foreign = [request, { ...part, of: SAMPLE_REQUEST.id } as Entry]
    expect(kindsOf(toShown(foreign, 0, proveAll(foreign)))).toContain('PART_WRONG')
    const apart = [request, SAMPLE_LEG, part]
    const proofs = proveAll(apart)
    const shown = toShown([request, part], 0, proofs)
    const parts = proofs.slice(2)
    expect(kindsOf({ ...shown, proof: shown.proof && { ...shown.proof, parts } })).toContain('PART_WRONG')
  })

  it('is refused if oversight shows any member otherwise than the entry says it', () => {
    const changes: Partial<ShownEntry>[] = [
      { time: '2026-11-24T20:15:18.123Z' },
      { kind: 'leg' },
      { purpose: 'PROSECUTION' },
      { taskForce: null },
      { countries: [] },
      { denied: [] },
      { outcome: 'ANSWERED' },
      { codes: [] },
      { records: 0 },
      { coordinates: [] },
      { status: 403 },
      { actor: null },
      { actor: { ...(SPLIT.actor as NonNullable<ShownEntry['actor']>), agency: 'GT-PNC' } },
      { actor: { ...(SPLIT.actor as NonNullable<ShownEntry['actor']>), ref: 'another' } },
    ]
    for (const change of changes)
      expect(kindsOf({ ...SPLIT, ...change }), JSON.stringify(change)).toContain('SHOWN_DIFFERS')
  })

  it('shows an auditor of a country only what the country’s parts say', () => {
    const own = { ...SPLIT }
    expect(verifyEntry(own, check({ viewerCountry: 'HN' })).verdict).toBe('PROVEN')
    // The auditor of GT gets no part, and the row says nothing of HN.
    const none = {
      ...{ ...SPLIT, countries: [], domains: [], denied: [], records: 0, codes: SAMPLE_REQUEST.result.codes },
      ...{ outcome: 'ANSWERED', proof: SPLIT.proof && { ...SPLIT.proof, parts: [] } },
    }
    expect(verifyEntry(none, check({ viewerCountry: 'GT' }))).toMatchObject({ verdict: 'PROVEN', faults: [] })
  })

  it('is proved under a key that replaced the trusted one only with the proof of that rotation', () => {
    const next = newSigner(GATEWAY.verifier.name)
    const rotation = {
      ...{
        v: 1,
        kind: 'key-rotation',
        id: SAMPLE_REQUEST.id,
        time: SAMPLE_REQUEST.time,
        origin: GATEWAY.verifier.name,
      },
      ...{ oldKey: GATEWAY.verifier.vkey, newKey: next.verifier.vkey },
    } as Entry
    const [first] = proveAll([rotation], [GATEWAY, next])
    const entries = [rotation, SAMPLE_REQUEST]
    const shown = toShown(entries, 1, proveAll(entries, [next, ...WITNESSES]))
    expect(kindsOf(shown)).toEqual(['SIGNATURE_WRONG'])
    const policy = { name: 'policy', text: writePolicy(3) }
    const trust = readTrust([policy, { name: 'rotation', text: first?.bundle ?? '' }])
    expect(verifyEntry(shown, check({ trust }))).toMatchObject({ verdict: 'PROVEN', faults: [] })
    // The key that was replaced signs nothing any more.
    expect(kindsOf(toShown(entries, 1, proveAll(entries)), { trust })).toEqual(['SIGNATURE_WRONG'])
  })

  it('is checked under what the auditor’s files say, and files that say nothing are named', () => {
    const { policies, names, unread } = readTrust([
      { name: 'photo.jpg', text: '\u0001' },
      { name: 'proof', text: PROOFS[0]?.bundle ?? '' },
      { name: 'policy', text: writePolicy(3) },
    ])
    expect([policies.length, names]).toEqual([1, ['policy']])
    expect(unread.map(({ name }) => name)).toEqual(['photo.jpg', 'proof'])
    expect(unread[0]?.reason).toMatch(/^line 1 of the trust policy/)
  })
})
