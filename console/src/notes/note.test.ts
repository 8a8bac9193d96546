import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeNotes, type Note, readNotesFile, writeNotesFile } from './note.ts'

const ids = ['0', '1', '2', '3'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`)
const note: fc.Arbitrary<Note> = fc.record({
  id: fc.constantFrom(...ids),
  kind: fc.constantFrom('person', 'case'),
  record: fc.constantFrom('GT:P-1', 'HN:P-2'),
  text: fc.constantFrom('uno', 'dos', '<b>tres</b>', 'ñ "\n'),
  changedAt: fc.integer({ min: 0, max: 3 }),
})
const notes = fc.array(note, { maxLength: 8 })

describe('mergeNotes', () => {
  it('keeps of each id the note that a plain search finds to be the last', () => {
    fc.assert(
      fc.property(notes, notes, (some, others) => {
        const merged = mergeNotes(some, others)
        for (const id of ids) {
          const same = [...some, ...others].filter((each) => each.id === id)
          const last = Math.max(...same.map(({ changedAt }) => changedAt))
          const found = merged.filter((each) => each.id === id)
          expect(found).toHaveLength(same.length === 0 ? 0 : 1)
          if (found[0] !== undefined) {
            expect(found[0].changedAt).toBe(last)
            expect(same).toContainEqual(found[0])
          }
        }
      }),
    )
  })

  it('gives the same in any order, and nothing new when it is repeated', () => {
    fc.assert(
      fc.property(notes, notes, notes, (one, two, three) => {
        expect(mergeNotes(one, two)).toEqual(mergeNotes(two, one))
        expect(mergeNotes(mergeNotes(one, two), three)).toEqual(mergeNotes(one, mergeNotes(two, three)))
        expect(mergeNotes(mergeNotes(one, two), two)).toEqual(mergeNotes(one, two))
      }),
    )
  })
})

describe('a file of notes', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(notes, (some) => {
        expect(readNotesFile(writeNotesFile(some))).toEqual(mergeNotes(some, []))
      }),
    )
  })

  const good = { id: ids[0], kind: 'person', record: 'GT:P-1', text: 'a', changedAt: 1 }
  const file = (over: object): string => JSON.stringify({ istmo: 'notes', version: 1, notes: [good], ...over })
  it.each([
    ['no JSON', 'nombre;nacimiento', { kind: 'NOT_NOTES' }],
    ['null', 'null', { kind: 'NOT_NOTES' }],
    ['another file', '{"istmo":"report"}', { kind: 'NOT_NOTES' }],
    ['a later version', file({ version: 2 }), { kind: 'VERSION', version: '2' }],
    ['a note without a text', file({ notes: [good, { ...good, text: ' ' }] }), { kind: 'NOTE', number: 2 }],
    ['a note of no record', file({ notes: [{ ...good, record: 'GT' }] }), { kind: 'NOTE', number: 1 }],
    ['a note of another kind', file({ notes: [{ ...good, kind: 'warrant' }] }), { kind: 'NOTE', number: 1 }],
    ['a time that is not one', file({ notes: [{ ...good, changedAt: 1.5 }] }), { kind: 'NOTE', number: 1 }],
    ['a text that is too long', file({ notes: [{ ...good, text: 'a'.repeat(4_001) }] }), { kind: 'NOTE', number: 1 }],
    ['too many notes', file({ notes: Array(10_001).fill(good) }), { kind: 'TOO_MANY', count: 10_001 }],
  ])('with %s is not taken', (_, text, problem) => {
    expect(readNotesFile(text)).toEqual(problem)
  })
})
