import { DEPOSITARY } from '../../contract/country-code.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { ICCS_IMPORTER } from '../importers/iccs.ts'
import { hasImported } from '../importers/run-import.ts'
import { insertMissingRows } from '../importers/table.ts'
import { ICCS_CODE, INSTRUMENT, PARTICIPATION } from '../importers/tables.ts'
import { PARTICIPATION_IMPORTER } from '../importers/treaties.ts'
import { ICCS_FACTS, levelOf, parentOf } from './iccs-codes.ts'
import { INSTRUMENTS, PARTICIPATIONS } from './treaties.ts'

/**
 * Puts the project's own facts into a country's database: ICCS codes everywhere, treaties for the depositary. What a publisher's
 * file has brought stays as it is, and once one was taken the facts keep out. All or nothing.
 * @returns how many rows were new.
 */
export function loadFacts(db: Database, country: string): Promise<number> {
  return db.transaction(async (tx) => {
    let made = 0
    if (!(await hasImported(tx, ICCS_IMPORTER))) {
      const rows = ICCS_FACTS.map((fact) => ({ ...fact, level: levelOf(fact.code), parent: parentOf(fact.code) }))
      made += await insertMissingRows(tx, ICCS_CODE, rows)
    }
    if (country === DEPOSITARY && !(await hasImported(tx, PARTICIPATION_IMPORTER))) {
      made += await insertMissingRows(
        tx,
        INSTRUMENT,
        INSTRUMENTS.map((instrument) => ({ ...instrument })),
      )
      made += await insertMissingRows(
        tx,
        PARTICIPATION,
        PARTICIPATIONS.map((fact) => ({ ...fact })),
      )
    }
    return made
  })
}
