import { DEPOSITARY } from '../../contract/country-code.ts'
import { iccsLevel, iccsParent } from '../../contract/iccs.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { ICCS_IMPORTER, TREATIES_IMPORTER } from '../importers/importers.ts'
import {
  COVERAGE,
  hasImported,
  ICCS_CODE,
  INSTRUMENT,
  insertMissingRows,
  PARTICIPATION,
} from '../importers/run-import.ts'
import { ICCS_FACTS, INSTRUMENTS, PARTICIPATIONS, STATE_CODES } from './facts.ts'

/**
 * Loads the project's own facts into a country's database: ICCS codes into each, treaties only into the depositary's. Does not
 * change rows that came from a publisher's file, and loads no facts of a kind once such a file was imported. The depositary says that
 * the facts are complete for the states that they name, and for no other. Loads all or nothing.
 * @returns the number of new rows.
 */
export function loadFacts(db: Database, country: string): Promise<number> {
  return db.transaction(async (tx) => {
    let inserted = 0
    if (!(await hasImported(tx, ICCS_IMPORTER))) {
      const rows = ICCS_FACTS.map((fact) => ({ ...fact, level: iccsLevel(fact.code), parent: iccsParent(fact.code) }))
      inserted += await insertMissingRows(tx, ICCS_CODE, rows)
    }
    if (country === DEPOSITARY && !(await hasImported(tx, TREATIES_IMPORTER))) {
      inserted += await insertMissingRows(
        tx,
        INSTRUMENT,
        INSTRUMENTS.map((instrument) => ({ ...instrument })),
      )
      inserted += await insertMissingRows(
        tx,
        PARTICIPATION,
        PARTICIPATIONS.map((fact) => ({ ...fact })),
      )
      const covered = STATE_CODES.map((key) => ({ subject: 'PARTICIPATIONS', key }))
      inserted += await insertMissingRows(tx, COVERAGE, covered)
    }
    return inserted
  })
}
