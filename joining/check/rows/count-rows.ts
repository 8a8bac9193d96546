import type { Database } from '../../../subgraphs/kit/types.ts'
import type { Finding } from '../finding.ts'
import type { RowCondition } from './conditions.ts'
import type { RowTable } from './tables.ts'

/** What is counted: a table, an expression that names one of its rows by ids, and how many rows of each condition are named. */
export interface CountedTable {
  readonly table: string
  readonly names: string
  readonly most: number
}

/** Runs a statement that may read a whole table: no leg waits for it. */
export function queryUnhurried<Row extends object>(
  db: Database,
  text: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  return db.transaction(async (transaction) => {
    await transaction.execute('set local statement_timeout = 0')
    return transaction.query<Row>(text, params)
  })
}

/**
 * Counts the rows that meet each condition, and names some of them, with one statement for each: the planner makes joins of `exists` and `not exists`,
 * which it cannot do of a filter.
 */
export async function countEach(
  db: Database,
  counted: CountedTable,
  conditions: readonly RowCondition[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const one of conditions) {
    const text = `select count(*)::float8 as count from ${counted.table} where ${one.condition}`
    const [row] = await queryUnhurried<{ count: number }>(db, text)
    findings.push(...(await toFinding(db, counted, one, row?.count ?? 0)))
  }
  return findings
}

/**
 * Reads a table once, counts the rows that meet each condition, and then names some of each. The database counts, so a table of any size takes no
 * memory here. `rows`: how many the table has.
 */
export async function countRows(
  db: Database,
  counted: CountedTable,
  conditions: readonly RowCondition[],
): Promise<{ readonly rows: number; readonly findings: readonly Finding[] }> {
  const counts = conditions.map(({ condition }, at) => `, count(*) filter (where ${condition})::float8 as c${at}`)
  const text = `select count(*)::float8 as rows${counts.join('')} from ${counted.table}`
  const [row = {}] = await queryUnhurried<Record<string, number>>(db, text)
  const findings: Finding[] = []
  for (const [at, one] of conditions.entries())
    findings.push(...(await toFinding(db, counted, one, row[`c${at}`] ?? 0)))
  return { rows: row.rows ?? 0, findings }
}

async function toFinding(
  db: Database,
  { table, names, most }: CountedTable,
  { condition, ...found }: RowCondition,
  count: number,
): Promise<readonly Finding[]> {
  if (count === 0) return []
  const text = `select ${names} as name from ${table} where ${condition} order by 1 limit ${most}`
  const named = await queryUnhurried<{ name: string | null }>(db, text)
  return [{ ...found, count, examples: named.map(({ name }) => name ?? '?') }]
}

/** A letter or digit of any script: an id may have it (contract/record-id.ts). */
const LETTER = /^[\p{L}\p{N}]$/u

/**
 * Finds the characters beyond ASCII in the ids of a table that no id may have, such as a dash that only looks like one. Most tables have none.
 * @returns them as the inside of a class of a regular expression of PostgreSQL: `\u2013\u00a0`.
 */
export async function findWrongLetters(db: Database, { table, ids }: RowTable): Promise<string> {
  const each = ids.map(({ column }) => `select ${column} as id from ${table} where ${column} ~ '[^\\u0001-\\u007f]'`)
  if (each.length === 0) return ''
  const rows = await queryUnhurried<{ letter: string }>(
    db,
    `select distinct letter from (${each.join(' union all ')}) as wide, regexp_split_to_table(wide.id, '') as letters(letter)
     where letter ~ '[^\\u0001-\\u007f]'`,
  )
  return rows
    .filter(({ letter }) => !LETTER.test(letter))
    .map(({ letter }) => `\\U${(letter.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`)
    .join('')
}
