/** Opens what limits requests: the limits, rates and trusted documents that the settings name. */

import { readFile } from 'node:fs/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { createHitQuota, type HitQuota } from '../../contract/hit-quota/hit-quota.ts'
import { createMemoryHits } from '../../contract/hit-quota/memory-hits.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { createMemoryRowCounts, type RowCounts } from '../../contract/row-quota/row-quota.ts'
import { FIELD_WEIGHTS } from '../../contract/weights.ts'
import { CLOCK_REMEDY } from '../../service/clock-difference.ts'
import { ConfigError } from '../../service/config-error.ts'
import { explainCode } from '../../service/describe-connection.ts'
import { FORGETFUL, findForgetfulReplication } from '../../service/forgetful-replication.ts'
import { watchFiles } from '../../service/watch-files.ts'
import { createAdmission } from '../admit/admission.ts'
import { type DocumentList, type DocumentsSettings, isListed, parseDocumentList } from '../admit/documents.ts'
import { createFallbackHits, limitHits } from '../admit/limit-hits.ts'
import { limitLegs } from '../admit/limit-legs.ts'
import { limitOperations } from '../admit/limit-operations.ts'
import { limitRows } from '../admit/limit-rows.ts'
import { createFallbackBuckets, createMemoryBuckets, type TakeToken } from '../admit/rate.ts'
import { createSharedBuckets, openSharedHits, type SharedDatabase } from '../admit/shared-buckets.ts'
import { createSharedReadiness, type SharedState, type SharedUnready } from '../admit/shared-readiness.ts'
import { openSharedReplays, type SharedReplays } from '../admit/shared-replays.ts'
import { createFallbackRowCounts, createSharedRowCounts } from '../admit/shared-row-counts.ts'
import type { Engine } from '../pipeline/engine.ts'
import type { Layer } from '../pipeline/layers.ts'
import type { Leg, SendLeg } from '../types/flow.ts'
import type { Admission } from '../types/front.ts'
import type { Participant } from '../types/participant.ts'
import type { LimitConfig } from './limit-settings.ts'
import type { GraphFiles } from './load-graph.ts'

/** How long the shared database may take for one token, in milliseconds: a count must not be slower than an answer. */
const DATABASE_DEADLINE_MS = 500

/** The limits before and around the engine. */
export interface RequestLimits {
  readonly admission: Admission
  /** Returns why the gateway should get no requests now, as a code; null if it can accept them, or shares nothing. Never rejects. */
  readonly unready: () => Promise<SharedUnready | null>
  /** The used DPoP proofs that gateways share; null if each gateway remembers its own. */
  readonly replays: SharedReplays | null
  /** Sends legs to a country no faster than its rate, and bounds those of one request and one caller. */
  readonly limitLegs: Layer<SendLeg>
  /** Gives a caller no more rows of a country a day than its quota allows. `participantOf` returns a participant's settings now in force. */
  readonly limitRows: (participantOf: (country: string) => Participant | undefined) => Layer<SendLeg>
  /** Sends no hit search of a caller whose searches of the day are spent. */
  readonly limitHits: Layer<SendLeg>
  /** Whether a text is one of the trusted documents. It is not if the gateway has no list of them. */
  readonly isTrusted: (source: string) => boolean
  /** Returns the texts of the trusted documents now. */
  readonly listTrusted: () => readonly string[]
  /** Rejects an operation that would cost too much, before it is planned. `files`: the files from which the engine was built. */
  readonly limitOperations: (files: GraphFiles) => Layer<Engine>
  /** Reads the trusted documents again. Never rejects: a malformed list changes nothing, and the log says so. */
  reload(): Promise<void>
  /** Releases the database and the files. */
  close(): Promise<void>
}

/** Called when a limit has an effect, so that the metrics can count it. */
export interface LimitHooks {
  /** A document passed although it is not listed. */
  readonly onUnlisted: () => void
  /** The trusted documents changed. */
  readonly onReloaded?: () => void
  /** A leg was not sent, because the gateway asks its country too often. */
  readonly onUnsent: (leg: Leg, outcome: Outcome) => void
}

/**
 * Opens the trusted documents and the rates that the settings name.
 * @throws {ConfigError} if the documents cannot be read, or if the database’s address, user, name or rights are wrong; {Error} if it is away at the start.
 */
