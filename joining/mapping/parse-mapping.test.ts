import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { makeMappingSchema } from '../../tools/generate/mapping-page.ts'
import { formatProblem, parseMapping } from './parse-mapping.ts'
import { parseRight } from './testing.ts'

interface BadMappings {
  readonly files: Readonly<Record<string, string>>
  readonly mappings: readonly { readonly title: string; readonly mapping: string; readonly says: readonly string[] }[]
}

const BAD: BadMappings = parse(readFileSync(new URL('bad-mappings.yaml', import.meta.url), 'utf8'))

function readFile(file: string): string {
  const text = BAD.files[file]
  if (text === undefined) throw new Error('there is no such file')
  return text
}

function problemsOf(text: string, language: 'en' | 'es') {
  const parsed = parseMapping(text, 'm', { language, readFile })
  return 'problems' in parsed ? parsed.problems : []
}

function keysOf(section: string): readonly string[] {
  const definitions = makeMappingSchema().definitions as Readonly<Record<string, { readonly properties?: object }>>
  return Object.keys(definitions[`section-${section}`]?.properties ?? {})
}

describe('a mapping that is wrong says all that is wrong, with line, column and remedy', () => {
  it.each(BAD.mappings)('if it $title', ({ mapping, says }) => {
    const keys = keysOf('cases').join(', ')
    const expected = says.map((text) => text.replace('{keys of cases}', keys))
    expect(problemsOf(mapping, 'en').map((problem) => formatProblem(problem).replace(/^m:/, ''))).toEqual(expected)
  })

  it.each(BAD.mappings)('in Spanish too, if it $title', ({ mapping }) => {
    const [english, spanish] = [problemsOf(mapping, 'en'), problemsOf(mapping, 'es')]
    expect(spanish.map(({ line, column }) => [line, column])).toEqual(english.map(({ line, column }) => [line, column]))
    const messages = new Set(english.map(({ message }) => message))
    expect(spanish.filter(({ message }) => messages.has(message))).toEqual([])
  })

  it('and the table has each of them once', () => {
    expect(new Set(BAD.mappings.map(({ mapping }) => mapping)).size).toBe(BAD.mappings.length)
    expect(BAD.mappings.length).toBeGreaterThanOrEqual(100)
  })
})

const ISSUE = `country: NI
source: { sql: "postgres://reader@old/sisej" }
cases:
  from: "select * from expediente"
  id: num_expediente
  filedOn: { column: fec_ingreso, format: DD/MM/YYYY }
  status: { column: estado, values: { TR: OPEN, AC: CHARGED, FE: ADJUDICATED }, else: refuse }
  handling: { column: reservado, values: { S: [H3] }, default: [H1] }
  offences: { from: expediente_delito, label: etiqueta, iccs: { crosswalk: delitos.csv } }
  participants: { from: interviniente, role: { column: calidad, values: { IMPUTADO: SUSPECT, VICTIMA: VICTIM } } }
  since: fec_modificacion
`
const CROSSWALK = (): string => 'label,iccs\nRobo,0401\nSin decidir,\n'

