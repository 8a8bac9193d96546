/** Opens the log, the database that follows it, and the mandates. */
import type { Logger } from 'pino'
import { createLogWitnesses, readTrustPolicy } from '../../service/audit-log/witnessed-log.ts'
import { FORGETFUL, findForgetfulReplication } from '../../service/forgetful-replication.ts'
import { readVersion } from '../../service/version.ts'
import type { KeyRing } from '../keys/signing-keys.ts'
import { type AuthorityLog, openAuthorityLog } from '../log/authority-log.ts'
import { createProver, type MandateWorld, type OpenedMandates } from '../mandates/mandates.ts'
import { type OpenedReveals, openReveals } from '../reveal/reveals.ts'
import type { RevealPins } from '../settings/reveal-settings.ts'
import type { AuthoritySettings } from '../settings/settings.ts'
import { type AuthoritySuspensions, openAuthoritySuspensions } from '../suspensions/suspensions.ts'
import type { ReadProviderToken } from '../tokens/officer.ts'
import {
  type AuthorityDatabase,
  type NotedEntry,
  openAuthorityDatabase,
  openProjector,
  type Projector,
} from './projector.ts'
import { deleteEndedGrants, deleteEndedUses, GRANTS, REVEALS } from './rows.ts'

/** How often rows of tokens that ended are deleted, in milliseconds. The log keeps their entries. */
const TIDY_EVERY_MS = 60_000

/** How long the row of a grant stays after its token has ended, in seconds. */
const KEPT_GRANT_S = 3_600

/** What {@link openStore} works with. */
export interface StoreOptions {
  readonly settings: AuthoritySettings
  /** The URL of a PostgreSQL server; undefined for the embedded database. */
  readonly databaseUrl?: string | undefined
  readonly keys: KeyRing
  readonly log: Logger
  /** Called when it is known what is suspended, before the authority takes anything. */
  readonly onSuspensions: (suspensions: AuthoritySuspensions) => void
  readonly readProviderToken: ReadProviderToken
  /** Returns the keys by which officers are revealed; null without them. */
  readonly revealPins: () => RevealPins | null
  /** Opens the mandates on the log. */
  readonly openMandates: (world: MandateWorld) => Promise<OpenedMandates>
  /** Opens the database. Default: {@link openAuthorityDatabase}. */
  readonly openDatabase?: ((place: string, log: Logger) => Promise<AuthorityDatabase>) | undefined
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** The log, the database that follows it, and the mandates. */
export interface Store {
  readonly authorityLog: AuthorityLog
  readonly db: AuthorityDatabase
  readonly projector: Projector
  readonly mandates: OpenedMandates
  readonly suspensions: AuthoritySuspensions
  readonly reveals: OpenedReveals
  readonly close: () => Promise<void>
}

/**
 * Opens the store. The rows of each entry of the log are written when it resolves.
 * @throws {ConfigError} if a file that a setting names cannot be used, or if a witness proves that the log was set back.
 * @throws {FolderInUseError} if another process has the log or the embedded database.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { settings, databaseUrl, keys, log, now, openMandates, openDatabase = openAuthorityDatabase } = options
  let projector: Projector | undefined
  let suspensions: AuthoritySuspensions | undefined
  const onWritten = (entries: readonly NotedEntry[]): void => {
    projector?.note(entries)
    suspensions?.note(entries)
  }
  const kids = keys.published().flatMap(({ kid }) => kid ?? [])
  const policy = await readTrustPolicy(settings.trustPolicy)
  const consequence = 'the authority gives no token any more'
  const witnesses = createLogWitnesses({ policy, consequence, log, now })
  const facts = { version: readVersion(), keys: kids }
  const authorityLog = await openAuthorityLog({ settings, ...facts, log, witnesses, onWritten, now })
  const closing: (() => unknown)[] = [authorityLog.recorder.close]
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step()
  }
  try {
    const db = await openDatabase(databaseUrl ?? settings.database, log)
    closing.push(db.close)
    if (databaseUrl !== undefined) await warnOfReplication(db, log)
    projector = await openProjector(db, authorityLog.followed, [GRANTS, REVEALS], now)
    closing.push(startTidying({ db, projector, size: authorityLog.followed.size, now }))
    const running = witnesses.begin(authorityLog.recorder.entries)
    closing.push(running.close)
    suspensions = await openAuthoritySuspensions({ settings, authorityLog, keys, log, now })
    closing.push(suspensions.close)
    options.onSuspensions(suspensions)
    const { readProviderToken } = options
    const world = { settings, authorityLog, policy, findSuspension: suspensions.find, readProviderToken, log, now }
    const opened = await openMandates(world)
    closing.push(async () => opened.close?.())
    const collect = policy === null ? null : running.collect
    const onUnproved = (country: string): void => {
      const witnesses = settings.mandates.witnesses[country] ?? []
      log.warn({ country, witnesses }, witnesses.length === 0 ? NOT_LISTED : NOT_COSIGNED)
    }
    const mandates = { ...opened, prove: createProver(opened, collect, onUnproved) }
    const reveals = openReveals({ ...world, db, projector, pins: options.revealPins })
    closing.push(reveals.close)
    return { authorityLog, db, projector, mandates, reveals, suspensions, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The log has all rows but those of used assertions and proofs (docs/authority.md). */
async function warnOfReplication(db: AuthorityDatabase, log: Pick<Logger, 'warn'>): Promise<void> {
  const forgetful = await findForgetfulReplication((sql) => db.query(sql))
  if (forgetful === null) return
  log.warn({ why: FORGETFUL[forgetful] }, 'a failover of the database may forget which assertions and proofs were used')
}

/** Why a country gets no proof of a mandate, for the operator. Its node then believes no officer of this authority (`CALLER_NOT_VERIFIED`). */
const NOT_LISTED =
  'this country gets no proof of a mandate, so its node answers no officer: expected its witness in mandates.witnesses; came none. Add it there and to trustPolicy'
const NOT_COSIGNED =
  'this country gets no proof of a mandate, so its node answers no officer: expected a cosignature of one of these witnesses under the log of this authority; none of them has cosigned. Start one of them, and see that it watches this log'

/** Brings the rows up to the log once a second, and deletes those of ended tokens once a minute. Returns what ends it. */
function startTidying({ db, projector, size, now }: TidyParts): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let tidiedAt = now()
  const tidy = async (): Promise<void> => {
    await projector.reach(size())
    if (Math.abs(now() - tidiedAt) < TIDY_EVERY_MS) return
    tidiedAt = now()
    await deleteEndedUses(db.query, now() / 1_000)
    await deleteEndedGrants(db.query, now() / 1_000 - KEPT_GRANT_S)
  }
  let isRunning = false
  const timer = setInterval(() => {
    if (isRunning) return
    isRunning = true
    // While the database is away, requests say so. The next look tries again.
    running = tidy()
      .catch(() => undefined)
      .finally(() => {
        isRunning = false
      })
  }, 1_000).unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}

interface TidyParts {
  readonly db: AuthorityDatabase
  readonly projector: Projector
  readonly size: () => number
  readonly now: () => number
}
