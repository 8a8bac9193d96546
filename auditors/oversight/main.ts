/** `istmo oversight`: the auditors' GraphQL over audit logs, in a process and a database of its own. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import pino, { type Logger } from 'pino'
import { openIndexDatabase } from '../../audit/index/database.ts'
import { listIndexedLogs } from '../../audit/index/store.ts'
import type { Caller, Grounds } from '../../contract/access-token.ts'
import { IstmoError } from '../../contract/errors.ts'
import { chooseLanguage, type Language } from '../../contract/language.ts'
import { createAuthenticate } from '../../service/authenticate/authenticate.ts'
import { type Authenticate, MisuseError } from '../../service/authenticate/credentials.ts'
import type { Issuer } from '../../service/authenticate/issuer.ts'
import { readIssuers } from '../../service/authenticate/issuers-file.ts'
import { ConfigError } from '../../service/config-error.ts'
import { describeError } from '../../service/describe-error.ts'
import { answerCors } from '../../service/http/cors.ts'
import { credentialsOf } from '../../service/http/credentials.ts'
import { maskError, sendError, sendJson, setLanguage } from '../../service/http/json-response.ts'
import { formatOrigin, listen, stopServer } from '../../service/http/listen.ts'
import { readJsonBody } from '../../service/http/read-body.ts'
import { readVersion } from '../../service/version.ts'
import { type Answering, answer } from './answer.ts'
import { type OversightAuditLog, openOversightAuditLog } from './audit-log.ts'
import { type OversightSettings, readOversightSettings } from './config.ts'
import { createFollowedLogs, type FollowedLogs, readTrusted } from './logs.ts'
import { readViewer } from './resolvers.ts'

/** The path of the auditors' GraphQL. */
const PATH = '/audit/graphql'

/** What the console's pages send and read, besides what every page may. */
const CORS = {
  methods: ['POST'],
  allowed: ['authorization', 'content-type', 'dpop', 'istmo-mandate'],
  exposed: ['Date', 'DPoP-Nonce', 'Retry-After', 'WWW-Authenticate'],
}

/** How long a client may take to send a request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000

/** The running auditors' GraphQL. */
export type Oversight = Awaited<ReturnType<typeof startOversight>>

/**
 * Checks that no token opens this server that was given for a gateway: whoever captures a gateway has those. A gateway's file of issuers says where tokens are
 * exchanged, and oversight exchanges none.
 * @throws {ConfigError} if the file is a gateway's.
 */
function checkAudiences(issuers: readonly Issuer[], file: string): void {
  const ofGateway = issuers.find(({ authority }) => authority !== undefined)
  if (ofGateway === undefined) return
  throw new ConfigError(
    `${file}: expected the issuers of oversight, whose \`audience\` is oversight's own address; came a gateway's file, in which ${ofGateway.issuer} has ` +
      '`authority`. Write a file of its own without `authority`, and register the address in the clients of each authority (docs/operating.md).',
  )
}

/**
 * Starts the auditors' GraphQL. It answers immediately. It reports that it is ready while the index has all of each log, and that it is not when
 * a log could not be followed, because its answers are then old.
 * Rejects if it cannot start.
 */
export async function startOversight(settings: OversightSettings, log: Logger, now: () => number = Date.now) {
  const issuers = await readIssuers({ issuersFile: settings.issuers, issuers: [], countriesFolder: '' })
  checkAudiences(issuers, settings.issuers)
  let ownUrl = ''
  const publicUrl = () => settings.publicUrl ?? ownUrl
  const authenticate = await createAuthenticate({ issuers, anonymous: false, requireMandate: true, publicUrl }, { now })
  const { logs: places, policies } = settings
  // Before a log or a database is open, which the error would leave open.
  const trusted = await readTrusted(policies)
  const auditLog = await openOversightAuditLog(settings, readVersion(), log, now)
  const db = await openIndexDatabase(settings.database)
  const onError = (place: string, error: unknown) =>
    log.warn({ place, reason: describeError(error) }, 'an audit log could not be followed')
  const logs = await createFollowedLogs({ logs: places, trusted, db, onError })
  void logs.follow()
  const timer = setInterval(() => void logs.follow(), settings.followEverySeconds * 1_000).unref()
  const parts = { settings, authenticate, auditLog, db, logs, log }
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    void respond(parts, request, response)
  })
  const { port } = await listen(server, settings.host, settings.port)
  ownUrl = formatOrigin('http', settings.host, port)
  return {
    url: ownUrl,
    /** Reads the new entries of the logs immediately. */
    follow: logs.follow,
    /** Lets running requests finish, and releases the folders. */
    async close() {
      clearInterval(timer)
      await stopServer(server)
      await logs.idle()
      await db.close()
      await auditLog.close()
    },
  }
}

