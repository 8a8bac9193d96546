/** Hit searches that several gateways count together, in the PostgreSQL database in which they also count rates. */
import type { HitStore } from '../../contract/hit-quota/hit-quota.ts'
import { createSqlHits } from '../../contract/hit-quota/sql-hits.ts'
import { openTables, type SharedDatabase } from './shared-tables.ts'

const TABLES = { searches: 'istmo_hit_search', secrets: 'istmo_hit_secret' }

const CREATE_SEARCHES = `create table if not exists ${TABLES.searches} (caller text, day date, place int, search text not null, born text,
  names text[] not null, primary key (caller, day, place))`

const CREATE_SECRETS = `create table if not exists ${TABLES.secrets} (day date primary key, secret text not null)`

/** Opens the searches of the day in tables for them. Rejects if the database rejects. */
export async function openSharedHits(database: SharedDatabase): Promise<HitStore> {
  const { query } = await openTables(database, [CREATE_SEARCHES, CREATE_SECRETS])
  return createSqlHits(async (sql, params) => (await query(sql, [...params])).rows, TABLES)
}
