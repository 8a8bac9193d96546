import type { Logger } from 'pino'
import { IstmoError } from '../../contract/errors.ts'
import { createHitQuota } from '../../contract/hit-quota/hit-quota.ts'
import { createSqlHits } from '../../contract/hit-quota/sql-hits.ts'
import { checkClock, READ_CLOCK } from '../../service/clock-difference.ts'
import { type Backend, type BackendState, GRAPHQL_JSON, JSON_TYPE, type LegReply, type TakenLeg } from './backend.ts'
import { type CallerUsage, callerOf, createFairTurns, type FairTurns } from './caller-time.ts'
import type { NodeConfig } from './config.ts'
import { openDatabase } from './database.ts'
import { POOL_SIZE } from './database-server.ts'
import { listEmptyDomains } from './empty-domains.ts'
import { createExecutor, type GraphQLAnswer, LIMITS } from './execute.ts'
import { serveFolderCopies } from './folder-copies.ts'
import type { GuardedRequest } from './guard.ts'
import type { LiveRules } from './live-rules.ts'
import { createLoaders } from './loaders.ts'
import { loggable } from './loggable.ts'
import { bindCountry, migrate } from './migrate.ts'
import { checkReader, readAs } from './read-as.ts'
import { createDatabaseRowCounts } from './row-counts.ts'
import { createUnfitLog } from './row-values.ts'
import { type RowWatch, watchRows } from './row-watch.ts'
import { refreshStaleStatistics } from './statistics.ts'
import type { Database, DomainModule, NodeContext, Reader } from './types.ts'
import { createUnreachableLog, reportUnreachable } from './unreachable-database.ts'

/** The tables of migration 007. */
const HIT_TABLES = { searches: 'istmo.hit_search', secrets: 'istmo.hit_secret' }

/** What {@link openRows} needs besides the node's settings. */
export interface RowsOptions {
  readonly modules: readonly DomainModule[]
  /** A database that is already open; closing the backend does not close it. Undefined for the database of the settings. */
  readonly db: Database | undefined
  /** The rules in force: whom the country recognises, and how many rows a caller gets. */
  readonly live: Pick<LiveRules, 'current' | 'recognition'>
  readonly callerTime: CallerUsage
  readonly log: Logger
}

/**
 * Opens the backend that answers from the country's own rows: migrates the database and binds it to the country. Each leg reads the
 * rows that row-level security shows it.
 * @throws {Error} if the database cannot be opened, belongs to another country, or does not hide rows that a leg may not see.
 */
export async function openRows(config: NodeConfig, options: RowsOptions): Promise<Backend> {
  const { modules, live, log } = options
  const db = options.db ?? (await openConfigured(config))
  let watch: RowWatch | undefined
  const close = async (): Promise<void> => {
    watch?.close()
    if (!options.db) await db.close()
  }
  try {
    await migrate(db, modules)
    await bindCountry(db, config.country)
    await checkReader(db, [...config.domains, 'istmo'])
    // A server has rows analysed by itself. An embedded database may have been filled by a program that did not do it.
    if (config.databaseUrl === undefined && options.db === undefined) await refreshStaleStatistics(db)
    watch = await watchRows(db, modules, log)
  } catch (error) {
    await close()
    throw error
  }
  const rowCounts = createDatabaseRowCounts(db, () => live.current().rowsPerDay)
  const endCopies = serveCopies(config, options.db === undefined ? db : {}, log)
  const onInside = (error: unknown): void => log.error({ err: loggable(error) }, 'a field failed inside')
  const onUnfit = createUnfitLog(log, performance.now.bind(performance))
  const readerOf = createReaders(db, options)
  const contextOf = (leg: TakenLeg): LegContext => ({
    country: config.country,
    db: readerOf(leg),
    claims: leg.claims,
    loader: createLoaders(),
    notes: [],
    countThreshold: config.countThreshold,
    contactPoint: config.contactPoint,
    leg,
  })
  const hits = createHitQuota(createSqlHits(db.query.bind(db), HIT_TABLES), Date.now)
  return {
    rowCounts,
    hits,
    serve(domain, schema, check) {
      const checkRequest = (request: GuardedRequest, context: NodeContext): Promise<void> | undefined => {
        if (!isOfLeg(context)) throw new Error('expected the context of a leg')
        return check(request, context.leg)
      }
      const execute = createExecutor(schema, LIMITS, onInside, checkRequest, onUnfit, config.fast)
      return async (leg) => {
        if (watch?.problemOf(domain) !== undefined) throw new IstmoError('RECORDS_UNAVAILABLE')
        const answer = await execute(leg.request, contextOf(leg))
        return toReply(answer, leg)
      }
    },
    async ready() {
      await checkClock(async () => (await db.query<{ now_s: number }>(READ_CLOCK))[0]?.now_s ?? Number.NaN)
      for (const { domain } of modules) checkDomain(watch, domain)
    },
    state: () => readState(db, modules, watch),
    close: () => endCopies().then(rowCounts.close).then(hits.close).then(close),
  }
}

