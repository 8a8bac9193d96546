import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatFinding } from '../../../audit/finding.ts'
import { openLog } from '../../../audit/log/log.ts'
import { newSigner } from '../../../audit/log/testing.ts'
import { decodeBundle, encodeBundle } from '../../../audit/merkle/entry-bundle.ts'
import { hashLeaf } from '../../../audit/merkle/hash.ts'
import { signText } from '../../../audit/note/note.ts'
import { type Policy, parsePolicy } from '../../../audit/note/policy.ts'
import { commitTo } from '../../../audit/salts/commitment.ts'
import { folderSource } from '../../../audit/verify/source.ts'
import { verifyLog } from '../../../audit/verify/verify-log.ts'
import { verifyCommitment, verifyReceipt } from '../../../audit/verify/verify-receipt.ts'

/** Tampers with a copy of a log in each way. `verifyLog` must say what was done, and where. */

const SIZE = 600
const signer = newSigner('log.example/hn')
const foreign = newSigner('log.example/hn')
const [w1, w2] = [newSigner('w1.example', 'cosignature'), newSigner('w2.example', 'cosignature')]
const policy = policyOf('group both all W1 W2\nquorum both')
const entry = (index: number, text = 'entry') => Buffer.from(`{"${text}":${index}}`)

let folder: string
/** `intact` is the log, `older` is the log at 300 entries, and `forked` continues from there with other entries and the log’s own key. */
let paths: { readonly intact: string; readonly older: string; readonly forked: string; readonly foreign: string }
let receipts: readonly string[]
let checkpointAt600: string

function policyOf(quorum: string): Policy {
  const keys = `log ${signer.verifier.vkey}\nwitness W1 ${w1.verifier.vkey}\nwitness W2 ${w2.verifier.vkey}`
  return parsePolicy(`${keys}\n${quorum}\n`)
}

