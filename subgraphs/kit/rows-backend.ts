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

/** How long a statement of a leg may run on a server, in milliseconds. The gateway stops waiting long before. */
const STATEMENT_TIMEOUT_MS = 10_000

/** What {@link openRows} needs besides the node's settings. */
export interface RowsOptions {
  readonly modules: readonly DomainModule[]
  /** A database that is already open; closing the backend does not close it. Undefined for the database of the settings. */
  readonly db: Database | undefined
  readonly recognition: (claims: LegClaims) => LegRecognition
  readonly log: Logger
}

/**
 * Opens the backend that answers from the country's own rows: migrates the database and binds it to the country. Each leg reads the
 * rows that row-level security shows it.
 * @throws {Error} if the database cannot be opened, belongs to another country, or cannot filter its rows.
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
    notes: [],
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
        // GraphQL over HTTP: the status is 200 for each well-formed request in application/json, but 400 in its own media type if
        // nothing was executed.
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
