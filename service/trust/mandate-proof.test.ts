import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { type Log, openLogOn } from '../../audit/log/log.ts'
import { createMemoryStorage, newSigner } from '../../audit/log/testing.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import { formatCheckpoint } from '../../audit/note/checkpoint.ts'
import { createSigner, renameVerifier, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { formatNote, parseNote, signNote, signText } from '../../audit/note/note.ts'
import { shardSigner } from '../../audit/note/shard-name.ts'
import type { LogSource } from '../../audit/verify/source.ts'
import { SAMPLE_MANDATE_ENTRY } from '../../contract/audit-log/testing.ts'
import { hashPayload, thumbprintOf } from '../../contract/trust/personal-jws.ts'
import { newPersonalKey, SAMPLE_MANDATE, signByBoth } from '../../contract/trust/testing.ts'
import {
  MAX_PROOF_BYTES,
  type MandateProof,
  type MandateTrust,
  makeMandateProof,
  verifyMandateProof,
} from './mandate-proof.ts'

const [ana, beto, carla] = [newPersonalKey(), newPersonalKey('P-256'), newPersonalKey()]
const [anaKid, betoKid, carlaKid] = await Promise.all([ana, beto, carla].map(thumbprintOf))
const signer = newSigner('authority.gt.example')
const witness = newSigner('witness.hn.example', 'cosignature')
const others = newSigner('witness.sv.example', 'cosignature')
const trust = {
  issuer: SAMPLE_MANDATE.issuer,
  country: 'GT',
  approvers: new Set([String(betoKid)]),
  log: signer.verifier,
  witnesses: [witness.verifier],
}

const signed = await signByBoth(SAMPLE_MANDATE, ana, beto)
const hash = hashPayload(signed.payload)
const ENTRY = { ...SAMPLE_MANDATE_ENTRY, mandate: hash, key: String(betoKid) }

/** One log: its files, and the log that writes them. */
async function openBranch(logSigner = signer) {
  const files = new Map<string, Uint8Array>()
  const log = await openLogOn(createMemoryStorage(files), { signer: logSigner, publishAfterMs: 1_000_000 })
  const source: LogSource = { name: 'memory', read: async (path) => files.get(path) }
  return { log, source }
}

async function cosign(log: Log, by = [witness]): Promise<string> {
  await log.publish()
  const { note } = log.published()
  return log.addCosignatures(
    note,
    by.map((each) => signText(parseNote(note).text, each)),
  )
}

const append = async (log: Log, entry: object) => (await log.append(canonicalBytes(entry))).index
const filler = (at: number) => ({
  ...SAMPLE_MANDATE_ENTRY,
  kind: 'mandate-draft',
  mandate: String(at).padStart(43, 'f'),
})

/** A log with some entries, the sample's among them, which the witness cosigned. */
async function makeScene(before = 5, after = 3) {
  const branch = await openBranch()
  for (let at = 0; at < before; at++) await append(branch.log, filler(at))
  const index = await append(branch.log, ENTRY)
  for (let at = 0; at < after; at++) await append(branch.log, filler(before + at))
  await cosign(branch.log)
  return {
    ...branch,
    index,
    place: { source: branch.source, index, log: signer.verifier, witnesses: [witness.verifier] },
  }
}

const scene = await makeScene()
const good = await makeMandateProof(signed, scene.place)

/** The proof of any entry's text in a tree of its own, which log and witness signed: what a captured authority could make. */
function proveAlone(text: string, over: Partial<MandateProof> = {}, logSigner = signer): MandateProof {
  const root = hashLeaf(Buffer.from(text))
  const checkpoint = signNote(formatCheckpoint({ origin: logSigner.verifier.name, size: 1, root }), [
    logSigner,
    witness,
  ])
  return { document: signed, entry: text, index: 0, size: 1, hashes: [], checkpoint, ...over }
}
const canonical = (value: object) => Buffer.from(canonicalBytes(value)).toString('utf8')

describe('the proof of a mandate', () => {
  it('is made from the files of an open log, and says which mandate it proves', async () => {
    expect(await verifyMandateProof(good, trust)).toEqual({ document: SAMPLE_MANDATE, hash })
    expect(await verifyMandateProof(JSON.stringify(good), trust)).toEqual({ document: SAMPLE_MANDATE, hash })
  })

  it('is small in a log of 300 entries: 1.2 KB beside the document of 1.6 KB', async () => {
    const { place } = await makeScene(200, 99)
    const { document, ...rest } = await makeMandateProof(signed, place)
    const sizes = [document, rest].map((part) => Buffer.byteLength(JSON.stringify(part)))
    expect(sizes[0]).toBeLessThan(1_700)
    expect(sizes[1]).toBeLessThan(1_400)
  })

  it('carries the cosignatures of the receiving country and no others, so that a log with 150 witnesses can be proved to each of them', async () => {
    const { log, place } = await makeScene()
    await cosign(
      log,
      Array.from({ length: 149 }, (_, at) => newSigner(`witness-${at}.example/of-a-country`, 'cosignature')),
    )
    const proof = await makeMandateProof(signed, place)
    expect(parseNote(proof.checkpoint).signatures.map(({ name }) => name)).toEqual([
      'authority.gt.example',
      'witness.hn.example',
    ])
    expect((await verifyMandateProof(proof, trust)).hash).toBe(hash)
  })

  it('is made for any place in any log', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }), async (before, after) => {
        const { place } = await makeScene(before, after)
        expect((await verifyMandateProof(await makeMandateProof(signed, place), trust)).hash).toBe(hash)
      }),
      { numRuns: 15 },
    )
  })

  it('uses an older checkpoint while the newest has no cosignature', async () => {
    const { log, place } = await makeScene()
    await append(log, filler(99))
    await log.publish()
    expect((await makeMandateProof(signed, place)).size).toBe(9)
  })

  it('is made from a shard of the log', async () => {
    const branch = await openBranch(shardSigner(signer, '2026-12'))
    const index = await append(branch.log, ENTRY)
    await cosign(branch.log)
    const proof = await makeMandateProof(signed, { ...scene.place, source: branch.source, index })
    expect((await verifyMandateProof(proof, trust)).hash).toBe(hash)
  })

  it('cannot be made before a witness of the receiving country has cosigned', async () => {
    const branch = await openBranch()
    const place = { ...scene.place, source: branch.source, index: await append(branch.log, ENTRY) }
    await expect(makeMandateProof(signed, place)).rejects.toThrow(/witness of the receiving country/)
    await branch.log.publish()
    await expect(makeMandateProof(signed, place)).rejects.toThrow(/witness of the receiving country/)
    await cosign(branch.log, [others])
    await expect(makeMandateProof(signed, place)).rejects.toThrow(/witness of the receiving country/)
    await cosign(branch.log)
    expect((await makeMandateProof(signed, place)).index).toBe(0)
  })
})

