import { readCsv } from './csv.ts'
import type { ImportReport } from './report.ts'
import { type Entry, type Importer, type ImportOptions, runImport } from './run-import.ts'
import { CASE_FILE, EVERY_TASK_FORCE, OFFENCE } from './tables.ts'

/** The name of this importer in the journal. */
export const PANAMA_IMPORTER = 'pa'

/** The publisher, as the `agency` of every record. */
const AGENCY = 'datosabiertos.gob.pa, grupo justicia'

/** ICCS 0101, intentional homicide: it covers both kinds in the file. In the file, only completed acts have a victim. */
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
  note: 'one record for each victim, without the victim: the file’s sex and age range are not imported',
  async *read(file) {
    const recordedAt = new Date().toISOString()
    const ordinals = new Map<string, number>()
    for await (const line of readCsv(file, COLUMNS)) {
      if ('rejected' in line) yield line
      else {
        const year = line.fields.año ?? ''
        // A rejected row takes a number too, so that a correction of it does not change the numbers of other rows.
        if (isYear(year)) ordinals.set(year, (ordinals.get(year) ?? 0) + 1)
        yield toEntry(line.line, line.fields, ordinals.get(year) ?? 0, recordedAt)
      }
    }
  },
}

/**
 * Imports Panama's homicides as cases of PA. The cases are real and have no persons. Their ids are
 * `PA:H<year>-<ordinal in that year's rows>`. What the file does not say is null: the case's category, its status, the day. No
 * person is made from the sex and age of a victim.
 * @throws {UsageError} when the file is not the list of Panama's homicides.
 */
export function importPanamaHomicides(options: ImportOptions): Promise<ImportReport> {
  return runImport(importer, options)
}

function toEntry(line: number, fields: Readonly<Record<string, string>>, ordinal: number, recorded_at: string): Entry {
  const { tipo_crimen: kind = '', año: year = '', mes = '', provincia = '' } = fields
  if (!KINDS.includes(kind)) return { line, rejected: `expected ${KINDS.join(' or ')}; came «${kind}»` }
  if (!isYear(year)) return { line, rejected: `expected a year; came «${year}»` }
  const month = MONTHS.indexOf(mes.toLowerCase()) + 1
  if (month === 0) return { line, rejected: `expected a month in Spanish; came «${mes}»` }
  const province = fold(provincia)
  const subdivision = Object.hasOwn(SUBDIVISIONS, province) ? SUBDIVISIONS[province] : undefined
  if (subdivision === undefined) return { line, rejected: `expected a province of Panama; came «${provincia}»` }
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
    // This is open data: its publisher does not limit its use.
    handling: [],
    handling_note:
      'Datos abiertos, un registro por víctima. Solo se publica el mes del hecho: las fechas son su primer y su último día. ' +
      '/ Open data, one record per victim. Only the month is published: the dates are its first and last day.',
    recorded_at,
    synthetic: false,
    shared_with: EVERY_TASK_FORCE,
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
