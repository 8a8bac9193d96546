import { describe, expect, it } from 'vitest'
import { parseLegNotes } from './leg-notes.ts'

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

  it.each([
    ['a note instead of a list', { code: 'ROWS_DROPPED' }],
    ['a code that notes do not have', [{ code: 'BAD_ANSWER' }]],
    ['text instead of a note', ['ROWS_DROPPED']],
    ['a negative count', [{ code: 'ROWS_DROPPED', count: -1 }]],
    ['a count that is text', [{ code: 'ROWS_DROPPED', count: '3' }]],
    ['eleven notes', Array.from({ length: 11 }, () => ({ code: 'ROWS_DROPPED' }))],
  ])('rejects %s', (_name, notes) => {
    expect(() => parseLegNotes({ istmo: { notes } })).toThrow(TypeError)
  })
})
