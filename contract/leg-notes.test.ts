import { describe, expect, it } from 'vitest'
import { LEG_NOTE_CODES, parseLegNotes } from './leg-notes.ts'

describe('parseLegNotes', () => {
  it.each([
    ['no extensions', undefined],
    ['null', null],
    ['other extensions', { tracing: {} }],
    ['an inherited member', Object.create({ istmo: { notes: [{ code: 'ROWS_DROPPED' }] } })],
  ])('finds no note in %s', (_name, extensions) => {
    expect(parseLegNotes(extensions)).toEqual([])
  })

  it('reads codes and counts, and drops members that it does not know', () => {
    const notes = [{ code: 'ROWS_DROPPED', count: 3, id: 'GT:P-1' }, { code: 'COVERAGE_PARTIAL' }]
    expect(parseLegNotes({ istmo: { notes } })).toEqual([
      { code: 'ROWS_DROPPED', count: 3 },
      { code: 'COVERAGE_PARTIAL' },
    ])
  })

  it('reads each code, ten notes and a count of none', () => {
    const notes = LEG_NOTE_CODES.map((code) => ({ code, count: 0 }))
    expect(parseLegNotes({ istmo: { notes } })).toEqual(notes)
    const ten = Array.from({ length: 10 }, () => ({ code: 'ROWS_DROPPED' as const }))
    expect(parseLegNotes({ istmo: { notes: ten } })).toEqual(ten)
  })

  const LIST = 'expected `extensions.istmo.notes` to be a list of at most 10 notes'
  const CODE = 'expected the code of a note to be one of ROWS_DROPPED, COVERAGE_PARTIAL, QUOTA_REACHED'
  const COUNT = 'expected the count of a note to be a whole number of rows'
  it.each([
    ['a note instead of a list', { code: 'ROWS_DROPPED' }, LIST],
    ['eleven notes', Array.from({ length: 11 }, () => ({ code: 'ROWS_DROPPED' })), LIST],
    ['a code that notes do not have', [{ code: 'BAD_ANSWER' }], CODE],
    ['text instead of a note', ['ROWS_DROPPED'], CODE],
    ['a negative count', [{ code: 'ROWS_DROPPED', count: -1 }], COUNT],
    ['half a row', [{ code: 'ROWS_DROPPED', count: 0.5 }], COUNT],
    ['a count that is text', [{ code: 'ROWS_DROPPED', count: '3' }], COUNT],
  ])('rejects %s, and quotes nothing of it', (_name, notes, message) => {
    expect(() => parseLegNotes({ istmo: { notes } })).toThrow(new TypeError(message))
  })
})
