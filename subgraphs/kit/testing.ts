import { randomBytes } from 'node:crypto'
import { formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER } from '../../contract/leg-salt.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import { type Prepared, preparedOnServer } from '../../service/prepared-database.ts'
import { areTestsFast, testServerUrl } from './config.ts'
import { openDatabase } from './database.ts'
import { createExecutor, type GraphQLAnswer, LIMITS } from './execute.ts'
import { createLoaders } from './loaders.ts'
import { bindCountry, migrate } from './migrate.ts'
import { buildNodeSchema } from './node-schema.ts'
import { BIND_READER, type RowVisibility, readAs } from './read-as.ts'
import type { Database, DomainModule, NodeContext } from './types.ts'

/** A fresh database for tests. */
export interface TestDatabase {
  readonly db: Database
  /** Closes the database, and drops it if it is on a server. */
  close(): Promise<void>
}

/**
 * Opens a fresh database, binds it to `country` and creates the tables of `domains`: on the server of {@link testServerUrl}, else in
 * PGlite in memory. A row that a test inserts without `shared_with` is shared with every task force; in a real database it is shared
 * with nobody.
 */
export async function openTestDatabase(
  domains: readonly Pick<DomainModule, 'domain' | 'migrations'>[],
  country: string,
): Promise<TestDatabase> {
  const empty = await openEmptyDatabase('country')
  try {
    await migrate(empty.db, domains)
    await bindCountry(empty.db, country)
    await shareByDefault(empty.db)
    return empty
  } catch (error) {
    await empty.close()
    throw error
  }
}

async function shareByDefault(db: Database): Promise<void> {
  const tables = await db.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_attribute join pg_class as c on c.oid = attrelid
     where attname = 'shared_with' and relkind in ('r', 'p')`,
  )
  await db.execute(
    tables.map(({ name }) => `alter table ${name} alter column shared_with set default '{*}';`).join(' '),
  )
}

/** Opens a fresh database without tables, unless `prepared` says otherwise. If it is on a server, `url` is set, so that a test can open it a second time. */
export async function openEmptyDatabase(
  prepared: Prepared = 'nothing',
): Promise<TestDatabase & { readonly url?: string }> {
  const server = testServerUrl()
  if (server === undefined) {
    const db = await openDatabase({ prepared })
    return { db, close: () => db.close() }
  }
  const name = `istmo_test_${randomBytes(8).toString('hex')}`
  const template = (prepared === 'country' && preparedOnServer()) || 'template0'
  await onServer(server, `create database ${name} encoding 'UTF8' template ${template}`)
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

/** What {@link recordStatements} returns: the statements so far, and the parameters of each. Both arrays grow with each statement. */
export interface RecordedStatements {
  readonly db: Database
  readonly statements: string[]
  readonly parameters: (readonly unknown[])[]
}

/** Wraps a database and records each statement that it runs, except those that bind a transaction to its reader. */
export function recordStatements(db: Database): RecordedStatements {
  const statements: string[] = []
  const parameters: (readonly unknown[])[] = []
  const note = (sql: string, params: readonly unknown[]): void => {
    statements.push(sql)
    parameters.push(params)
  }
  const wrap = (inner: Database): Database => ({
    ...inner,
    query(sql, params = []) {
      if (sql !== BIND_READER) note(sql, params)
      return inner.query(sql, params)
    },
    ...(inner.read && {
      read: (read, time) => {
        note(read.statement.text, read.statement.params)
        return inner.read?.(read, time) ?? Promise.reject(new Error('expected a database that reads'))
      },
    }),
    transaction: (work, time) => inner.transaction((transaction) => work(wrap(transaction)), time),
  })
  return { statements, parameters, db: wrap(db) }
}

/** The visibility of a leg that sees all rows of a test, also protected persons. */
export const TEST_SIGHT: RowVisibility = { taskForce: 'test', showsProtected: true }

/** The settings of {@link createTestExecutor}. */
export interface TestSettings extends Partial<Pick<NodeContext, 'countThreshold' | 'contactPoint'>> {
  /** Which rows a leg sees. If absent, it sees all rows. */
  readonly visibleRows?: RowVisibility
}

/** Makes an executor that answers GraphQL as a node of `country` does, but without HTTP and without a token. Each call is a new leg. */
export function createTestExecutor(
  module: DomainModule,
  db: Database,
  country: string,
  { visibleRows = TEST_SIGHT, ...settings }: TestSettings = {},
): (query: string, variables?: Readonly<Record<string, unknown>>) => Promise<GraphQLAnswer> {
  const inside: unknown[] = []
  const onInside = (error: unknown): void => void inside.push(error)
  const schema = buildNodeSchema(module)
  const execute = createExecutor(schema, LIMITS, onInside, null, undefined, areTestsFast())
  return async (query, variables) => {
    const answer = await execute(
      { query, variables },
      {
        country,
        db: readAs(db, visibleRows),
        claims: TEST_CLAIMS,
        loader: createLoaders(),
        notes: [],
        countThreshold: 1,
        contactPoint: null,
        ...settings,
      },
    )
    // A masked error would hide the cause from a test.
    if (inside.length > 0) throw inside[0]
    return answer
  }
}

/** The claims of a leg of a test. */
export const TEST_CLAIMS: LegClaims = {
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

/** Returns the header with a new salt, which each leg needs (contract/leg-salt.ts). */
export function newLegSalt(): Readonly<Record<string, string>> {
  return { [LEG_SALT_HEADER]: formatLegSalt(randomBytes(LEG_SALT_BYTES)) }
}
