/** `istmo authority`: puts the parts of a mandate authority together and runs it. */
import pino from 'pino'
import type { EntryOf } from '../contract/audit-log/entry.ts'
import { createNonces, type Nonces, type ProofWorld } from '../service/authenticate/dpop-proof.ts'
import { settleDangers } from '../service/dangers.ts'
import { describeError } from '../service/describe-error.ts'
import { replaceTls } from '../service/http/http-server.ts'
import { endConnections, formatOrigin, listen, stopServer } from '../service/http/listen.ts'
import { stopOnSignals } from '../service/stop-on-signals.ts'
import { readDatabaseUrl, warnOfMisspeltSettings } from './config.ts'
import { readBuiltFiles } from './console/console-routes.ts'
import { createExportAnswer, type ExportFacts, type NotedExport } from './console/note-export.ts'
import { listAuthorityDangers } from './dangers.ts'
import type { FindSuspension } from './doors.ts'
import { type KeyRing, openKeyRing } from './keys/signing-keys.ts'
import { createCommitGroup } from './log/authority-log.ts'
import { openAuthorityMandates } from './mandates/mandates.ts'
import { type AuthorityFiles, openAuthorityFiles } from './open-files.ts'
import { listRoutes } from './routes.ts'
import { createAuthorityServer } from './server.ts'
import { openTlsFiles } from './settings/files.ts'
import { readAuthoritySettings } from './settings/settings.ts'
import { openStore, type Store, type StoreOptions } from './store/open-store.ts'
import { createUses, findGrant } from './store/rows.ts'
import type { AuthoritySuspensions } from './suspensions/suspensions.ts'
import { createOfficerRefs } from './tokens/officer.ts'
import { createTokenEndpoint } from './tokens/token-endpoint.ts'