describe('a mapping that is right', () => {
  it('gives a feed for each from, with the columns that it reads', () => {
    const { feeds, zone, sql } = parseRight(ISSUE, CROSSWALK)
    expect(zone).toBe('America/Managua')
    expect(sql).toEqual({ url: 'postgres://reader@old/sisej', passwordFile: null })
    expect(feeds.map(({ place, from, reads, since, line }) => ({ place, from, reads, since, line }))).toEqual([
      {
        place: 'cases',
        from: { kind: 'query', query: 'select * from expediente' },
        reads: ['num_expediente', 'estado', 'fec_ingreso', 'reservado', 'fec_modificacion'],
        since: 'fec_modificacion',
        line: 3,
      },
      {
        place: 'cases.offences',
        from: { kind: 'table', table: 'expediente_delito' },
        reads: ['num_expediente', 'etiqueta'],
        since: null,
        line: 9,
      },
      {
        place: 'cases.participants',
        from: { kind: 'table', table: 'interviniente' },
        reads: ['num_expediente', 'calidad'],
        since: null,
        line: 10,
      },
    ])
  })

  it('warns of rows that nobody sees, of an agency that nobody named, and of labels that nobody decided', () => {
    expect(
      parseRight(ISSUE, CROSSWALK).warnings.map(({ line, message }) => [line, message.split('.')[0]?.slice(0, 60)]),
    ).toEqual([
      [9, 'cases'],
      [3, 'cases: nobody will see these records: sharedWith is missing'],
      [3, 'cases: each record will say NI as its agency'],
    ])
  })

  it('warns of a password in the file, and not of one that is a variable', () => {
    const withUrl = (url: string) => parseRight(ISSUE.replace('postgres://reader@old/sisej', url), CROSSWALK).warnings
    expect(withUrl('postgres://reader:x@old/sisej').map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^source.sql: the password stands in the file/),
    )
    expect(withUrl(`postgres://reader:\${PW}@old/sisej`)).toHaveLength(3)
  })

  it('may name a socket of PostgreSQL, as `istmo map` writes it', () => {
    const url = 'postgres:///sisej?host=/run/postgresql&user=reader'
    expect(
      problemsOf(`country: NI\nsource: { sql: "${url}" }\ncases: { from: t, id: a, handling: [H1] }`, 'en'),
    ).toEqual([])
  })

  it('says what the loader counts, derives and checks', () => {
    const records = parseRight(ISSUE, CROSSWALK).feeds.flatMap((feed) => feed.records)
    expect(
      records.map(({ kind, counted, derived, parent, references }) => ({ kind, counted, derived, parent, references })),
    ).toEqual([
      { kind: 'cases', counted: null, derived: null, parent: null, references: [] },
      {
        kind: 'cases.offences',
        counted: 'ordinal',
        derived: null,
        parent: { column: 'case_id', kind: 'cases' },
        references: [],
      },
      {
        kind: 'cases.participants',
        counted: null,
        derived: 'row_id',
        parent: { column: 'case_id', kind: 'cases' },
        references: [],
      },
    ])
  })

  it('takes what hangs on a record that repeats once too, unless it says otherwise', () => {
    const repeatsOf = (keys: string) =>
      parseRight(
        `country: NI\nsource: { csv: { file: x } }\ncases: { id: a, handling: [H1], sharedWith: ["*"], repeats: same, offences: { label: l, iccs: { value: "0401" }${keys} } }\n`,
      ).feeds.flatMap(({ records }) => records.map(({ repeats }) => repeats))
    expect(repeatsOf('')).toEqual(['same', 'same'])
    expect(repeatsOf(', repeats: refuse')).toEqual(['same', 'refuse'])
    expect(repeatsOf(', from: y.csv')).toEqual(['same', 'refuse'])
  })

  it('has another hash with another crosswalk: a run names it in the audit log', () => {
    const [one, same, other] = [CROSSWALK, CROSSWALK, () => 'label,iccs\nRobo,0402\n'].map(
      (read) => parseRight(ISSUE, read).sha256,
    )
    expect(one).toBe(same)
    expect(other).not.toBe(one)
  })

  it('takes codes as YAML has them, in quotes or not', () => {
    const text = (code: string) =>
      `country: NI\nsource: { csv: { file: x } }\ncases: { id: a, handling: [H1], sharedWith: ["*"], offences: { label: l, iccs: { column: c, values: { 01: ${code} } } } }\n`
    const tables = ['0401', '"0401"'].map(
      (code) => parseRight(text(code)).feeds[0]?.records[1]?.columns.find(({ field }) => field === 'iccs')?.rule,
    )
    for (const rule of tables) expect(rule?.kind === 'read' && [...(rule.values ?? [])]).toEqual([['01', '0401']])
  })
})
