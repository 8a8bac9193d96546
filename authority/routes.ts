/** What each path of the authority answers. */
import { parseTilePath } from '../audit/merkle/tile.ts'
import { folderSource } from '../audit/verify/source.ts'
import { DPOP_ALGORITHMS } from '../contract/access-token.ts'
import { isCountryCode } from '../contract/country-code.ts'
import { ClockWrongError, checkClock, READ_CLOCK } from '../service/clock-difference.ts'
import { sendJson, sendText } from '../service/http/json-response.ts'
import { WITNESSED_PATH } from '../service/trust/mandate-proof.ts'
import { EXPORTS_PATH, followFiles, listConsoleRoutes, MANDATES_PATH } from './console/console-routes.ts'
import { createMandatesAnswer } from './console/list-mandates.ts'
import type { KeyRing } from './keys/signing-keys.ts'
import type { AuthorityFiles } from './open-files.ts'
import { type Answer, type AuthorityRoute, jsonAnswer, textAnswer } from './server.ts'
import type { AuthoritySettings } from './settings/settings.ts'
import type { Store } from './store/open-store.ts'
import { TOKEN_EXCHANGE } from './tokens/form.ts'
import { ASSERTION_ALGORITHMS, TOKEN_PATH } from './tokens/token-endpoint.ts'

