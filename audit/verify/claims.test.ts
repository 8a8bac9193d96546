import { describe, expect, it } from 'vitest'
import type { Finding } from '../finding.ts'
import { newSigner } from '../log/testing.ts'
import { EMPTY_ROOT, type Hash, hashLeaf } from '../merkle/hash.ts'
import { createMemoryTiles, createTiledTree } from '../merkle/tiled-tree.ts'
import { formatCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner, NoteVerifier } from '../note/key.ts'
import { signNote } from '../note/note.ts'
import { type Policy, parsePolicy } from '../note/policy.ts'
import { createClaims } from './verify-log.ts'

const signer = newSigner('log.example/hn')
const foreign = newSigner('log.example/hn')
const witnesses = ['w1', 'w2', 'w3'].map((name) => newSigner(name, 'cosignature', () => 1_700_000_000_000))
const [w1, w2, w3] = witnesses as [NoteSigner, NoteSigner, NoteSigner]
const POLICY = parsePolicy(
  `log ${signer.verifier.vkey}\n${witnesses.map(({ verifier }, at) => `witness W${at + 1} ${verifier.vkey}`).join('\n')}
group two 2 W1 W2 W3\nquorum two\n`,
)

const SIZE = 2_000
const tiles = createMemoryTiles()
for (let at = 0; at < SIZE; at++) tiles.push(hashLeaf(Buffer.from(`${at}`)))
const tree = createTiledTree(tiles.readTile, () => SIZE)
const rootOf = (size: number) => (size === 0 ? EMPTY_ROOT : tree.root(size))

/** Counts the verifications of each key. */
function counting(policy: Policy) {
  const counts = new Map<string, number>()
  const count = (verifier: NoteVerifier): NoteVerifier => ({
    ...verifier,
    verify: (text, signature) => {
      counts.set(verifier.name, (counts.get(verifier.name) ?? 0) + 1)
      return verifier.verify(text, signature)
    },
  })
  const counted: Policy = {
    ...policy,
    logs: policy.logs.map((log) => ({ ...log, verifier: count(log.verifier) })),
    witnesses: policy.witnesses.map((witness) => ({ ...witness, verifier: count(witness.verifier) })),
  }
  return { policy: counted, counts }
}

async function noteOf(size: number, { by = [signer], root }: { by?: readonly NoteSigner[]; root?: Hash } = {}) {
  return signNote(formatCheckpoint({ origin: 'log.example/hn', size, root: root ?? (await rootOf(size)) }), by)
}

/** Alters the signature in the first signature line, behind the key id. */
function breakSignature(note: string): string {
  const at = note.indexOf('— ') + '— log.example/hn '.length + 20
  return `${note.slice(0, at)}${note[at] === 'A' ? 'B' : 'A'}${note.slice(at + 1)}`
}

async function check(notes: readonly string[], options: { plainSignatures?: number; walked?: number } = {}) {
  const { policy, counts } = counting(POLICY)
  const findings: Finding[] = []
  let walked = options.walked ?? SIZE
  const claims = createClaims({
    ...{ policy, size: SIZE, walked: () => walked, rootOf, report: (finding) => void findings.push(finding) },
    plainSignatures: options.plainSignatures ?? 0,
  })
  for (const note of notes) await claims.check({ note, where: 'history' }, false)
  walked = SIZE
  await claims.finish()
  const witnessed = claims.witnessed()
  const found = findings.map(({ kind, where }) => `${kind} ${where}`)
  return { found, counts, witnessed, beyond: claims.beyond() }
}

const OTHER = Buffer.alloc(32, 7)

