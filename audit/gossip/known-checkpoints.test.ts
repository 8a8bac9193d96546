import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSigner } from '../log/testing.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { formatCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { signNote } from '../note/note.ts'
import { followRotations } from '../note/rotation.ts'
import {
  extractNotes,
  type FoundSplit,
  isSignedWith,
  KNOWN_FILE,
  openKnownCheckpoints,
  readKnownCheckpoints,
} from './known-checkpoints.ts'

const signer = newSigner('istmo.example/gateway')
const witness = newSigner('w.example', 'cosignature')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-known-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function note(size: number, text = 'entry', by: readonly NoteSigner[] = [signer]): string {
  return signNote(formatCheckpoint({ origin: signer.verifier.name, size, root: hashLeaf(Buffer.from(text)) }), by)
}

async function open(path: string | null, splits: FoundSplit[] = []) {
  return openKnownCheckpoints({
    folder: path,
    isSigned: (origin, text) =>
      isSignedWith(text, followRotations(origin === signer.verifier.name ? [signer.verifier] : [], [])),
    onSplit: (split) => splits.push(split),
  })
}

describe('the checkpoints that somebody knows', () => {
  it('are the largest of each log, without cosignatures, also after a restart', async () => {
    const path = join(folder, 'kept')
    const known = await open(path)
    known.take(note(3, 'three', [signer, witness]), 'HN')
    known.take(note(2), 'GT')
    known.take(note(9, 'nine', [newSigner('istmo.example/gateway')]), 'a forger')
    known.take('nothing', 'a stranger')
    known.take(
      signNote(formatCheckpoint({ origin: 'other.example', size: 1, root: hashLeaf(Buffer.of()) }), [
        newSigner('other.example'),
      ]),
      'HN',
    )
    expect(known.list()).toEqual([{ origin: 'istmo.example/gateway', size: 3, note: note(3, 'three') }])
    await known.close()
    const again = await open(path)
    expect(again.list()).toEqual(known.list())
    await again.close()
    expect(await readKnownCheckpoints(path)).toEqual(known.list())
    expect(await readKnownCheckpoints(join(folder, 'nowhere'))).toEqual([])
    expect(extractNotes(await readFile(join(path, KNOWN_FILE), 'utf8'))).toEqual([note(3, 'three')])
  })

  it('that contradict each other are a split view, which is told once and kept with both notes', async () => {
    const path = join(folder, 'split')
    const splits: FoundSplit[] = []
    const known = await open(path, splits)
    known.take(note(3, 'here'), 'HN')
    known.take(note(3, 'there'), 'GT')
    known.take(note(3, 'there'), 'GT')
    expect(splits).toMatchObject([{ origin: 'istmo.example/gateway', size: 3, elsewhere: { where: 'GT' } }])
    expect(known.splits()).toBe(1)
    await known.close()
    const [name = ''] = await readdir(join(path, 'split-views'))
    expect(extractNotes(await readFile(join(path, 'split-views', name), 'utf8'))).toEqual([
      note(3, 'here'),
      note(3, 'there'),
    ])
  })
})

describe('a text that somebody gives', () => {
  it.each([
    ['a checkpoint', note(3), 1],
    ['a proof', `c2sp.org/tlog-proof@v1\nindex 1\n\n${note(3)}`, 1],
    [
      'the lines of an export',
      `${JSON.stringify({ entry: {}, proof: note(3) })}\n${JSON.stringify({ known: [note(4)] })}\n`,
      2,
    ],
    ['an answer of /status', JSON.stringify({ graph: {}, checkpoints: [{ note: note(3) }, { note: note(3) }] }), 1],
    ['anything else', 'hello\n\n— x', 0],
    ['a value that is too deep', `${'['.repeat(20)}${JSON.stringify(note(3))}${']'.repeat(20)}`, 0],
  ])('has the checkpoints of %s', (_, text, count) => expect(extractNotes(text)).toHaveLength(count))
})