/** Makes the readers of legs, whose callers take turns at the connections. */
function createReaders(db: Database, { live, log, callerTime }: RowsOptions): (leg: TakenLeg) => Reader {
  const turns = createFairTurns(db.connections === undefined ? 1 : POOL_SIZE, callerTime)
  const onUnreachable = createUnreachableLog(log, performance.now.bind(performance))
  return ({ claims, time, pause }) => {
    const reader = readAs(inTurns(db, turns, callerOf(claims)), live.recognition(claims).visibleRows, time)
    return { ...reportUnreachable(reader, onUnreachable), pause }
  }
}

/** Lets a caller's legs read in turn with those of others. */
function inTurns(db: Database, turns: FairTurns, caller: string): Pick<Database, 'read' | 'transaction'> {
  const { read } = db
  return {
    transaction: (work, time) => turns.take(caller, time, () => db.transaction(work, time)),
    ...(read && { read: (one, time) => turns.take(caller, time, () => read(one, time)) }),
  }
}

/** The context with its leg, which a WeakMap would hold for longer (leg-memory.ts). */
interface LegContext extends NodeContext {
  readonly leg: TakenLeg
}

function isOfLeg(context: NodeContext): context is LegContext {
  return 'leg' in context
}

/** The last time of each import of a program of ours. */
const LAST_IMPORTS = `select importer as name, max(finished_at) as at from istmo.import_run group by 1 order by 1 limit 100`

/** The last time of each mapping that `istmo sync` ran. */
const LAST_SYNCS = `select name, last_at as at from istmo.sync_mapping where last_at is not null order by 1 limit 100`

async function listLastImports(db: Database): Promise<BackendState['lastImports']> {
  const [found] = await db.query<{ has: boolean }>(`select to_regclass('istmo.sync_mapping') is not null as has`)
  const imports = await db.query<{ name: string; at: string }>(LAST_IMPORTS)
  return found?.has === true ? [...imports, ...(await db.query<{ name: string; at: string }>(LAST_SYNCS))] : imports
}

async function readState(
  db: Database,
  modules: readonly DomainModule[],
  watch: RowWatch | undefined,
): Promise<BackendState> {
  const problems = modules.map(({ domain }) => {
    const found = watch?.problemOf(domain)
    return [domain, found === undefined ? null : `${found.table}: ${found.problem}. ${found.remedy}`] as const
  })
  // A database that does not answer is found by the legs.
  const lastImports = await listLastImports(db).catch(() => [])
  const names = modules.map(({ domain }) => domain)
  const empty = await listEmptyDomains(db, names).catch(() => [])
  return { connections: db.connections?.() ?? null, problems: Object.fromEntries(problems), empty, lastImports }
}

/** Writes the answer of a leg. @throws {IstmoError} `LEG_DEADLINE`, `RECORDS_UNAVAILABLE`. */
function toReply(answer: GraphQLAnswer, { takesGraphQLJson, time }: TakenLeg): LegReply {
  // Each field failed with this code by itself. The gateway gets it once, for the whole leg.
  if (time.isOver()) throw new IstmoError('LEG_DEADLINE')
  if (answer.errors?.some(({ extensions }) => extensions?.code === 'RECORDS_UNAVAILABLE')) {
    throw new IstmoError('RECORDS_UNAVAILABLE')
  }
  const text = JSON.stringify(answer)
  if (!takesGraphQLJson) return { status: 200, type: JSON_TYPE, text, data: answer.data }
  // GraphQL over HTTP: the status is 200 for each well-formed request in application/json, but 400 in its own media type if
  // nothing was executed.
  return { status: answer.data === undefined ? 400 : 200, type: GRAPHQL_JSON, text, data: answer.data }
}

/**
 * Checks that the tables of a domain are in order.
 * @throws {IstmoError} `RECORDS_UNAVAILABLE`. The message names the table and the remedy, and nothing of a row.
 */
function checkDomain(watch: RowWatch | undefined, domain: string): void {
  const found = watch?.problemOf(domain)
  if (found === undefined) return
  throw new IstmoError('RECORDS_UNAVAILABLE', `${domain}: ${found.table}: ${found.problem}. ${found.remedy}`)
}

/** Lets other processes have copies of an embedded database that is in a folder. @returns what ends that. */
function serveCopies(
  { databaseFolder: folder }: NodeConfig,
  { copyFolder }: Pick<Database, 'copyFolder'>,
  log: Logger,
): () => Promise<void> {
  if (folder === undefined || copyFolder === undefined) return () => Promise.resolve()
  return serveFolderCopies(folder, copyFolder, log).close
}

function openConfigured(config: NodeConfig): Promise<Database> {
  return openDatabase({ url: config.databaseUrl, folder: config.databaseFolder })
}
