import { describe, expect, it } from 'vitest'
import { newSigner } from '../log/testing.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { formatCheckpoint } from '../note/checkpoint.ts'
import { signNote } from '../note/note.ts'
import { parsePolicy } from '../note/policy.ts'
import { findSplits, sortTold } from './verify-witnessed.ts'

const NAME = 'istmo.example/hn'
const [log, thief] = [newSigner(NAME), newSigner(NAME)]
const trusted = parsePolicy(`log ${log.verifier.vkey}\nquorum none\n`)
const rootAt = (size: number, of = 'here') => hashLeaf(Buffer.from(`${of} ${size}`))
const noteOf = (size: number, of = 'here', by = log) =>
  signNote(formatCheckpoint({ origin: by.verifier.name, size, root: rootAt(size, of) }), [by])
const sort = (...notes: readonly string[]) =>
  sortTold(
    notes.map((note, at) => ({ note, where: `place ${at}`, rotations: [] })),
    { policy: trusted, trusted, origin: NAME },
  )
const find = (...notes: readonly string[]) =>
  findSplits(
    { policy: trusted, origin: NAME, size: 10, rootOf: async (size) => rootAt(size), head: 'the head' },
    notes.map((note, at) => ({ note, where: `place ${at}` })),
  )

describe('what others know of a log', () => {
  it('counts if the log signed it, is named in a note if somebody else did, and is left out if it is of another log', () => {
    const { own, otherKeys, notes } = sort(noteOf(5), noteOf(6, 'there', thief), noteOf(7, 'here', newSigner('other')))
    expect([own.map(({ where }) => where), otherKeys]).toEqual([['place 0'], []])
    const expected = 'a checkpoint that a key of this log in force signed; this one does not count'
    expect(notes).toEqual([{ kind: 'SIGNATURE', where: 'place 1', expected, came: 'no signature is from a known key' }])
  })

  it('is a split view if it contradicts the tree, or beyond the tree another one of its size', async () => {
    expect(await find(noteOf(5), noteOf(10), noteOf(11), noteOf(11))).toEqual([])
    const [first, second, ...rest] = await find(noteOf(5, 'there'), noteOf(11), noteOf(11, 'there'))
    expect(rest).toEqual([])
    expect([first?.size, first?.here, first?.elsewhere.where]).toEqual([
      5,
      { note: 'the head', where: 'checkpoint' },
      'place 0',
    ])
    expect([second?.size, second?.here.where, second?.elsewhere.where]).toEqual([11, 'place 1', 'place 2'])
  })
})
