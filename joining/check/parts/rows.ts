import type { DatabaseContext } from '../context.ts'
import type { Finding } from '../finding.ts'
import { listConditions, readRowContract } from '../rows/conditions.ts'
import { countRows, findWrongLetters } from '../rows/count-rows.ts'
import { ROW_TABLES } from '../rows/tables.ts'

/** The tables without which a domain has nothing to answer. */
const MAIN = new Set(['cases.case_file', 'persons.person'])

/** Checks each value of each row beside the types of the contract. A node leaves a row that does not fit out of its answers. */
export async function checkRows({ db, modules, country, options }: DatabaseContext): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { domain, typeDefs } of modules) {
    for (const table of ROW_TABLES.filter((one) => one.domain === domain)) {
      const contract = readRowContract(typeDefs, country, await findWrongLetters(db, table))
      const place = { table: table.table, names: table.names, most: options.examples }
      const counted = await countRows(db, place, listConditions(table, contract))
      if (counted.rows === 0 && MAIN.has(table.table)) findings.push({ id: 'TABLE_EMPTY', place: table.table })
      findings.push(...counted.findings)
    }
  }
  return findings
}
