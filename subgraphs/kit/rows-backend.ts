import type { Logger } from 'pino'
import type { LegClaims } from '../../contract/leg-token.ts'
import { type Backend, GRAPHQL_JSON, JSON_TYPE } from './backend.ts'
import type { NodeConfig } from './config.ts'
import { openDatabase } from './database.ts'
import { createExecutor } from './execute.ts'
import type { LegRecognition } from './leg-recognition.ts'
import { LIMITS } from './limits.ts'
import { createLoaders } from './loaders.ts'
import { loggable } from './loggable.ts'
import { bindCountry, migrate } from './migrate.ts'
import { checkReader, readAs } from './read-as.ts'
import type { Database, DomainModule, NodeContext } from './types.ts'

/** How long a statement of a leg may run on a server, in milliseconds; the gateway has given up long before. */
const STATEMENT_TIMEOUT_MS = 10_000

/** What rows are opened with. */
export interface RowsOptions {
  readonly modules: readonly DomainModule[]
  /** A database that is open already; it stays open on close. Left out, that of the settings. */
  readonly db: Database | undefined
  readonly recognition: (claims: LegClaims) => LegRecognition
  readonly log: Logger
}

/**
 * Answers from the country's own rows: migrates its database and binds it to the country. Each leg reads what row-level security shows it.
 * @throws {Error} when the database cannot be had or is another country's, or its rows cannot be filtered.
 */
export async function openRows(config: NodeConfig, options: RowsOptions): Promise<Backend> {
  const { modules, recognition, log } = options
  const db = options.db ?? (await openConfigured(config))
  const close = async (): Promise<void> => {
    if (!options.db) await db.close()
  }
  try {
    await migrate(db, modules)
    await bindCountry(db, config.country)
    await checkReader(db, config.domains)
  } catch (error) {
    await close()
    throw error
  }
  const onInside = (error: unknown): void => log.error({ err: loggable(error) }, 'a field failed inside')
  const contextOf = (claims: LegClaims): NodeContext => ({
    country: config.country,
    db: readAs(db, recognition(claims).visibleRows),
    claims,
    loader: createLoaders(),
    countThreshold: config.countThreshold,
    contactPoint: config.contactPoint,
  })
  return {
    serve(_domain, schema, check) {
      const execute = createExecutor(schema, LIMITS, onInside, (request, { claims }) => check(request, claims))
      return async ({ request, claims, takesGraphQLJson }) => {
        const answer = await execute(request, contextOf(claims))
        const text = JSON.stringify(answer)
        if (!takesGraphQLJson) return { status: 200, type: JSON_TYPE, text, data: answer.data }
        // GraphQL over HTTP: application/json says 200 for every well-formed request, its own type 400 where nothing was executed.
        return { status: answer.data === undefined ? 400 : 200, type: GRAPHQL_JSON, text, data: answer.data }
      }
    },
    ready: async () => void (await db.query('select 1')),
    close,
  }
}

function openConfigured(config: NodeConfig): Promise<Database> {
  return openDatabase({
    url: config.databaseUrl,
    folder: config.databaseFolder,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
}
