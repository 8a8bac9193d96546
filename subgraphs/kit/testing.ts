import { randomBytes } from 'node:crypto'
import type { LegClaims } from '../../contract/leg-token.ts'
import { testServerUrl } from './config.ts'
import { openDatabase } from './database.ts'
import { createExecutor, type GraphQLAnswer } from './execute.ts'
import { LIMITS } from './limits.ts'
import { createLoaders } from './loaders.ts'
import { bindCountry, migrate } from './migrate.ts'
import { buildNodeSchema } from './node-schema.ts'
import { BIND_READER, type RowVisibility, readAs } from './read-as.ts'
import type { Database, DomainModule, NodeContext } from './types.ts'

/** What tests are given of a database: a fresh one, migrated and bound to a country. */
export interface TestDatabase {
  readonly db: Database
  /** Closes the database and drops it where it is on a server. */
  close(): Promise<void>
}

/** A fresh database of `country` with the tables of `domains`: on the server of {@link testServerUrl}, else PGlite in memory. */
export async function openTestDatabase(
  domains: readonly Pick<DomainModule, 'domain' | 'migrations'>[],
  country: string,
): Promise<TestDatabase> {
  const empty = await openEmptyDatabase()
  try {
    await migrate(empty.db, domains)
    await bindCountry(empty.db, country)
    return empty
  } catch (error) {
    await empty.close()
    throw error
  }
}

/** A fresh database without a table; `url` where it is on a server, so that a test can open it a second time. */
export async function openEmptyDatabase(): Promise<TestDatabase & { readonly url?: string }> {
  const server = testServerUrl()
  if (server === undefined) {
    const db = await openDatabase()
    return { db, close: () => db.close() }
  }
  const name = `istmo_test_${randomBytes(8).toString('hex')}`
  await onServer(server, `create database ${name} encoding 'UTF8' template template0`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const db = await openDatabase({ url: url.href })
  return {
    db,
    url: url.href,
    async close() {
      await db.close()
      await onServer(server, `drop database ${name} with (force)`)
    },
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const db = await openDatabase({ url })
  try {
    await db.execute(statement)
  } finally {
    await db.close()
  }
}

/** What {@link recordStatements} gives: the statements so far, and the parameters of each. */
export interface LoggedGatewayWorld {
  readonly db: Database
  readonly statements: string[]
  readonly parameters: (readonly unknown[])[]
}

/** A database that tells of each statement that is run through it, but for those that bind a transaction to its reader. */
export function recordStatements(db: Database): LoggedGatewayWorld {
  const statements: string[] = []
  const parameters: (readonly unknown[])[] = []
  const over = (inner: Database): Database => ({
    ...inner,
    query(sql, params = []) {
      if (sql !== BIND_READER) {
        statements.push(sql)
        parameters.push(params)
      }
      return inner.query(sql, params)
    },
    transaction: (work) => inner.transaction((transaction) => work(over(transaction))),
  })
  return { statements, parameters, db: over(db) }
}

/** A leg that sees all rows of a test, protected persons too. */
export const TEST_SIGHT: RowVisibility = { taskForce: 'test', showsProtected: true }

/** What {@link createTestExecutor} may be told. */
export interface TestSettings extends Partial<Pick<NodeContext, 'countThreshold' | 'contactPoint'>> {
  /** Which rows are seen; left out, all of them. */
  readonly visibleRows?: RowVisibility
}

/** Answers GraphQL as a node of `country` would, without HTTP and without a token; each call is a leg of its own. */
export function createTestExecutor(
  module: DomainModule,
  db: Database,
  country: string,
  { visibleRows = TEST_SIGHT, ...settings }: TestSettings = {},
): (query: string, variables?: Readonly<Record<string, unknown>>) => Promise<GraphQLAnswer> {
  const inside: unknown[] = []
  const execute = createExecutor(buildNodeSchema(module), LIMITS, (error) => inside.push(error), null)
  return async (query, variables) => {
    const answer = await execute(
      { query, variables },
      {
        country,
        db: readAs(db, visibleRows),
        claims: TEST_CLAIMS,
        loader: createLoaders(),
        countThreshold: 1,
        contactPoint: null,
        ...settings,
      },
    )
    // A masked error would hide from a test what went wrong.
    if (inside.length > 0) throw inside[0]
    return answer
  }
}

const TEST_CLAIMS: LegClaims = {
  iss: 'istmo',
  aud: 'GT',
  sub: 'test',
  iat: 0,
  exp: 60,
  jti: 'test',
  act: { sub: 'istmo' },
  op: '',
  scope: '',
}