export async function openRequestLimits(config: LimitConfig, log: Logger, hooks: LimitHooks): Promise<RequestLimits> {
  const documents = await openDocuments(config, log, hooks)
  const shared = await openBuckets(config, log)
  const { takeToken } = shared
  const takeCost = createMemoryBuckets()
  const hits = limitHits({ quota: shared.hits, hitsPerDay: config.hitsPerDay, onUnsent: hooks.onUnsent })
  return {
    unready: shared.unready,
    replays: shared.replays,
    admission: createAdmission({ ...config, takeToken, documents: documents.settings }),
    isTrusted: (source) => {
      const settings = documents.settings()
      return settings !== null && isListed(source, settings.list)
    },
    listTrusted: () => [...(documents.settings()?.list.values() ?? [])],
    limitLegs: (sendLeg) => limitLegs(sendLeg, { ...config, takeToken, onUnsent: hooks.onUnsent }),
    limitRows: (participantOf) => {
      const rowsPerDayOf = (country: string) => participantOf(country)?.rowsPerDay ?? config.rowsPerDay
      return (sendLeg) => limitRows(sendLeg, { counts: shared.rowCounts, rowsPerDayOf, onUnsent: hooks.onUnsent })
    },
    limitHits: hits.layer,
    limitOperations: ({ supergraphSdl, participants }) => {
      // The fields of another graph only may have the same names.
      const fieldWeights = participants.length > 0 ? FIELD_WEIGHTS : {}
      return (engine) => {
        const limits = {
          ...config,
          apiSchema: engine.apiSchema,
          supergraphSdl,
          fieldWeights,
          takeToken,
          takeCost,
          hits,
        }
        return { ...engine, execute: limitOperations(engine.execute, limits) }
      }
    },
    reload: documents.reload,
    async close() {
      documents.close()
      await shared.close()
    },
  }
}

/** What several gateways count together; a gateway without a shared database has its own. */
interface SharedCounts {
  readonly takeToken: TakeToken
  readonly rowCounts: RowCounts
  readonly hits: HitQuota
  readonly replays: SharedReplays | null
  readonly unready: RequestLimits['unready']
  close(): Promise<void>
}

async function openBuckets({ sharedDatabase }: LimitConfig, log: Logger): Promise<SharedCounts> {
  const own = createHitQuota(createMemoryHits(), Date.now)
  if (sharedDatabase === null) {
    log.info(
      'rows and hit searches are counted in memory: without --shared-database, a restart begins the quotas of today again',
    )
    const [takeToken, rowCounts] = [createMemoryBuckets(), createMemoryRowCounts()]
    const nothing = { replays: null, unready: async () => null, close: async () => own.close() }
    return { takeToken, rowCounts, hits: own, ...nothing }
  }
  const pool = new pg.Pool({
    connectionString: sharedDatabase,
    connectionTimeoutMillis: DATABASE_DEADLINE_MS,
    query_timeout: DATABASE_DEADLINE_MS,
  })
  // The pool emits `error` if an idle connection breaks, and makes another one. Without a listener, that would end the process.
  pool.on('error', () => undefined)
  const counts = logOutages(log, 'rates and rows are not shared', 'rates and rows are shared again')
  const proofs = logOutages(
    log,
    'tokens that are bound to a key are not accepted',
    'tokens that are bound to a key are accepted again',
  )
  try {
    const failed = (part: string) => (error: unknown) => counts.failed(part, error)
    const takeToken = createFallbackBuckets(await createSharedBuckets(counts.watch('rates', pool)), failed('rates'))
    const replays = await openSharedReplays(pool, {
      onFailure: (error) => proofs.failed('proofs', error),
      onNoted: () => proofs.back('proofs'),
    })
    const rowCounts = createFallbackRowCounts(await createSharedRowCounts(counts.watch('rows', pool)), failed('rows'))
    const forgetful = await findForgetfulReplication(async (sql) => (await pool.query(sql)).rows)
    if (forgetful !== null)
      log.warn(
        { why: FORGETFUL[forgetful] },
        'a failover of --shared-database may forget rates, the rows of today and used proofs',
      )
    const unready = createSharedReadiness({ clock: replays.clock, onChange: (state) => logReadiness(log, state) })
    // What is wrong from the start is in the log, though nobody asks whether the gateway is ready.
    await unready()
    const sharedHits = createHitQuota(await openSharedHits(counts.watch('hits', pool)), Date.now)
    const hits = createFallbackHits(sharedHits, own, failed('hits'))
    const close = (): Promise<void> => {
      hits.close()
      return pool.end()
    }
    return { takeToken, rowCounts, hits, replays, unready, close }
  } catch (cause) {
    own.close()
    await pool.end()
    // A database that is away comes back: exit code 1, after which systemd starts the gateway again. A machine that starts both has either first.
    const Unusable = isWrongSetting(cause) ? ConfigError : Error
    throw new Unusable(`--shared-database (SHARED_DATABASE_URL): ${describeUnusable(cause)}`, { cause })
  }
}

