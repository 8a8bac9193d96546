import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { openIndexDatabase } from '../../audit/index/database.ts'
import type { AuthorityDatabase } from '../../authority/store/projector.ts'
import { testServerUrl } from '../../subgraphs/kit/config.ts'

/** A fresh database of an authority, which can be away. */
export interface TestAuthorityDatabase {
  /** Opens the database, as often as the test starts an authority. Its rows stay. */
  readonly open: () => Promise<AuthorityDatabase>
  /** From now on, each statement fails as if the database could not be reached, or succeeds again. */
  readonly setAway: (isAway: boolean) => void
  readonly remove: () => Promise<void>
}

/** Makes a fresh database: on the server of ISTMO_TEST_DATABASE_URL, else PGlite in memory. */
export async function createTestDatabase(): Promise<TestAuthorityDatabase> {
  const server = testServerUrl()
  const name = `istmo_test_${randomBytes(8).toString('hex')}`
  if (server !== undefined) await onServer(server, `create database ${name} encoding 'UTF8' template template0`)
  const url = server === undefined ? undefined : new URL(`/${name}`, server).href
  const db = await openIndexDatabase(url)
  let isAway = false
  const check = (): void => {
    if (isAway) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  }
  const guarded: AuthorityDatabase = {
    query: async (text, params) => {
      check()
      return db.query(text, params)
    },
    transaction: async (work) => {
      check()
      return db.transaction(async (within) =>
        work({
          ...within,
          query: async (text, params) => {
            check()
            return within.query(text, params)
          },
        }),
      )
    },
    // The rows of a database in memory must outlive the authority.
    close: async () => undefined,
  }
  return {
    open: async () => guarded,
    setAway: (away) => {
      isAway = away
    },
    async remove() {
      await db.close()
      if (server !== undefined) await onServer(server, `drop database ${name} with (force)`)
    },
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
