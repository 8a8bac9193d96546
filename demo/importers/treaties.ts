import { readCsv } from './csv.ts'
import type { ImportReport } from './report.ts'
import { type Entry, type Importer, type ImportOptions, runImport } from './run-import.ts'
import { insertMissingRows, type Row } from './table.ts'
import { COVERAGE, INSTRUMENT, PARTICIPATION } from './tables.ts'
import { countryCodeOf, type Instrument, parseAct, parseInstrument } from './un-treaty.ts'

/** The name of the importer of the index in the journal. */
export const TREATY_INDEX_IMPORTER = 'treaties.index'
/** The name of the importer of participations in the journal. */
export const PARTICIPATION_IMPORTER = 'treaties.participation'

/** The sentence that must be shown with participations: they are history, not today's status. */
export const PARTICIPATION_NOTE = 'status of March 2015: history, not today’s status'

const indexImporter: Importer = {
  name: TREATY_INDEX_IMPORTER,
  tables: [INSTRUMENT],
  // An instrument stays if another file brought articles or participations of it.
  removeStale: `delete from legal.instrument i where id like 'UN:%' and id not in (select key from import_seen)
    and not exists (select from legal.article where instrument_id = i.id)
    and not exists (select from legal.participation where instrument_id = i.id) returning id`,
  note: null,
  async prepare(db) {
    // The facts of the project say which states they are complete for, but only in the few treaties that they name.
    await db.query(`delete from legal.coverage where subject = 'PARTICIPATIONS' and key <> '*'`)
  },
  async *read(file) {
    for await (const line of readCsv(file, ['untc_ref', 'treaty'])) {
      if ('rejected' in line) yield line
      else {
        const read = readInstrument(line.fields)
        if ('rejected' in read) yield { line: line.line, ...read }
        else yield { line: line.line, key: read.id, rows: [[asRow(read)]] }
      }
    }
  },
}

const participationImporter: Importer = {
  name: PARTICIPATION_IMPORTER,
  tables: [INSTRUMENT, PARTICIPATION],
  removeStale: `delete from legal.participation where instrument_id like 'UN:%'
    and instrument_id || ' ' || country not in (select key from import_seen) returning country`,
  note: PARTICIPATION_NOTE,
  async prepare(db) {
    await insertMissingRows(db, COVERAGE, [{ subject: 'PARTICIPATIONS', key: '*' }])
  },
  async *read(file) {
    const columns = ['untc_ref', 'treaty', 'participant', 'signature', 'binding_act_raw', 'act_code']
    for await (const line of readCsv(file, columns)) {
      yield 'rejected' in line ? line : toParticipation(line.line, line.fields)
    }
  },
}

/**
 * Imports the index of treaties into `legal.instrument`, with ids such as `UN:XVIII-12`.
 * @throws {UsageError} when the file is not the index.
 */
export function importTreatyIndex(options: ImportOptions): Promise<ImportReport> {
  return runImport(indexImporter, options)
}

/**
 * Imports participations into `legal.participation`, with their instruments. Rejects a participant that is not a state.
 * `bound_on` is the day of the binding act in the table: the deposit, not the entry into force.
 * @throws {UsageError} when the file is not the table of participations.
 */
export function importParticipations(options: ImportOptions): Promise<ImportReport> {
  return runImport(participationImporter, options)
}

type Fields = Readonly<Record<string, string>>

function readInstrument({ untc_ref = '', treaty = '' }: Fields): Instrument | { rejected: string } {
  return (
    parseInstrument(untc_ref, treaty) ?? {
      rejected: `expected a reference and a title that ends in place and date; came «${untc_ref}», «${treaty}»`,
    }
  )
}

function toParticipation(line: number, fields: Fields): Entry {
  const { participant = '', signature = '', binding_act_raw: binding = '', act_code: code = '' } = fields
  const instrument = readInstrument(fields)
  if ('rejected' in instrument) return { line, ...instrument }
  const country = countryCodeOf(participant)
  if (country === undefined) return { line, rejected: `«${participant}» is not a state with an ISO 3166-1 code` }
  const signed = signature === '' ? null : parseAct(signature)
  if (signed === undefined) return { line, rejected: `expected a signature such as 14 Dec 2000; came «${signature}»` }
  const bound = binding === '' ? null : parseAct(binding)
  if (bound === undefined || (code !== '' && !binding.endsWith(` ${code}`))) {
    return { line, rejected: `expected a binding act such as 7 Jun 2004 a, a; came «${binding}», «${code}»` }
  }
  const row = {
    instrument_id: instrument.id,
    country,
    signed_on: signed?.on ?? null,
    bound_on: bound?.on ?? null,
    action: bound?.action ?? null,
  }
  return { line, key: `${instrument.id} ${country}`, rows: [[asRow(instrument)], [row]] }
}

function asRow({ id, title, kind, adopted_on }: Instrument): Row {
  return { id, title, kind, adopted_on }
}
