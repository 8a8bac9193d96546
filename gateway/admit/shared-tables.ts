/** The tables that several gateways share, in one PostgreSQL database. */

/** A PostgreSQL database. Both `pg` and PGlite have this interface. */
export interface SharedDatabase {
  query(sql: string, parameters?: unknown[]): Promise<{ readonly rows: unknown[] }>
}

/** Seconds since the epoch by the database's clock, which all gateways share. Not `now()`: that does not advance during a wait for a row. */
export const DATABASE_CLOCK = 'extract(epoch from clock_timestamp())::double precision'

/** The code of PostgreSQL for a table that is not there (`undefined_table`). */
const UNDEFINED_TABLE = '42P01'

/**
 * Creates the tables that are missing. Rejects if the database rejects.
 * @param creates statements `create table if not exists NAME …`.
 * @returns the database for statements on these tables: if one of them is gone, such as after a restore without it, it is created again.
 */
export async function openTables(database: SharedDatabase, creates: readonly string[]): Promise<SharedDatabase> {
  const ensureTables = async (): Promise<void> => {
    for (const create of creates) await ensureTable(database, create)
  }
  await ensureTables()
  return {
    async query(...asked) {
      try {
        return await database.query(...asked)
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== UNDEFINED_TABLE) throw error
        await ensureTables()
        return database.query(...asked)
      }
    },
  }
}

/** Creates a table. A role that may use the table but not create it, and a second gateway at the same moment, find that it exists. */
async function ensureTable(database: SharedDatabase, create: string): Promise<void> {
  const [, table = ''] = /if not exists (\w+)/.exec(create) ?? []
  try {
    await database.query(create)
  } catch (error) {
    await database.query(`select from ${table} limit 0`).catch(() => {
      throw error
    })
  }
}
