import type { SourceColumn, SourceColumnKind, SourceKey, SourceTable } from './source.ts'

/** Runs a statement without values. Each value comes as text. */
type Run = (sql: string) => Promise<{ readonly rows: readonly Record<string, string | null>[] }>

/** Tables, views and foreign tables that the user may select from, but those of the server itself. */
const RELATIONS = `
  select c.oid, case when pg_table_is_visible(c.oid) then c.relname else n.nspname || '.' || c.relname end as name,
    case when c.reltuples >= 0 and c.relkind in ('r', 'p', 'm') then c.reltuples::bigint end as rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    and n.nspname !~ '^(pg_|information_schema$)' and has_table_privilege(c.oid, 'select')`

const COLUMNS = `
  select a.attrelid as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, t.typcategory as category,
    a.attnotnull as required
  from pg_attribute a join pg_type t on t.oid = a.atttypid join (${RELATIONS}) r on r.oid = a.attrelid
  where a.attnum > 0 and not a.attisdropped order by a.attrelid, a.attnum`

const KEYS = `
  select k.conrelid as relation, k.contype as kind, k.confrelid as other,
    (select json_agg(a.attname order by u.n) from unnest(k.conkey) with ordinality as u(attnum, n)
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum)::text as columns,
    (select json_agg(a.attname order by u.n) from unnest(k.confkey) with ordinality as u(attnum, n)
      join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum)::text as others
  from pg_constraint k join (${RELATIONS}) r on r.oid = k.conrelid
  where k.contype in ('p', 'u', 'f') order by k.conrelid, k.contype <> 'p', k.conname`

/** Lists what a PostgreSQL source has, in the order of the names. */
export async function listPostgresqlTables(run: Run): Promise<readonly SourceTable[]> {
  const relations = (await run(RELATIONS)).rows
  const columns = Map.groupBy((await run(COLUMNS)).rows, ({ relation }) => relation)
  const keys = Map.groupBy((await run(KEYS)).rows, ({ relation }) => relation)
  const names = new Map(relations.map(({ oid, name }) => [oid ?? '', name ?? '']))
  return relations
    .map(({ oid, name, rows }) => ({
      name: name ?? '',
      columns: (columns.get(oid) ?? []).map(toColumn),
      keys: (keys.get(oid) ?? []).flatMap((key) => toKey(key, names)),
      estimatedRows: rows === null ? null : Number(rows),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function toColumn({ name, type, category, required }: Record<string, string | null>): SourceColumn {
  return {
    name: name ?? '',
    type: type ?? '',
    kind: readKind(type ?? '', category ?? ''),
    isNullable: required !== 'true',
  }
}

function toKey(
  { kind, columns, others, other }: Record<string, string | null>,
  names: ReadonlyMap<string, string>,
): readonly SourceKey[] {
  const own = JSON.parse(columns ?? '[]') as readonly string[]
  if (kind !== 'f') return [{ kind: kind === 'p' ? 'PRIMARY' : 'UNIQUE', columns: own }]
  // A key to a table that the user may not read helps nobody.
  const table = names.get(other ?? '')
  if (table === undefined) return []
  return [{ kind: 'FOREIGN', columns: own, references: { table, columns: JSON.parse(others ?? '[]') } }]
}

/** Reads what a type holds from its name and its category (pg_type.typcategory). */
export function readKind(type: string, category: string): SourceColumnKind {
  if (type === 'date') return 'date'
  if (type === 'bytea') return 'binary'
  if (/^timestamp/.test(type)) return 'time'
  if (category === 'N') return 'number'
  if (category === 'B') return 'boolean'
  return category === 'S' || category === 'E' ? 'text' : 'other'
}
