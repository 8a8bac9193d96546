import { describe, expect, it } from 'vitest'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_ENTRIES, SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { COVERAGE, QUESTIONS, type Question } from './coverage-table.ts'

const [leg] = SAMPLE_REQUEST.legs
const deletion = SAMPLE_ENTRIES.find(({ kind }) => kind === 'record-erasure') as Entry
const joining = { ...SAMPLE_REQUEST, legs: [leg, { ...leg, country: 'SV' }] } as EntryOf<'request'>

/** Returns the countries that answered in the legs of an entry. */
const answeredIn = (entry: Entry): ReadonlySet<string> =>
  new Set(entry.kind === 'request' ? entry.legs.flatMap(({ country }) => country ?? []) : [])

describe('the coverage of article 25', () => {
  it('has the six kinds of processing, each with the four questions', () => {
    const kinds = ['collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure']
    expect(COVERAGE.map(({ operation }) => operation)).toEqual(kinds)
    for (const { cells } of COVERAGE) expect(Object.keys(cells)).toEqual(Object.keys(QUESTIONS))
  })

  it('shows samples that the sample entries really answer', () => {
    const samples = [...SAMPLE_ENTRIES, deletion, SAMPLE_LEG, joining]
    for (const row of COVERAGE) {
      const example = samples.findLast((entry) => row.isOf(entry, answeredIn(entry)))
      if (example === undefined) throw new Error(`expected an example of ${row.operation}`)
      for (const question of Object.keys(QUESTIONS) as Question[]) {
        expect([row.operation, question, row.cells[question].read(example) ?? '']).toEqual([
          row.operation,
          question,
          row.cells[question].sample,
        ])
      }
    }
  })
})