interface Parts {
  readonly settings: OversightSettings
  readonly authenticate: Authenticate
  readonly auditLog: OversightAuditLog
  readonly db: Answering['db']
  readonly logs: FollowedLogs
  readonly log: Logger
}

async function respond(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0]
  if (path === '/health/ready') {
    const ready = parts.logs.isCurrent() && (await parts.auditLog.isReady())
    return sendJson(response, ready ? 200 : 503, { ready })
  }
  const cors = { ...CORS, origins: parts.settings.corsOrigins }
  if (path === PATH && answerCors(cors, request, response)) return
  const language = chooseLanguage(request.headers['accept-language'])
  try {
    if (path !== PATH) throw new IstmoError('NOT_FOUND')
    if (request.method !== 'POST') throw new IstmoError('METHOD_NOT_ALLOWED')
    const answered = await answerFor(parts, request, language)
    setLanguage(response, language)
    sendJson(response, 200, answered)
  } catch (error) {
    const shown = maskError(error)
    if (shown.code === 'INTERNAL') parts.log.error({ err: error }, 'a request failed')
    sendError(response, shown, language)
  }
}

async function answerFor(
  { settings, authenticate, auditLog, db, logs }: Parts,
  request: IncomingMessage,
  language: Language,
) {
  const noteRejected = (caller: Caller, grounds: Grounds | null): Promise<void> =>
    auditLog
      .note({ caller, grounds, country: null, operation: null, variables: null, entries: 0 })
      .catch(throwUnrecorded)
  const { caller, grounds, groundsRejected } = await authenticate(credentialsOf(request)).catch(
    async (error: unknown) => {
      if (error instanceof MisuseError) await noteRejected(error.caller, null)
      else auditLog.countRejection(maskError(error).code)
      throw error
    },
  )
  if (caller === null) throw new IstmoError('TOKEN_MISSING')
  const viewer = await viewerOrNote(
    () => {
      if (groundsRejected !== null) throw groundsRejected
      return readViewer(caller, grounds, settings)
    },
    () => noteRejected(caller, grounds),
  )
  const body = await readJsonBody(request)
  const answered = await answer(body, {
    db,
    readers: logs.readers(),
    states: logs.states(),
    viewer,
    auditLog,
    language,
  })
  // An answer of the index is an answer about so many entries, whether the logs go on or not.
  return { ...answered, extensions: { ...answered.extensions, logs: await listKnown(db, logs) } }
}

/** Lists how much of each log the index knows, and whether that is all of it. A log that was never read has no entries here. */
async function listKnown(db: Answering['db'], { states, problemOf }: FollowedLogs) {
  const indexed = await listIndexedLogs(db)
  const unknown = states().filter(({ origin }) => indexed.every(({ log }) => log !== origin))
  return [...indexed, ...unknown.map(({ origin }) => ({ log: origin, size: 0, unreadable: 0 }))].map((each) => {
    const problem = problemOf(each.log)
    return { origin: each.log, size: each.size, unreadable: each.unreadable, isCurrent: problem === null, problem }
  })
}

/** Decides the viewer. The rejection of a known caller has an entry, as an answer has. */
async function viewerOrNote<Value>(decide: () => Value, note: () => Promise<void>): Promise<Value> {
  try {
    return decide()
  } catch (error) {
    await note()
    throw error
  }
}

function throwUnrecorded(cause: unknown): never {
  throw new IstmoError('RECORD_UNAVAILABLE', undefined, { cause })
}

/**
 * Runs the auditors' GraphQL until a signal ends it, and prints its URL.
 * @param file the path of the settings, in YAML.
 * @throws {ConfigError} if a setting is missing or wrong.
 * @throws {Error} if it cannot start.
 */
export async function runOversight(file: string): Promise<void> {
  const log = pino({}, pino.destination({ fd: 2, sync: true }))
  const oversight = await startOversight(await readOversightSettings(file), log)
  process.stdout.write(`Oversight listens on ${oversight.url}${PATH}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void oversight.close().finally(() => process.exit(0)))
  }
}
