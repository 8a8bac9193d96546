import { describe, expect, it } from 'vitest'
import { COVERAGE } from '../../../contract/audit-log/article-25/coverage-table.ts'
import { COVERAGE_ES } from './coverage-words-es.ts'

const TEXTS = COVERAGE.flatMap(({ entries, cells, gaps }) => {
  return [entries, ...Object.values(cells).map(({ members }) => members), ...gaps]
})
const namesIn = (text: string): readonly string[] => (text.match(/`[^`]+`/g) ?? []).toSorted()

describe('the table of article 25 in Spanish', () => {
  it('has each text of the table, and no other', () => {
    expect(Object.keys(COVERAGE_ES).toSorted()).toEqual([...new Set(TEXTS)].toSorted())
  })

  it.each(Object.entries(COVERAGE_ES))('names the same things as «%s»', (english, spanish) => {
    expect(namesIn(spanish)).toEqual(namesIn(english))
  })
})
