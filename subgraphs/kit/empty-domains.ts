import type { Database } from './types.ts'

/**
 * Lists the domains whose tables have no record: what a search there finds nothing in looks like a true «no». A record is a row with an `id`; what
 * migrations and triggers fill has none. Views over tables of the country count too.
 * @param domains the names of the domains, which are those of their schemas.
 * @throws {Error} if the database does not answer.
 */
export async function listEmptyDomains(db: Pick<Database, 'query'>, domains: readonly string[]): Promise<string[]> {
  const tables = await db.query<{ domain: string; table: string }>(
    `select n.nspname as domain, format('%I.%I', n.nspname, c.relname) as table
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attname = 'id' and not a.attisdropped
     where c.relkind in ('r', 'p', 'm', 'v') and n.nspname = any ($1) order by 1, 2`,
    [domains],
  )
  const byDomain = Map.groupBy(tables, ({ domain }) => domain)
  const empty: string[] = []
  for (const domain of domains) {
    const some = (byDomain.get(domain) ?? []).map(({ table }) => `exists (select from ${table})`)
    if (some.length === 0) continue
    const [row] = await db.query<{ filled: boolean }>(`select ${some.join(' or ')} as filled`)
    if (row?.filled === false) empty.push(domain)
  }
  return empty
}
