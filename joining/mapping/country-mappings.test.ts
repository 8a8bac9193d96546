import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { HAS_PUBLISHED_FILES, publishedFile } from '../../demo/importers/testing.ts'
import type { SourceRow } from '../sources/source.ts'
import { readMappingFile } from './parse-mapping.ts'
import { createRowReader } from './row-reader.ts'
import { STARTED_AT } from './testing.ts'

/** The mappings of published files, in countries/. */

const read = (country: string) =>
  readMappingFile(fileURLToPath(new URL(`../../countries/${country}.mapping.yaml`, import.meta.url)), 'en')

const [panama, nations] = [read('PA'), read('UN')]

/** Runs a feed over rows: what each gives, or the reason. */
function run(mapping: typeof panama, place: string, rows: readonly SourceRow[]) {
  const feed = mapping.feeds.find((each) => each.place === place)
  if (feed === undefined) throw new Error(`expected a feed ${place}`)
  const reader = createRowReader(mapping, feed, { startedAt: STARTED_AT, language: 'en' })
  return rows.map((row) => {
    const found = reader.read(row)
    return 'refused' in found
      ? `${found.refused.column}: ${found.refused.reason}`
      : found.rows.map(({ values }) => values)
  })
}

const homicide = (tipo_crimen: string, año: string, mes: string, provincia: string): SourceRow => ({
  tipo_crimen,
  año,
  mes,
  provincia,
})

describe('Panama', () => {
  it('warns of nothing', () => {
    expect([panama.warnings, nations.warnings]).toEqual([[], []])
  })

  it('gives a case with its charge for each row, and numbers rows within their year', () => {
    const [first, ...others] = run(panama, 'cases', [
      homicide('Homicidio', '2019', 'Febrero', 'Coclé'),
      homicide('Hurto', '2019', 'Enero', 'Coclé'),
      homicide('Homicidio', '19', 'Enero', 'Coclé'),
      homicide('Femicidio', '2019', 'Enero', 'Atlantis'),
      homicide('Homicidio', '2020', 'Trece', 'Coclé'),
      homicide('Femicidio', '2019', 'Diciembre', 'COMARCA NGABE-BUGLE'),
    ])
    expect(first).toEqual([
      {
        id: 'PA:H2019-1',
        subdivision: 'PA-2',
        agency: 'datosabiertos.gob.pa, grupo justicia',
        handling: [],
        handling_note: expect.stringMatching(/^Datos abiertos, .* \/ Open data, .* last day\.$/),
        recorded_at: STARTED_AT,
        synthetic: false,
        shared_with: ['*'],
      },
      {
        case_id: 'PA:H2019-1',
        iccs: '0101',
        national_label: 'Homicidio',
        attempted: false,
        committed_from: '2019-02-01',
        committed_to: '2019-02-28',
      },
    ])
    expect(others).toEqual([
      expect.stringMatching(/^tipo_crimen: expected one of the mapping’s values: Homicidio, Femicidio/),
      expect.stringMatching(/^año: expected a text that matches/),
      expect.stringMatching(/^provincia: expected one of the mapping’s values: Bocas del Toro, /),
      'mes | año: expected a day that exists, as MMMM YYYY',
      [
        expect.objectContaining({ id: 'PA:H2019-4', subdivision: 'PA-NB' }),
        expect.objectContaining({ national_label: 'Femicidio' }),
      ],
    ])
  })

  it.runIf(HAS_PUBLISHED_FILES)('takes each row of the published file, with ids as a plain count has them', () => {
    const rows: Record<string, string>[] = parse(readFileSync(publishedFile('pa-homicide-victims-2017-2024.csv')), {
      bom: true,
      columns: true,
    })
    const counts = new Map<string, number>()
    const expected = rows.map(({ año: year = '' }) => {
      counts.set(year, (counts.get(year) ?? 0) + 1)
      return `PA:H${year}-${counts.get(year)}`
    })
    const taken = run(panama, 'cases', rows)
    expect(taken.map((each) => (typeof each === 'string' ? each : each[0]?.id))).toEqual(expected)
    expect(expected.length).toBeGreaterThan(4_000)
  })
})

const TREATY = 'United Nations Convention against Corruption. New York, 31 October 2003'