/** What {@link listRoutes} works with. */
export interface RouteParts {
  readonly settings: AuthoritySettings
  readonly keys: KeyRing
  readonly store: Store
  /** The address under which clients reach the authority, without a path. */
  readonly publicUrl: string
  readonly answerToken: Answer
  readonly answerExport: Answer
  /** Returns the newest nonce for proofs of keys. */
  readonly currentNonce: () => string
  readonly files: Pick<AuthorityFiles, 'clients' | 'readProviderToken'>
  readonly isDevelopment: boolean
  /** Whether the authority will stop soon, so that it should get no new requests. */
  readonly isDraining: () => boolean
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** Lists the routes of an authority. */
export function listRoutes(parts: RouteParts): readonly AuthorityRoute[] {
  const { settings, keys, store, publicUrl, answerToken } = parts
  const { authorityLog } = store
  const metadata = jsonAnswer(() => describeAuthority(settings.issuer, publicUrl))
  const { pathname } = new URL(settings.issuer)
  const readFile = createLogFileReader(authorityLog.folder, settings.serveEntries)
  return [
    { path: TOKEN_PATH, method: 'POST', answer: answerToken },
    { path: JWKS_PATH, method: 'GET', answer: jsonAnswer(() => ({ keys: keys.published() })) },
    { path: METADATA_PATH, method: 'GET', answer: metadata },
    // RFC 8414 section 3.1: the path of an issuer follows the well-known part.
    ...(pathname === '/' ? [] : [{ path: `${METADATA_PATH}${pathname}`, method: 'GET', answer: metadata } as const]),
    { path: '/vkey', method: 'GET', answer: textAnswer(() => `${authorityLog.vkey()}\n`) },
    { path: WITNESSED_PATH, method: 'GET', answer: witnessedAnswer(store) },
    { path: SUSPENSIONS_PATH, method: 'GET', answer: feedAnswer(store.suspensions) },
    { path: LOG_PATH, method: 'GET', answer: logAnswer(readFile) },
    { path: '/health/live', method: 'GET', answer: jsonAnswer(() => ({ live: true })) },
    { path: '/health/ready', method: 'GET', answer: readyAnswer(parts) },
    { path: MANDATES_PATH, method: 'GET', answer: mandatesAnswer(parts) },
    { path: EXPORTS_PATH, method: 'POST', answer: parts.answerExport },
    ...consoleRoutes(parts),
  ]
}

/** `istmo console` asks for the mandates too, so they do not depend on the settings of a console here. */
function mandatesAnswer({ settings, store, files, currentNonce }: RouteParts): Answer {
  const { mandates, authorityLog } = store
  const { clients, readProviderToken } = files
  const { countRejection } = authorityLog.recorder
  return createMandatesAnswer({
    country: settings.country,
    clients,
    readProviderToken,
    mandates,
    currentNonce,
    countRejection,
  })
}

function consoleRoutes({ settings, publicUrl, isDevelopment, now }: RouteParts): readonly AuthorityRoute[] {
  const { console: section, issuer, country } = settings
  if (section === undefined) return []
  return listConsoleRoutes({
    settings: section,
    origin: publicUrl,
    authority: issuer,
    country,
    tokenPath: TOKEN_PATH,
    isDevelopment,
    files: followFiles(section.files, now),
  })
}

/** The path of what the authority tells those who believe its tokens, beside the token endpoint (docs/design/trust.md, Stop). */
const SUSPENSIONS_PATH = '/suspensions'

function feedAnswer({ feed }: Store['suspensions']): Answer {
  return async (request, response) => {
    const after = new URL(request.url ?? '', 'http://authority').searchParams.get('after') ?? ''
    const body = await feed(/^\d{1,15}$/.test(after) ? Number(after) : 0)
    if (body === null) return sendJson(response, 503, { error: 'temporarily_unavailable', reason: 'KEYS_SUSPENDED' })
    sendText(response, 200, body, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  }
}

/** What a country's `istmo doctor` asks, before an officer does in vain. */
function witnessedAnswer({ mandates }: Store): Answer {
  return async (request, response) => {
    const country = new URL(request.url ?? '', 'http://authority').searchParams.get('country') ?? ''
    if (mandates.witnessed === undefined || !isCountryCode(country))
      return sendJson(response, 400, { error: 'invalid_request' })
    sendJson(response, 200, await mandates.witnessed(country))
  }
}

function logAnswer(read: ReadLogFile): Answer {
  return async (_, response, path) => {
    const bytes = await read(path.slice(LOG_PATH.length))
    if (bytes === undefined) return sendJson(response, 404, { error: 'not_found' })
    const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' }
    response.writeHead(200, { ...headers, 'content-length': bytes.length, 'x-content-type-options': 'nosniff' })
    response.end(bytes)
  }
}

function readyAnswer({ store: { authorityLog, db }, keys, isDraining }: RouteParts): Answer {
  return async (_, response) => {
    if (isDraining()) return sendJson(response, 503, { ready: false, code: 'SHUTTING_DOWN' })
    const fault = await checkClock(async () => ((await db.query(READ_CLOCK))[0] as { now_s: number }).now_s).then(
      () => null,
      (error: unknown) => (error instanceof ClockWrongError ? 'CLOCK_WRONG' : 'DATABASE_UNAVAILABLE'),
    )
    const why = (await authorityLog.recorder.unready()) ?? fault
    const code = why ?? (keys.signer() === null ? 'KEYS_SUSPENDED' : null)
    sendJson(response, code === null ? 200 : 503, { ready: code === null, ...(code !== null && { code }) })
  }
}

/** The path of the key set (RFC 7517). */
const JWKS_PATH = '/jwks'

/** The path of the metadata (RFC 8414 section 3). */
const METADATA_PATH = '/.well-known/oauth-authorization-server'

/**
 * Describes the authority (RFC 8414 section 2). Partners pin issuer, endpoints and keys in files, and the metadata may only agree with them.
 * @param publicUrl the address under which clients reach it, without a path.
 */
function describeAuthority(issuer: string, publicUrl: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    token_endpoint: `${publicUrl}${TOKEN_PATH}`,
    jwks_uri: `${publicUrl}${JWKS_PATH}`,
    // RFC 8414 requires the member. Nobody logs in here: the login provider has the authorization endpoint.
    response_types_supported: [],
    grant_types_supported: [TOKEN_EXCHANGE],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: [...ASSERTION_ALGORITHMS],
    dpop_signing_alg_values_supported: [...DPOP_ALGORITHMS],
    authorization_details_types_supported: ['istmo_mandate'],
  }
}

/** The path below which the log's files are served (C2SP tlog-tiles), as `istmo audit` finds them from the authority's address. */
const LOG_PATH = '/log/'

/** The files beside the tiles: the checkpoint, the history of checkpoints, and the rotations of the key. */
const BESIDE_TILES = /^(checkpoint|checkpoints\/[\dx/]+|rotations\/[\w/.-]+)$/

/** Reads a public file of the log by its path; undefined if there is none, or if it is not for everybody. */
type ReadLogFile = (path: string) => Promise<Uint8Array | undefined>

/**
 * Creates the reader of the files that witnesses and auditors fetch.
 * @param folder the log's folder.
 * @param servesEntries whether the entries are for everybody who reaches the authority. Hashes and checkpoints always are.
 */
function createLogFileReader(folder: string, servesEntries: boolean): ReadLogFile {
  const source = folderSource(folder)
  return async (path) => {
    const tile = parseTilePath(path)
    const isPublic = tile === undefined ? BESIDE_TILES.test(path) && !path.includes('..') : tile.level !== 'entries'
    if (!isPublic && !(servesEntries && tile !== undefined)) return undefined
    return source.read(path).catch(() => undefined)
  }
}
