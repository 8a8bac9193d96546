import type { Migration } from '../../subgraphs/kit/migrate.ts'
import type { Database } from '../../subgraphs/kit/types.ts'

/** What a migration that has not run yet will do to a database, as far as its text and the size of the tables tell. */
export interface PlannedMigration {
  readonly name: string
  /** Its first sentences: each migration says at its top what it is for. */
  readonly purpose: string
  /** The tables that it rewrites or reads as a whole, with the number of their rows as the server estimates it. */
  readonly tables: readonly { readonly table: string; readonly rows: number }[]
  /** How long it may take, in seconds, at the pace of {@link ROWS_PER_SECOND}. */
  readonly seconds: number
}

/** How many rows a second a server rewrites or indexes at least: a slow disk, and an index of words. */
export const ROWS_PER_SECOND = 20_000

/** Statements that read or write each row of a table that exists already. */
const WHOLE_TABLE = [
  /\bcreate\s+(?:unique\s+)?index\s+(?:if not exists\s+)?(?:\w+\s+)?on\s+(?:only\s+)?([\w."]+)/gi,
  /\balter\s+table\s+(?:if exists\s+)?(?:only\s+)?([\w."]+)[^;]*?\b(?:generated\s+always|alter\s+column\s+\w+\s+(?:set\s+data\s+)?type|set\s+not\s+null|add\s+(?:constraint|check|primary|unique|foreign)|default)/gi,
  /\bupdate\s+([\w."]+)\s+(?:as\s+\w+\s+|\w+\s+)?set\b/gi,
  /\binsert\s+into\s+[\w."]+[^;]*?\bselect\b[^;]*?\bfrom\s+([\w."]+)/gi,
  /\bdelete\s+from\s+([\w."]+)/gi,
] as const

/** Plans the migrations that a database has not run yet, without running them. */
export async function planMigrations(
  db: Database,
  waiting: readonly Migration[],
): Promise<readonly PlannedMigration[]> {
  const planned: PlannedMigration[] = []
  for (const { name, sql } of waiting) {
    const tables: { table: string; rows: number }[] = []
    for (const table of listWholeTables(sql)) {
      const rows = await estimateRows(db, table)
      if (rows !== null) tables.push({ table, rows })
    }
    const total = tables.reduce((sum, { rows }) => sum + rows, 0)
    planned.push({ name, purpose: readPurpose(sql), tables, seconds: Math.ceil(total / ROWS_PER_SECOND) })
  }
  return planned
}

/** Lists the tables whose rows the statements of a migration go through, each once. */
export function listWholeTables(sql: string): readonly string[] {
  const code = sql.replace(/--.*$/gm, '')
  const found = WHOLE_TABLE.flatMap((form) => [...code.matchAll(form)].map(([, table = '']) => table))
  return [...new Set(found)].sort()
}

/** Reads the first paragraph of the comment at the top of a migration. */
export function readPurpose(sql: string): string {
  const lines = sql.trimStart().split('\n')
  const end = lines.findIndex((line) => !line.startsWith('--') || line.slice(2).trim() === '')
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.slice(2).trim())
    .join(' ')
}

/** Estimates the rows of a table as the server’s planner does. Null if there is no such table yet. */
async function estimateRows(db: Database, table: string): Promise<number | null> {
  const [row] = await db.query<{ rows: number | null; isTable: boolean }>(
    `select greatest(c.reltuples, 0)::float8 as rows, c.relkind in ('r', 'p', 'm') as "isTable"
     from pg_class c where c.oid = to_regclass($1)`,
    [table],
  )
  return row === undefined || row.rows === null || !row.isTable ? null : Math.round(row.rows)
}
