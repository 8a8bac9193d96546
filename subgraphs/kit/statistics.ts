import type { Database } from './types.ts'

/**
 * Tells PostgreSQL how many rows its tables have and how their values are spread. Without this it plans a statement as if the tables were
 * nearly empty, and a question over many rows can take minutes instead of milliseconds. A server does it by itself some time after a
 * load; PGlite never does. Whoever loads rows therefore calls this function after the load.
 */
export async function refreshStatistics(db: Database): Promise<void> {
  await analyze(db, 'true')
}

/**
 * Does the same for the tables of an embedded database whose statistics are missing, or were made when the table had another size. A start of a node
 * calls it, because a program may have filled the database without doing it.
 * @returns the tables that it looked at, in the order of their names.
 */
export async function refreshStaleStatistics(db: Database): Promise<readonly string[]> {
  // An index that is built also notes size and rows of its table, but no values. A partitioned table has no size of its own.
  return analyze(
    db,
    `(c.relkind = 'p' or c.reltuples < 0
      or c.relpages <> pg_relation_size(c.oid) / current_setting('block_size')::int
      or c.relpages > 0 and not exists (select from pg_stats where schemaname = n.nspname and tablename = c.relname))`,
  )
}

/**
 * Lists the tables of some size whose statistics are missing, or were made when the table was smaller than half of what it is. It changes nothing.
 */
export function listOldStatistics(db: Database): Promise<readonly string[]> {
  return listTables(
    db,
    `c.relkind in ('r', 'm') and pg_relation_size(c.oid) > 131072
      and (c.reltuples < 0 or 2 * c.relpages * current_setting('block_size')::bigint < pg_relation_size(c.oid)
        or not exists (select from pg_stats where schemaname = n.nspname and tablename = c.relname))`,
  )
}

async function analyze(db: Database, condition: string): Promise<readonly string[]> {
  const tables = await listTables(db, condition)
  if (tables.length > 0) await db.execute(`analyze ${tables.join(', ')}`)
  return tables
}

/** Lists the tables of this user for which a condition holds, in the order of their names. */
async function listTables(db: Database, condition: string): Promise<readonly string[]> {
  const rows = await db.query<{ table: string }>(
    `select format('%I.%I', n.nspname, c.relname) as table
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^(pg_|information_schema$)' and pg_has_role(c.relowner, 'USAGE')
       and ${condition}
     order by 1`,
  )
  return rows.map(({ table }) => table)
}
