import { describe, expect, it } from 'vitest'
import type { Answer } from './command.ts'
import { doubtSpelling } from './search.ts'

const NONE: Answer = { verdict: 'FAILS', text: 'No such entry.', json: { entries: [] } }
const SOME: Answer = { verdict: 'HOLDS', text: 'an entry', json: { entries: [1] } }

describe('a search that finds nothing', () => {
  it.each([
    { code: 'FORBIDDEN_BY_COUNTRY' },
    { code: 'PROOF_REPLAYED' },
    { code: 'CLIENT_UNKNOWN' },
    { coordinate: 'Person.birthDate' },
    { coordinate: 'Query.person(id:)', denied: 'CaseFilter.filedFrom' },
    { denied: 'CaseOrder.FILED_ON_DESC' },
    { coordinate: 'Query.__schema' },
    { agency: 'GT-MP' },
    {},
  ])('is sure if it is spelt as this version knows it: %j', (filter) => {
    expect(doubtSpelling(filter, NONE)).toBe(NONE)
  })

  it.each([
    [{ code: 'FORBIDEN_BY_COUNTRY' }, '--code: expected a code that docs/operating.md lists; came FORBIDEN_BY_COUNTRY'],
    [
      { coordinate: 'Person.birthDat' },
      /--field: expected a field or argument of .*; came Person\.birthDat\. No entry/,
    ],
    [{ denied: 'Query.person(ID:)' }, /--denied: expected .*; came Query\.person\(ID:\)/],
  ])('cannot tell if it may be misspelt: %j', (filter, reason) => {
    const doubted = doubtSpelling(filter, NONE)
    expect(doubted).toMatchObject({ verdict: 'UNTOLD', text: '', json: { entries: [] } })
    expect(doubted.json.reason).toMatch(reason)
  })

  it('shows what it found also under a name that only another version knows', () => {
    expect(doubtSpelling({ code: 'OF_ANOTHER_VERSION' }, SOME)).toBe(SOME)
  })
})