describe('the United Nations', () => {
  it('gives instruments from their references and titles', () => {
    expect(
      run(nations, 'instruments', [
        { untc_ref: 'XVIII-14', treaty: TREATY },
        { untc_ref: 'XVIII-12-a', treaty: `Protocol to Prevent Trafficking. New York, 15 November 2000` },
        { untc_ref: '18-14', treaty: TREATY },
        { untc_ref: 'XVIII-14', treaty: 'United Nations Convention against Corruption' },
        { untc_ref: 'XVIII-14', treaty: TREATY.replace('31 October', '31 November') },
      ]),
    ).toEqual([
      [
        {
          id: 'UN:XVIII-14',
          title: 'United Nations Convention against Corruption',
          kind: 'TREATY',
          adopted_on: '2003-10-31',
          title_es: 'Convención de las Naciones Unidas contra la Corrupción',
          iccs: ['07031', '07032', '07033', '07034', '07035', '07041', '07049', '08061'],
          as_of: '2015-03-31',
        },
      ],
      [expect.objectContaining({ id: 'UN:XVIII-12-a', kind: 'PROTOCOL', adopted_on: '2000-11-15', iccs: ['0204'] })],
      expect.stringMatching(/^untc_ref: expected a text that matches/),
      expect.stringMatching(/^treaty: expected a text that matches/),
      'treaty: expected a day that exists, as D MMM YYYY',
    ])
  })

  const act = (participant: string, signature: string, binding_act_raw: string): SourceRow => ({
    untc_ref: 'XVIII-14',
    participant,
    signature,
    binding_act_raw,
  })

  it.each([
    [act('Guatemala', '9 Dec 2003', '3 Nov 2006'), ['GT', '2003-12-09', '2006-11-03', 'RATIFICATION']],
    [act('Swaziland', '', '7 Jun 2004 a'), ['SZ', null, '2004-06-07', 'ACCESSION']],
    [act('Japan', '', '7 Jun 2004 A'), ['JP', null, '2004-06-07', 'ACCEPTANCE']],
    [act('Japan', '', '7 Jun 2004 AA'), ['JP', null, '2004-06-07', 'APPROVAL']],
    [act('Montenegro', '23 Oct 2006 d', '23 Oct 2006 d'), ['ME', '2006-10-23', '2006-10-23', 'SUCCESSION']],
    [act('Angola', '', '26 Oct 2005 |'), ['AO', null, '2005-10-26', null]],
    [act('Holy See', '', ''), ['VA', null, null, null]],
  ])('reads the participation %o', (row, [country, signed_on, bound_on, action]) => {
    const expected = { instrument_id: 'UN:XVIII-14', country, signed_on, bound_on, action }
    expect(run(nations, 'instruments.participations', [row])).toEqual([[expected]])
  })

  it('refuses who is not a state, and letters that nobody explained', () => {
    expect(
      run(nations, 'instruments.participations', [
        act('European Union', '', '1 Jan 2004'),
        act('Japan', '', '1 Jan 2004 c'),
      ]),
    ).toEqual([
      expect.stringMatching(/^participant: expected the name of a country \(en\)/),
      expect.stringMatching(/^binding_act_raw: expected one of the mapping’s values: "", a, A, AA, d, \|/),
    ])
  })

  it.runIf(HAS_PUBLISHED_FILES)('takes each state of the published table, and refuses the others', () => {
    const rows: Record<string, string>[] = parse(readFileSync(publishedFile('un-treaty-participation.csv')), {
      bom: true,
      columns: true,
      trim: true,
    })
    const taken = run(nations, 'instruments.participations', rows)
    const refused = rows.filter((_, index) => typeof taken[index] === 'string')
    expect([...new Set(refused.map(({ participant }) => participant))]).toEqual(['European Union'])
    const bound = ['GT', 'HN', 'SV'].map((country) =>
      taken
        .flat()
        .find((each) => typeof each === 'object' && each.country === country && each.instrument_id === 'UN:XVIII-12'),
    )
    expect(bound).toMatchObject([{ bound_on: '2003-09-25' }, { bound_on: '2003-12-02' }, { bound_on: '2004-03-18' }])
  })
})