/** What {@link startAuthority} works with. */
export interface AuthorityOptions
  extends Omit<StoreOptions, 'keys' | 'readProviderToken' | 'onSuspensions' | 'revealPins' | 'now'> {
  readonly isDevelopment: boolean
  /** Returns milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
}

/** A running authority. */
export interface Authority {
  /** Its address, without a path. */
  readonly url: string
  /** The verifier key of its log when it started. */
  readonly vkey: string
  /** Reads the files of clients, providers and signing keys again. Keeps what it has if one is wrong, and rejects with what is wrong. */
  readonly reload: () => Promise<void>
  /** From now on, `/health/ready` says that the authority stops, and each answer ends its connection. It answers as before. */
  readonly drain: () => void
  /** Lets running requests finish, and releases the folders. */
  readonly close: () => Promise<void>
}

/**
 * Starts a mandate authority. It answers when its database has the rows of each entry of its log.
 * @throws {ConfigError} if a setting or a file is wrong, or if the configuration is dangerous.
 */
export async function startAuthority(options: AuthorityOptions): Promise<Authority> {
  const { settings, log, isDevelopment, now = Date.now } = options
  const files = await openAuthorityFiles(settings, now)
  // A console that is not there is a mistake of today, and no officer should find it.
  if (settings.console !== undefined) await readBuiltFiles(settings.console.files)
  const dangers = await listAuthorityDangers(settings, files.clients(), files.providers())
  settleDangers({ dangers, isDevelopment, switchesOff: [] }, log)
  const tls = await openTlsFiles(settings, log)
  // The keys sign the log's first entry, and only the log says what is suspended.
  let suspended: FindSuspension = () => null
  const keys = await openKeyRing({
    file: settings.signingKeys,
    log,
    now,
    findSuspension: (subject) => suspended(subject),
  })
  const closing: (() => unknown)[] = [keys.close, () => tls?.files.close()]
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step()
  }
  try {
    const onSuspensions = ({ find }: AuthoritySuspensions): void => {
      suspended = find
    }
    const { readProviderToken, revealPins } = files
    const store = await openStore({ ...options, keys, readProviderToken, revealPins, onSuspensions, now })
    closing.push(store.close)
    const publicUrl = settings.publicUrl ?? settings.issuer
    const answers = createEndpoints({ options, files, keys, store, now, publicUrl })
    const draining = { isOn: false }
    const parts = { settings, keys, store, publicUrl, ...answers, files, isDevelopment, now }
    const server = createAuthorityServer(
      listRoutes({ ...parts, isDraining: () => draining.isOn }),
      tls?.files.current() ?? null,
      log,
    )
    tls?.onChange((material) => replaceTls(server, material))
    const { port } = await listen(server, settings.host, settings.port)
    closing.push(() => stopServer(server, DRAIN_MS))
    const reload = async (): Promise<void> => {
      await files.reload()
      await keys.reload()
      await tls?.files.reload()
    }
    const drain = (): void => {
      draining.isOn = true
      endConnections(server)
    }
    const url = formatOrigin(tls === null ? 'http' : 'https', settings.host, port)
    return { url, vkey: store.authorityLog.vkey(), reload, drain, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** How long running requests may take when the authority stops, in milliseconds. */
const DRAIN_MS = 5_000

interface EndpointWiring {
  readonly options: AuthorityOptions
  readonly files: AuthorityFiles
  readonly keys: KeyRing
  readonly store: Store
  readonly now: () => number
  readonly publicUrl: string
}

/** Creates the answers that give tokens and take what tools export. Both check proofs of keys against the same nonces. */
function createEndpoints({ options, files, keys, store, now, publicUrl }: EndpointWiring) {
  const { settings, log } = options
  const { authorityLog, db, projector, mandates, reveals, suspensions } = store
  const { recorder, origin, refKeys } = authorityLog
  const uses = createUses(db.query)
  const world: ProofWorld = {
    publicUrl: () => publicUrl,
    otherUrls: settings.otherUrls,
    replays: uses,
    now,
    nonces: createRenewedNonces(now, projector.knowsUsesSince),
  }
  const parts = {
    settings,
    keys,
    mandates,
    findSuspension: suspensions.find,
    now,
    world,
    clients: files.clients,
    readProviderToken: files.readProviderToken,
    refs: createOfficerRefs(refKeys),
    sealOfficer: reveals.seal,
    async findGrant(tokenId: string) {
      const grant = await findGrant(db.query, tokenId)
      if (grant !== null) return grant
      // After a failover, the database may have lost a row that the log still has.
      await projector.reach(authorityLog.followed.size())
      return findGrant(db.query, tokenId)
    },
    countRejection: recorder.countRejection,
  }
  const group = createCommitGroup(recorder.append)
  const answerToken = createTokenEndpoint({
    ...parts,
    log,
    origin,
    uses,
    group,
    newBase: recorder.newBase,
    notBeforeS: () => Math.floor(projector.knowsUsesSince() / 1_000),
    demandsCertificate: settings.tls !== undefined,
    reachRows: ({ receipt }) => projector.reach(receipt.index + 1),
  })
  const write = async (facts: ExportFacts): Promise<NotedExport> => {
    const entry: EntryOf<'export'> = { ...recorder.newBase(), origin, ...facts }
    const { receipt } = await group.write(entry)
    return { id: entry.id, time: entry.time, index: receipt.index }
  }
  const answerExport = createExportAnswer({ ...parts, write })
  return { answerToken, answerExport, currentNonce: world.nonces.current }
}

/**
 * Creates nonces whose key changes when the database forgot uses, as after a failover to a standby that lagged. A proof that was used with an older
 * nonce is then asked for again with a new one.
 * @param now returns milliseconds since the epoch.
 * @param knowsUsesSince returns since when the database knows each use.
 */
function createRenewedNonces(now: () => number, knowsUsesSince: () => number): Nonces {
  let since = knowsUsesSince()
  let nonces = createNonces(() => now() / 1_000)
  const latest = (): Nonces => {
    if (since !== knowsUsesSince()) nonces = createNonces(() => now() / 1_000)
    since = knowsUsesSince()
    return nonces
  }
  return { current: () => latest().current(), check: (nonce) => latest().check(nonce) }
}

/** What the command line says. */
export interface AuthorityFlags {
  readonly config: string
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly suspensions?: string | undefined
  readonly development: boolean
}

/**
 * Runs a mandate authority until a signal ends it, and prints its address. SIGHUP makes it read its files of clients, providers and
 * signing keys again.
 * @throws {ConfigError} if a setting or a file is wrong, or if the configuration is dangerous.
 * @throws {Error} if it cannot start.
 */
export async function runAuthority({ config, development, ...overrides }: AuthorityFlags): Promise<void> {
  const log = pino({}, pino.destination({ fd: 2, sync: true }))
  warnOfMisspeltSettings(log)
  const settings = await readAuthoritySettings(config, overrides)
  const authority = await startAuthority({
    settings,
    databaseUrl: readDatabaseUrl(),
    isDevelopment: development,
    log,
    openMandates: openAuthorityMandates,
  })
  process.stdout.write(`Authority of ${settings.country} listens on ${authority.url}/\n`)
  process.on('SIGHUP', () => {
    authority.reload().catch((error: unknown) => {
      log.error({ reason: describeError(error) }, 'kept the settings: a file cannot be used')
    })
  })
  stopOnSignals(authority, settings.drainMs)
}
