import { describe, expect, it } from 'vitest'
import { type Entry, type EntryOf, parseEntry } from '../entry.ts'
import { SAMPLE_ENTRIES, SAMPLE_LEG, SAMPLE_REQUEST } from '../testing.ts'
import { COVERAGE, QUESTIONS, type Question } from './coverage-table.ts'
import { createExampleFinder } from './example-finder.ts'

const [leg] = SAMPLE_REQUEST.legs
const deletion = SAMPLE_ENTRIES.find(({ kind }) => kind === 'record-erasure') as Entry
const joining = { ...SAMPLE_REQUEST, legs: [leg, { ...leg, country: 'SV' }] } as EntryOf<'request'>

function examplesOf(...entries: readonly Entry[]) {
  const finder = createExampleFinder()
  for (const entry of entries) finder.add(parseEntry(Buffer.from(JSON.stringify(entry))))
  return finder.found()
}

describe('the coverage of article 25', () => {
  it('has the six kinds of processing, each with the four questions', () => {
    const kinds = ['collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure']
    expect(COVERAGE.map(({ operation }) => operation)).toEqual(kinds)
    for (const { cells } of COVERAGE) expect(Object.keys(cells)).toEqual(Object.keys(QUESTIONS))
  })

  it('shows samples that the sample entries really answer', () => {
    const found = examplesOf(...SAMPLE_ENTRIES, deletion, SAMPLE_LEG, joining)
    for (const row of COVERAGE) {
      const example = found.get(row)
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

  it('finds a combination only if two countries answered, in the request or in its continuations', () => {
    const combination = COVERAGE.find(({ operation }) => operation === 'combination')
    if (combination === undefined) throw new Error('expected the row')
    const denied = { ...joining, legs: [leg, { ...leg, country: 'SV', reach: 'DENIED' }] } as EntryOf<'request'>
    expect(examplesOf(SAMPLE_REQUEST).has(combination)).toBe(false)
    expect(examplesOf(denied).has(combination)).toBe(false)
    expect(examplesOf(joining).get(combination)).toMatchObject({ id: joining.id })
    const continuation = SAMPLE_ENTRIES.find(({ kind }) => kind === 'continuation') as EntryOf<'continuation'>
    const rest = { ...continuation, of: SAMPLE_REQUEST.id, legs: [{ ...leg, country: 'SV' }] } as Entry
    expect(examplesOf(rest, SAMPLE_REQUEST).get(combination)).toMatchObject({ kind: 'request' })
    expect(examplesOf(SAMPLE_REQUEST, rest).get(combination)).toMatchObject({ kind: 'request' })
  })

  it('has an import that changed nothing under collection only', () => {
    const sample = SAMPLE_ENTRIES.find(({ kind }) => kind === 'import') as EntryOf<'import'>
    const [row] = sample.rows
    const created = { ...sample, rows: [{ ...row, changed: 0 }] } as Entry
    expect([...examplesOf(created).keys()].map(({ operation }) => operation)).toEqual(['collection'])
  })
})