function logOutages(log: Logger, away: string, back: string): OutageLog {
  return createOutageLog(
    (error) => {
      const { code } = error as NodeJS.ErrnoException
      const remedy = explainCode('connection', code)
      log.error({ code, ...(remedy && { remedy }) }, `${away}: the shared database is not available`)
    },
    () => log.info(`${back}: the shared database answers`),
  )
}

function logReadiness(log: Logger, { code, aheadMs, error }: SharedState): void {
  if (code === null) log.info('ready: the shared database answers, and its clock is this machine’s')
  else if (code === 'CLOCK_WRONG') log.error({ code, aheadMs, remedy: CLOCK_REMEDY }, 'not ready: a clock is wrong')
  else {
    const remedy = 'Look whether the database of --shared-database runs, takes writes, and gives this role its rights.'
    log.error({ code, came: (error as NodeJS.ErrnoException).code, remedy }, 'not ready: the shared database is away')
  }
}

/** Whether a database rejects for what does not change by itself: an address that cannot be read, a user, a password, a name or a right (SQLSTATE 28, 3D, 42). */
function isWrongSetting(cause: unknown): boolean {
  return /^(ERR_INVALID_URL|28|3D|42)/.test((cause as NodeJS.ErrnoException).code ?? '')
}

/** Says what came instead of a database, by its code: the address, and a message of the database, may hold a password or a name. */
function describeUnusable(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ERR_INVALID_URL') {
    return 'expected postgres://USER@HOST:PORT/DATABASE with one host; came what cannot be read as an address. Write a password with %40 for @, %2F for / and so on'
  }
  const came = code ?? `no answer within ${DATABASE_DEADLINE_MS} ms`
  const known = explainCode('connection', code)
  const remedy = known
    ? `: ${known}`
    : '. Look whether it runs, and whether its address, user, password and rights are right.'
  return `expected a PostgreSQL database that the gateway can reach and write to; came ${came}${remedy}`
}

/** The current trusted documents; null if a caller may ask any document. */
interface Documents {
  readonly settings: () => DocumentsSettings | null
  readonly reload: () => Promise<void>
  close(): void
}

async function openDocuments(
  { documentsFile, documentsMode }: LimitConfig,
  log: Logger,
  { onUnlisted: onPassed, onReloaded }: LimitHooks,
): Promise<Documents> {
  if (documentsFile === null) return { settings: () => null, reload: async () => {}, close() {} }
  const onUnlisted = (hash: string): void => {
    log.warn({ document: hash }, 'document not listed')
    onPassed()
  }
  const use = (list: DocumentList): DocumentsSettings => ({ list, mode: documentsMode, onUnlisted })
  let settings = use(await readDocuments(documentsFile))
  const reload = async (): Promise<void> => {
    try {
      settings = use(await readDocuments(documentsFile))
      log.info({ documents: settings.list.size }, 'trusted documents reloaded')
      onReloaded?.()
    } catch (error) {
      log.error({ err: error }, 'trusted documents not reloaded; the last good ones stay in force')
    }
  }
  return {
    settings: () => settings,
    reload,
    close: watchFiles({ file: documentsFile, folder: null }, () => void reload(), log),
  }
}

async function readDocuments(file: string): Promise<DocumentList> {
  try {
    return parseDocumentList(await readFile(file, 'utf8'))
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
    throw new ConfigError(`${file}: expected trusted documents: ${reason}. Correct --documents (DOCUMENTS_FILE).`, {
      cause,
    })
  }
}

/** Says once that the parts of a shared database are away, and once that they are back: a database that is away fails several statements of each request. */
interface OutageLog {
  /** Returns the database for one part. Each statement that it answers says that the part is back. */
  readonly watch: (part: string, database: SharedDatabase) => SharedDatabase
  /** Takes the failure of a part. */
  readonly failed: (part: string, error: unknown) => void
  /** Takes that a part was answered. */
  readonly back: (part: string) => void
}

/**
 * Creates the log of the outages.
 * @param onAway called with the cause when the first part fails.
 * @param onBack called when each part that failed has been answered again.
 */
export function createOutageLog(onAway: (error: unknown) => void, onBack: () => void): OutageLog {
  const away = new Set<string>()
  const back = (part: string): void => {
    if (away.delete(part) && away.size === 0) onBack()
  }
  return {
    watch: (part, database) => ({
      async query(...asked) {
        const answer = await database.query(...asked)
        back(part)
        return answer
      },
    }),
    failed(part, error) {
      if (away.size === 0) onAway(error)
      away.add(part)
    },
    back,
  }
}