describe('a checkpoint with the root of the tree', () => {
  it('is compared, and its signature is verified only within the bound', async () => {
    const notes = await Promise.all(Array.from({ length: 100 }, (_, at) => noteOf(at * 20)))
    const some = await check(notes, { plainSignatures: 7 })
    expect(some.found).toEqual([])
    expect(some.counts.get('log.example/hn')).toBe(7)
    expect((await check(notes)).counts.size).toBe(0)
  })

  it('with a wrong signature is found within the bound, and proves nothing beyond it', async () => {
    const broken = breakSignature(await noteOf(40))
    expect((await check([broken], { plainSignatures: 1 })).found).toEqual(['SIGNATURE history'])
    expect(await check([broken])).toMatchObject({ found: [], witnessed: undefined, beyond: undefined })
  })

  it.each<[string, () => Promise<string> | string]>([
    ['that another key signed', () => noteOf(40, { by: [foreign] })],
    ['that only a witness signed', () => noteOf(40, { by: [w1] })],
    ['whose size has a zero before it', async () => (await noteOf(40)).replace('\n40\n', '\n040\n')],
    ['of another log', async () => (await noteOf(40)).replaceAll('log.example/hn', 'log.example/gt')],
    ['that is no note', () => 'nothing'],
    ['without a newline at its end', async () => (await noteOf(40)).trimEnd()],
  ])('%s is a finding, also without the verification of all signatures', async (_, make) => {
    expect((await check([await make()])).found).toEqual(['SIGNATURE history'])
  })
})

describe('a checkpoint with another root', () => {
  it('proves a fork if the log signed it, and is somebody else’s if not', async () => {
    const forked = await noteOf(1_000, { root: OTHER })
    expect((await check([forked])).found).toEqual(['ROOT checkpoint of size 1000 in history'])
    expect((await check([breakSignature(forked)])).found).toEqual(['SIGNATURE history'])
  })

  it('does not count as witnessed, whoever cosigned it', async () => {
    const forked = await noteOf(1_000, { root: OTHER, by: [signer, w1, w2, w3] })
    expect((await check([forked])).witnessed).toBeUndefined()
  })

  it('that is in two files is reported once', async () => {
    const forked = await noteOf(1_000, { root: OTHER })
    expect((await check([forked, forked])).found).toHaveLength(1)
  })
})

describe('a checkpoint of more leaves', () => {
  it('than the log has is a rollback if the log signed it', async () => {
    const later = await noteOf(SIZE + 5, { root: OTHER })
    expect((await check([later])).beyond).toEqual({ size: SIZE + 5, where: 'history' })
    expect(await check([breakSignature(later)])).toMatchObject({ found: ['SIGNATURE history'], beyond: undefined })
  })

  it('than the walk has reached is compared at the end', async () => {
    const notes = [await noteOf(1_500), await noteOf(1_600, { root: OTHER })]
    expect((await check(notes, { walked: 1_000 })).found).toEqual(['ROOT checkpoint of size 1600 in history'])
  })
})

describe('the witnessed part', () => {
  it('is the largest checkpoint in quorum, and few cosignatures are verified to find it', async () => {
    const notes = await Promise.all(
      Array.from({ length: 600 }, (_, at) => noteOf(at * 3 + 1, { by: [signer, w1, w2] })),
    )
    const { found, counts, witnessed } = await check(notes)
    expect(found).toEqual([])
    expect(witnessed).toEqual({ size: 1_798, time: 1_700_000_000 })
    expect(counts.get('w1')).toBeLessThanOrEqual(3)
  })

  it('falls back to the next one if the cosignatures of the largest are wrong', async () => {
    const right = await noteOf(1_200, { by: [signer, w2, w3] })
    const wrong = (await noteOf(1_300, { by: [signer, w1, w2] })).replace(/(— w2 .{30})(.)/, (_, before, letter) => {
      return `${before}${letter === 'A' ? 'B' : 'A'}`
    })
    const { found, witnessed } = await check([right, wrong])
    expect(found).toEqual(['SIGNATURE history'])
    expect(witnessed).toMatchObject({ size: 1_200 })
  })

  it('needs a quorum', async () => {
    const few = await check([await noteOf(1_300, { by: [signer, w1] })])
    expect(few).toMatchObject({ found: [], witnessed: undefined })
  })
})