async function write(path: string, from: number, to: number, text = 'entry', by = signer): Promise<readonly string[]> {
  const log = await openLog({ folder: path, signer: by, publishAfterMs: 1_000_000 })
  const appended = await Promise.all(Array.from({ length: to - from }, (_, at) => log.append(entry(from + at, text))))
  await log.publish()
  const note = log.published().note
  await log.addCosignatures(
    note,
    [w1, w2].map((witness) => signText(note.slice(0, note.indexOf('\n\n') + 1), witness)),
  )
  const proofs = await Promise.all(appended.map(({ proof }) => proof()))
  await log.close()
  return proofs
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-tampering-'))
  paths = {
    intact: join(folder, 'intact'),
    older: join(folder, 'older'),
    forked: join(folder, 'forked'),
    foreign: join(folder, 'foreign'),
  }
  await write(paths.intact, 0, 300)
  await cp(paths.intact, paths.older, { recursive: true })
  await cp(paths.intact, paths.forked, { recursive: true })
  receipts = await write(paths.intact, 300, SIZE)
  await write(paths.forked, 300, SIZE, 'other')
  await write(paths.foreign, 0, SIZE, 'entry', foreign)
  checkpointAt600 = await readFile(join(paths.intact, 'checkpoint'), 'utf8')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Copies a log, tampers with the copy, verifies it, and returns the findings. */
async function findingsAfter(
  tamper: (path: string) => Promise<unknown>,
  from = paths.intact,
  known = [{ note: checkpointAt600, where: 'receipt' }],
): Promise<readonly string[]> {
  const path = await mkdtemp(join(folder, 'copy-'))
  await cp(from, path, { recursive: true })
  await tamper(path)
  const { findings } = await verifyLog(folderSource(path), policy, { known, settleMs: 1 })
  return findings.map(formatFinding)
}

const editBundle = (name: string, edit: (entries: Uint8Array[]) => Uint8Array[]) => async (path: string) => {
  const file = join(path, 'tile/entries', name)
  await writeFile(file, encodeBundle(edit([...decodeBundle(await readFile(file))])))
}

const editFile = (name: string, edit: (bytes: Buffer) => Uint8Array | string) => async (path: string) =>
  writeFile(join(path, name), edit(await readFile(join(path, name))))

describe('a log that nobody tampered with', () => {
  it('is intact, and witnesses have cosigned all of it', async () => {
    const report = await verifyLog(folderSource(paths.intact), policy)
    expect(report).toMatchObject({
      origin: 'log.example/hn',
      size: SIZE,
      findings: [],
      further: 0,
      witnessed: { size: SIZE },
    })
    expect(await findingsAfter(async () => undefined)).toEqual([])
  })
})

describe('verification finds', () => {
  it('a dropped entry', async () => {
    const found = await findingsAfter(editBundle('001', (entries) => [...entries.slice(0, 10), ...entries.slice(11)]))
    expect(found[0]).toMatch(/^MALFORMED tile\/entries\/001: expected 256 entries, came 255$/)
    expect(found[1]).toMatch(/^ENTRY entry 266 in tile\/entries\/001/)
  })

  it('two entries that changed places', async () => {
    const found = await findingsAfter(editBundle('000', ([a = entry(0), b = entry(1), ...rest]) => [b, a, ...rest]))
    expect(found.map((line) => line.split(':')[0])).toEqual([
      'ENTRY entry 0 in tile/entries/000',
      'ENTRY entry 1 in tile/entries/000',
    ])
  })

  it('an edited entry', async () => {
    const found = await findingsAfter(editBundle('002.p/88', (entries) => entries.with(7, entry(519, 'eetry'))))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(
      /^ENTRY entry 519 in tile\/entries\/002.p\/88: expected .*= in tile\/0\/002.p\/88, came .*=$/,
    )
  })

  it('an entry that is there twice', async () => {
    const found = await findingsAfter(editBundle('001', (entries) => entries.with(9, entries[8] ?? entry(0))))
    expect(found.map((line) => line.split(':')[0])).toEqual(['ENTRY entry 265 in tile/entries/001'])
  })

  it('a log that ends early', async () => {
    const found = await findingsAfter(async (path) => {
      for (const level of ['0', 'entries']) await rm(join(path, 'tile', level, '002.p'), { recursive: true })
    })
    expect(found.map((line) => line.split(':')[0])).toEqual([
      'MISSING tile/0/002.p/88',
      'MISSING tile/entries/002.p/88',
      'ROOT checkpoint of size 600',
      'NO_QUORUM entries from 300 on',
    ])
  })

  it('a fork', async () => {
    const found = await findingsAfter(async () => undefined, paths.forked)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^ROOT checkpoint of size 600 in receipt: expected .*=, came .*= from the tiles$/)
  })

  it('a fork that has the history of the true log', async () => {
    const found = await findingsAfter(async (path) => {
      await cp(join(paths.intact, 'checkpoints'), join(path, 'checkpoints'), { recursive: true })
    }, paths.forked)
    expect(found.some((line) => line.startsWith('ROOT checkpoint of size 600 in checkpoints/000'))).toBe(true)
  })

  it('a log that was rolled back with its history', async () => {
    const found = await findingsAfter(async () => undefined, paths.older)
    expect(found).toEqual([
      'ROLLBACK receipt: expected at least the 600 entries of a checkpoint that was signed, came 300 entries',
    ])
  })

  it('a log that was rolled back without its history', async () => {
    const found = await findingsAfter(async (path) => {
      await cp(join(paths.intact, 'checkpoints'), join(path, 'checkpoints'), { recursive: true })
    }, paths.older)
    expect(found[0]).toMatch(/^ROLLBACK checkpoints\/000/)
  })

  it('tiles that changed places', async () => {
    const found = await findingsAfter(async (path) => {
      await rename(join(path, 'tile/0/000'), join(path, 'spare'))
      await rename(join(path, 'tile/0/001'), join(path, 'tile/0/000'))
      await rename(join(path, 'spare'), join(path, 'tile/0/001'))
    })
    expect(found[0]).toMatch(/^ENTRY entry 0 in tile\/entries\/000: expected .* in tile\/0\/000/)
    expect(found.length).toBe(100)
  })

  it('a higher tile that does not follow from the tiles below it', async () => {
    const found = await findingsAfter(
      editFile('tile/1/000.p/2', (bytes) => Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)])),
    )
    expect(found.map((line) => line.split(':')[0])).toEqual([
      'TILE hash 0 of tile/1/000.p/2',
      'TILE hash 1 of tile/1/000.p/2',
    ])
  })

  it('a leaf that was altered together with its entry', async () => {
    const found = await findingsAfter(async (path) => {
      const forged = entry(5, 'forged')
      await editBundle('000', (entries) => entries.with(5, forged))(path)
      const withLeaf = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 160), hashLeaf(forged), bytes.subarray(192)])
      await editFile('tile/0/000', withLeaf)(path)
    })
    expect(new Set(found.map((line) => line.split(':')[0]))).toEqual(
      new Set([
        'ROOT checkpoint of size 300 in checkpoints/000',
        'TILE hash 0 of tile/1/000.p/2',
        'ROOT checkpoint of size 600 in checkpoints/000',
        'NO_QUORUM entries from 0 on',
      ]),
    )
  })

  it('a forged checkpoint', async () => {
    const found = await findingsAfter(editFile('checkpoint', (bytes) => bytes.toString().replace('\n600\n', '\n599\n')))
    expect(found[0]).toBe(
      'SIGNATURE checkpoint: expected a checkpoint that the log of the trust policy signed, came a signature of log.example/hn is not valid',
    )
  })

  it('a foreign key', async () => {
    const found = await findingsAfter(async () => undefined, paths.foreign)
    expect(found[0]).toMatch(/^SIGNATURE checkpoint: .* came no log of the trust policy signed the checkpoint$/)
  })

  it('a checkpoint without its witnesses', async () => {
    const found = await findingsAfter(
      async (path) => {
        await editFile('checkpoint', (bytes) => `${bytes.toString().split('\n').slice(0, 5).join('\n')}\n`)(path)
        for (const name of await readdir(join(path, 'checkpoints'))) await rm(join(path, 'checkpoints', name))
      },
      paths.intact,
      [],
    )
    expect(found.map((line) => line.split(':')[0])).toEqual(['NO_QUORUM entries from 0 on'])
  })

  it('a receipt that is presented with another entry', () => {
    expect(verifyReceipt(receipts[7] ?? '', entry(307), policy)).toMatchObject({ findings: [], index: 307 })
    const reused = verifyReceipt(receipts[7] ?? '', entry(308), policy)
    expect(reused.findings.map(formatFinding)[0]).toMatch(
      /^RECEIPT receipt for entry 307: expected .*=, came .*= from this entry$/,
    )
    const shifted = (receipts[7] ?? '').replace('index 307', 'index 308')
    expect(verifyReceipt(shifted, entry(307), policy).findings[0]?.kind).toBe('RECEIPT')
    expect(verifyReceipt('nothing', entry(307), policy).findings[0]?.kind).toBe('MALFORMED')
    const forged = (receipts[7] ?? '').replace('\n600\n', '\n601\n')
    expect(verifyReceipt(forged, entry(307), policy).findings[0]?.kind).toBe('SIGNATURE')
  })

  it('an altered salt, and cannot tell without a salt', () => {
    const salt = Buffer.alloc(32, 1)
    const commitment = commitTo({ name: 'Ana' }, salt)
    expect(verifyCommitment('entry 3', commitment, { name: 'Ana' }, { kind: 'KEPT', salt })).toEqual([])
    const altered = verifyCommitment(
      'entry 3',
      commitment,
      { name: 'Ana' },
      { kind: 'KEPT', salt: Buffer.alloc(32, 2) },
    )
    expect(altered?.map(formatFinding)).toEqual([
      `SALT entry 3: expected ${commitment}, came another commitment from this value and this salt`,
    ])
    expect(verifyCommitment('entry 3', commitment, { name: 'Ana' }, { kind: 'ERASED' })).toBeUndefined()
  })
})
