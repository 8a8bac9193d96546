import { readCsv } from './csv.ts'
import type { ImportReport } from './report.ts'
import { type Entry, type Importer, type ImportOptions, runImport } from './run-import.ts'
import { CASE_FILE, OFFENCE } from './tables.ts'

/** The name of this importer in the journal. */
export const PANAMA_IMPORTER = 'pa'

/** The publisher, as the `agency` of every record. */
const AGENCY = 'datosabiertos.gob.pa, grupo justicia'

/** ICCS 0101, intentional homicide: it covers both kinds that the file knows. Only completed acts have a victim there. */
const ICCS_INTENTIONAL_HOMICIDE = '0101'
const KINDS = ['Homicidio', 'Femicidio']

const MONTHS = [
  'enero',
  'febrero',
  'marzo',
  'abril',
  'mayo',
  'junio',
  'julio',
  'agosto',
  'septiembre',
  'octubre',
  'noviembre',
  'diciembre',
]

/** ISO 3166-2:PA by the file's names, folded: provinces and comarcas. */
const SUBDIVISIONS: Readonly<Record<string, string>> = {
  'bocas del toro': 'PA-1',
  cocle: 'PA-2',
  colon: 'PA-3',
  chiriqui: 'PA-4',
  darien: 'PA-5',
  herrera: 'PA-6',
  'los santos': 'PA-7',
  panama: 'PA-8',
  veraguas: 'PA-9',
  'panama oeste': 'PA-10',
  'comarca embera-wounaan': 'PA-EM',
  'comarca guna yala': 'PA-KY',
  'comarca ngabe-bugle': 'PA-NB',
  'comarca naso tjer di': 'PA-NT',
}

const COLUMNS = ['tipo_crimen', 'año', 'mes', 'provincia']

const importer: Importer = {
  name: PANAMA_IMPORTER,
  tables: [CASE_FILE, OFFENCE],
  removeStale: `delete from cases.case_file where id like 'PA:H%' and not synthetic
    and id not in (select key from import_seen) returning id`,
  note: 'one record per victim, without the victim: sex and age range in the file are not taken',
  async *read(file) {
    const recordedAt = new Date().toISOString()
    const ordinals = new Map<string, number>()
    for await (const line of readCsv(file, COLUMNS)) {
      if ('refused' in line) yield line
      else {
        const year = line.fields.año ?? ''
        // A refused row has its number too, so that setting it right moves no other.
        if (isYear(year)) ordinals.set(year, (ordinals.get(year) ?? 0) + 1)
        yield toEntry(line.line, line.fields, ordinals.get(year) ?? 0, recordedAt)
      }
    }
  },
}

/**
 * Takes Panama's homicides as cases of PA: real, without persons, `PA:H<year>-<ordinal in that year's rows>`. What the file does
 * not say is null: the case's category, its status, the day. The sex and age of a victim become no person.
 * @throws {UsageError} when the file is not that.
 */
export function importPanamaHomicides(options: ImportOptions): Promise<ImportReport> {
  return runImport(importer, options)
}

function toEntry(line: number, fields: Readonly<Record<string, string>>, ordinal: number, recorded_at: string): Entry {
  const { tipo_crimen: kind = '', año: year = '', mes = '', provincia = '' } = fields
  if (!KINDS.includes(kind)) return { line, refused: `expected ${KINDS.join(' or ')}; came «${kind}»` }
  if (!isYear(year)) return { line, refused: `expected a year; came «${year}»` }
  const month = MONTHS.indexOf(mes.toLowerCase()) + 1
  if (month === 0) return { line, refused: `expected a month in Spanish; came «${mes}»` }
  const province = fold(provincia)
  const subdivision = Object.hasOwn(SUBDIVISIONS, province) ? SUBDIVISIONS[province] : undefined
  if (subdivision === undefined) return { line, refused: `expected a province of Panama; came «${provincia}»` }
  const id = `PA:H${year}-${ordinal}`
  const [first, last] = monthOf(Number(year), month)
  const offence = {
    case_id: id,
    ordinal: 1,
    iccs: ICCS_INTENTIONAL_HOMICIDE,
    national_label: kind,
    attempted: false,
    committed_from: first,
    committed_to: last,
  }
  return { line, key: id, rows: [[caseRow(id, subdivision, recorded_at)], [offence]] }
}

function caseRow(id: string, subdivision: string, recorded_at: string) {
  return {
    id,
    subdivision,
    agency: AGENCY,
    // Open data: its publisher sets no limit of use.
    handling: [],
    handling_note:
      'Datos abiertos, un registro por víctima. Solo se publica el mes del hecho: las fechas son su primer y su último día. ' +
      '/ Open data, one record per victim. Only the month is published: the dates are its first and last day.',
    recorded_at,
    synthetic: false,
  }
}

function isYear(text: string): boolean {
  return /^(19|20)\d\d$/.test(text)
}

function fold(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** First and last day of a month, `month` from 1. */
function monthOf(year: number, month: number): readonly [string, string] {
  const day = (date: number): string => new Date(date).toISOString().slice(0, 10)
  return [day(Date.UTC(year, month - 1, 1)), day(Date.UTC(year, month, 0))]
}
