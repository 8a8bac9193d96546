import type { Database } from './types.ts'

/**
 * Tells PostgreSQL how many rows its tables have and how their values are spread. Without this it plans a statement as if the tables were
 * nearly empty, and a question over many rows can take minutes instead of milliseconds. A server does it by itself some time after a
 * load; PGlite never does. Whoever loads rows therefore calls this function after the load.
 */
export async function refreshStatistics(db: Database): Promise<void> {
  const [row] = await db.query<{ tables: string | null }>(
    `select string_agg(format('%I.%I', n.nspname, c.relname), ', ') as tables
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^(pg_|information_schema$)' and pg_has_role(c.relowner, 'USAGE')`,
  )
  if (row?.tables) await db.execute(`analyze ${row.tables}`)
}