const attacks: readonly (readonly [string, RegExp, () => unknown, Partial<MandateTrust>?])[] = [
  ['nothing', /JSON|expected the proof/, () => undefined],
  ['a text that is not JSON', /JSON/, () => 'proof'],
  ['a list', /expected the proof/, () => []],
  ['an unknown member', /nobody knows/, () => ({ ...good, note: 1 })],
  ['a missing document', /document/, () => ({ ...good, document: undefined })],
  ['more than 32 KiB', /32768 bytes/, () => ({ ...good, document: 'x'.repeat(MAX_PROOF_BYTES) })],
  ['an entry of more than 2 KiB', /entry/, () => ({ ...good, entry: 'x'.repeat(2_049) })],
  ['a checkpoint of more than 8 KiB', /checkpoint/, () => ({ ...good, checkpoint: 'x'.repeat(8_193) })],
  ['64 hashes', /hashes/, () => ({ ...good, hashes: Array.from({ length: 64 }, () => `${'A'.repeat(43)}=`) })],
  ['a negative index', /index/, () => ({ ...good, index: -1 })],
  ['an index that is a text', /index/, () => ({ ...good, index: '5' })],
  ['another index', /leads elsewhere/, () => ({ ...good, index: good.index - 1 })],
  ['an index beyond the tree', /leads elsewhere/, () => ({ ...good, index: 900 })],
  ['another size', /`size`/, () => ({ ...good, size: good.size + 1 })],
  ['a missing hash', /leads elsewhere/, () => ({ ...good, hashes: good.hashes.slice(1) })],
  ['one hash more', /leads elsewhere/, () => ({ ...good, hashes: [...good.hashes, good.hashes[0]] })],
  ['hashes in another order', /leads elsewhere/, () => ({ ...good, hashes: good.hashes.toReversed() })],
  [
    'a hash that is not canonical Base 64',
    /leads elsewhere/,
    () => ({ ...good, hashes: good.hashes.map((each) => each.replace(/.=$/, 'B=')) }),
  ],
  ['a changed entry', /leads elsewhere/, () => ({ ...good, entry: good.entry.replace('"v":1', '"v": 1') })],
  [
    'the proof of another entry of the log',
    /kind/,
    async () => {
      const other = await makeMandateProof(signed, { ...scene.place, index: 1 })
      return { ...other, document: signed }
    },
  ],
  ['the entry of another mandate', /another/, () => proveAlone(canonical({ ...ENTRY, mandate: 'x'.repeat(43) }))],
  ['the entry of a draft', /kind/, () => proveAlone(canonical({ ...ENTRY, kind: 'mandate-draft' }))],
  ['the entry of a revocation', /kind/, () => proveAlone(canonical({ ...ENTRY, kind: 'mandate-revocation' }))],
  ['an entry of another approver', /approver/, () => proveAlone(canonical({ ...ENTRY, key: String(carlaKid) }))],
  [
    'an entry that names another log',
    /another log/,
    () => proveAlone(canonical({ ...ENTRY, origin: 'authority.hn.example' })),
  ],
  ['an entry that is not canonical', /canonical/, () => proveAlone(JSON.stringify(ENTRY, null, 1))],
  [
    'an entry with a member twice',
    /canonical/,
    () => proveAlone(canonical(ENTRY).replace('{', '{"kind":"mandate-draft",')),
  ],
  ['an entry with an unknown member', /entry of the audit log/, () => proveAlone(canonical({ ...ENTRY, scopes: [] }))],
  ['an entry of a later version', /entry of the audit log/, () => proveAlone(canonical({ ...ENTRY, v: 9 }))],
  [
    'a checkpoint without the witness',
    /witness of the receiving country/,
    () => ({ ...good, checkpoint: signNote(parseNote(good.checkpoint).text, [signer]) }),
  ],
  [
    'a checkpoint without the log',
    /no log of the trust policy/,
    () => ({ ...good, checkpoint: signNote(parseNote(good.checkpoint).text, [witness]) }),
  ],
  [
    'a witness of another country',
    /witness of the receiving country/,
    () => ({ ...good, checkpoint: signNote(parseNote(good.checkpoint).text, [signer, others]) }),
  ],
  ['no witnesses at all here', /witness of the receiving country/, () => good, { witnesses: [] }],
  [
    'a witness that is the log itself',
    /none of them the log/,
    () => good,
    { witnesses: [renameVerifier(signer.verifier, 'w')] },
  ],
  [
    'a cosignature with another key under the same name',
    /witness of the receiving country/,
    () => ({
      ...good,
      checkpoint: signNote(parseNote(good.checkpoint).text, [signer, newSigner('witness.hn.example', 'cosignature')]),
    }),
  ],
  [
    'a cosignature from the future',
    /witness of the receiving country/,
    () => {
      const fast = createSigner(
        witness.verifier.name,
        SIGNATURE_TYPES.cosignature,
        witness.key,
        () => Date.now() + 3_600_000,
      )
      return { ...good, checkpoint: signNote(parseNote(good.checkpoint).text, [signer, fast]) }
    },
  ],
  [
    'a changed signature of the witness',
    /not valid/,
    () => ({ ...good, checkpoint: spoil(good.checkpoint, witness.verifier.name) }),
  ],
  [
    'a changed signature of the log',
    /not valid/,
    () => ({ ...good, checkpoint: spoil(good.checkpoint, signer.verifier.name) }),
  ],
  [
    'a checkpoint of another log that the witness cosigned',
    /no log|another/,
    () => proveAlone(canonical(ENTRY), {}, newSigner('authority.hn.example')),
  ],
  [
    'another key of a log with the same name',
    /no log of the trust policy/,
    () => proveAlone(canonical(ENTRY), {}, newSigner('authority.gt.example')),
  ],
  [
    'a proof into a fork that the witness did not see',
    /witness of the receiving country/,
    async () => {
      const fork = await openBranch()
      const index = await append(fork.log, ENTRY)
      await cosign(fork.log, [others])
      const proof = await makeMandateProof(signed, {
        ...scene.place,
        source: fork.source,
        index,
        witnesses: [others.verifier],
      })
      return proof
    },
  ],
  [
    'a fork under the honest checkpoint',
    /leads elsewhere|`size`/,
    async () => {
      const fork = await openBranch()
      const index = await append(fork.log, ENTRY)
      await cosign(fork.log)
      return {
        ...(await makeMandateProof(signed, { ...scene.place, source: fork.source, index })),
        checkpoint: good.checkpoint,
      }
    },
  ],
  [
    'a log that was set back before the entry',
    /leads elsewhere|`size`/,
    async () => {
      const early = await openBranch()
      for (let at = 0; at < 5; at++) await append(early.log, filler(at))
      return { ...good, checkpoint: await cosign(early.log) }
    },
  ],
  [
    'a mandate with one signature',
    /two signatures/,
    () => ({ ...good, document: { ...signed, signatures: signed.signatures.slice(1) } }),
  ],
  [
    'another mandate that both signed',
    /another/,
    async () => ({ ...good, document: await signByBoth({ ...SAMPLE_MANDATE, countries: ['PA'] }, ana, beto) }),
  ],
  ['an approver who is not pinned', /pinned/, () => good, { approvers: new Set([String(anaKid)]) }],
  ['a mandate of another authority', /names another/, () => good, { issuer: 'https://authority.hn.example' }],
  ['a mandate of another country', /names another/, () => good, { country: 'HN' }],
  [
    'a mandate of GT that names HN in GT’s own log',
    /names another/,
    async () => {
      const document = await signByBoth({ ...SAMPLE_MANDATE, country: 'HN' }, ana, beto)
      return { ...proveAlone(canonical({ ...ENTRY, mandate: hashPayload(document.payload) })), document }
    },
  ],
]

describe('a bad proof', () => {
  it.each(attacks.map(([what, message, make, over = {}]) => ({ what, message, make, over })))(
    'is refused because of $what',
    async ({ message, make, over }) => {
      await expect((async () => verifyMandateProof(await make(), { ...trust, ...over }))()).rejects.toThrow(message)
    },
  )

  it('is refused whichever byte of it was changed', async () => {
    const text = JSON.stringify(good)
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(...'AZ09_-"{}\n'), async (at, letter) => {
        const changed = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`
        const result = await verifyMandateProof(changed, trust).catch(() => null)
        // A changed cosignature of nobody in particular would not matter; this note has only the two that count.
        expect(result === null || changed === text).toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})

function spoil(note: string, name: string): string {
  const { text, signatures } = parseNote(note)
  const changed = signatures.map((each) =>
    each.name === name ? { ...each, signature: Buffer.from(each.signature).fill(7, 20, 30) } : each,
  )
  return formatNote({ text, signatures: changed })
}
