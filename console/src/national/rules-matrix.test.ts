import { describe, expect, it } from 'vitest'
import { type ComparedRow, makeMatrix, readComparedRules } from './rules-matrix.ts'

const row = (what: string, here: string, there = here): ComparedRow => ({
  ...{ what, here, there },
  verdict: here === there ? 'equal' : 'tighter',
})
const ROWS = [
  row('cases Case.id', 'nothing'),
  row('cases Case.court', 'authenticated and scopes case:read'),
  row(
    'cases Case.narrative',
    'authenticated and scopes case:read+case:narrative or case:all and policies p',
    'scopes case:read',
  ),
  row('persons Person.names', 'scopes person:read'),
  row('persons Person.photo', 'not published', 'nothing'),
  row('jtf-2026-03: GT GT-MP, Fiscalía, INVESTIGATION, case:read', 'until 2027-03-31'),
  row('jtf-2026-03: GT GT-MP, Fiscalía, INVESTIGATION, case:narrative', 'until 2027-03-31'),
  row('jtf-2026-03: SV SV-FGR, INVESTIGATION, case:read', 'until 2027-03-31'),
  row('jtf-2026-03: SV SV-FGR, PROSECUTION, person:read', 'until 2027-03-31'),
  row('jtf-2025-01: SV SV-FGR, PROSECUTION, case:read', 'not recognised', 'until 2027-03-31'),
  row('policies', 'SHA-256 1…', 'SHA-256 2…'),
  row('rowsPerDay', '5000'),
]
const MATRIX = makeMatrix({ compared: ROWS.length, rows: ROWS })
const cellsOf = (coordinate: string) =>
  MATRIX.rows
    .find((each) => each.coordinate === coordinate)
    ?.cells.map(({ state, agencies }) => [state, agencies.length])

describe('a country’s rules as a matrix', () => {
  it('have a column for each purpose of each task force that the country recognises', () => {
    expect(MATRIX.columns).toEqual([
      { taskForce: 'jtf-2026-03', purpose: 'INVESTIGATION' },
      { taskForce: 'jtf-2026-03', purpose: 'PROSECUTION' },
    ])
    expect(MATRIX.isWhole).toBe(true)
    expect(makeMatrix({ compared: 90, rows: ROWS }).isWhole).toBe(false)
  })

  it('say which agencies may read a field', () => {
    expect(cellsOf('Case.id')).toEqual([
      ['ALL', 2],
      ['ALL', 1],
    ])
    expect(cellsOf('Case.court')).toEqual([
      ['ALL', 2],
      ['NONE', 0],
    ])
    expect(cellsOf('Case.narrative')).toEqual([
      ['POLICY', 1],
      ['NONE', 0],
    ])
    expect(cellsOf('Person.names')).toEqual([
      ['NONE', 0],
      ['ALL', 1],
    ])
    expect(cellsOf('Person.photo')).toEqual([
      ['NONE', 0],
      ['NONE', 0],
    ])
    const some = makeMatrix({ compared: 0, rows: [row('cases Case.x', 'scopes case:narrative'), ...ROWS.slice(5)] })
    expect(some.rows[0]?.cells[0]).toEqual({ state: 'SOME', agencies: ['GT GT-MP, Fiscalía'] })
  })

  it('name what differs from the gateway’s copy', () => {
    const differing = MATRIX.rows.filter(({ verdict }) => verdict !== 'equal')
    expect(differing.map(({ coordinate, gateway }) => [coordinate, gateway])).toEqual([
      ['Case.narrative', 'scopes case:read'],
      ['Person.photo', 'nothing'],
    ])
    expect(MATRIX.otherDifferences.map(({ what }) => what)).toEqual([
      'jtf-2025-01: SV SV-FGR, PROSECUTION, case:read',
      'policies',
    ])
  })

  it.each([
    null,
    {},
    { compared: 1 },
    { compared: 1, rows: [{ what: 'x' }] },
    { compared: 1, rows: [{ ...ROWS[0], verdict: 'y' }] },
  ])('are not read out of %j', (value) => expect(readComparedRules(value)).toBeNull())

  it('are read out of what the command prints', () => {
    const printed = JSON.parse(JSON.stringify({ compared: ROWS.length, rows: ROWS })) as unknown
    expect(readComparedRules(printed)).toEqual({ compared: ROWS.length, rows: ROWS })
  })
})
