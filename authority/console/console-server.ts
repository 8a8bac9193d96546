import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, resolve } from 'node:path'
import pino, { type Logger } from 'pino'
import { z } from 'zod'
import { isCountryCode } from '../../contract/country-code.ts'
import { type AskedAddress, type Danger, listDangers, readSecretFiles, settleDangers } from '../../service/dangers.ts'
import { describeError } from '../../service/describe-error.ts'
import { needed, optional, schemaOf, usually } from '../../service/file-settings.ts'
import { headerLines } from '../../service/http/header-lines.ts'
import { replaceTls } from '../../service/http/http-server.ts'
import { sendJson } from '../../service/http/json-response.ts'
import { formatOrigin, listen, stopServer } from '../../service/http/listen.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { readSetting } from '../../service/read-setting.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import { type Answer, type AuthorityRoute, createAuthorityServer, jsonAnswer } from '../server.ts'
import { openTlsFiles } from '../settings/files.ts'
import { MAX_FORM_BYTES } from '../tokens/form.ts'
import { TOKEN_PATH } from '../tokens/token-endpoint.ts'
import {
  CONSOLE_PATH,
  EXPORTS_PATH,
  followFiles,
  listConsoleRoutes,
  MANDATES_PATH,
  onlyAt,
  readBuiltFiles,
} from './console-routes.ts'
import { CONSOLE_SETTINGS, type ConsoleSettings, locateConsole, originSchema } from './settings.ts'

/** Lists the addresses to which a console sends officers' tokens and questions. */
export function listConsoleAddresses({ gateway, oversight, provider }: ConsoleSettings): readonly AskedAddress[] {
  return [
    { use: 'console.gateway', url: gateway },
    { use: 'console.provider.authorizationEndpoint', url: provider.authorizationEndpoint },
    { use: 'console.provider.tokenEndpoint', url: provider.tokenEndpoint },
    ...(oversight === null ? [] : [{ use: 'console.oversight', url: oversight.url }]),
  ]
}

const path = z.string().min(1)

const authoritySchema = z.strictObject({
  issuer: z.string().min(1),
  country: z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code'),
  address: originSchema,
  /** The certificates of the authorities that its server's certificate may come from. Default: those of the operating system. */
  ca: path.optional(),
})

/** The settings of `istmo console`: a YAML file with these keys. Paths are relative to the file's folder. */
export const CONSOLE_FILE_SETTINGS = {
  host: usually(z.string().min(1), 'address to listen on', '127.0.0.1'),
  port: usually(z.int().min(0).max(65_535), 'port to listen on; 0 takes a free one', 4130),
  publicUrl: needed(
    originSchema,
    'origin at which browsers reach it. The authority’s settings list it in `otherUrls`, and the login provider’s redirect address begins with it',
  ),
  tls: optional(
    z.strictObject({ cert: path, key: path }),
    'files { cert, key } in PEM',
    'plain HTTP, only on this machine',
  ),
  authority: needed(
    authoritySchema,
    '{ issuer, country, address, ca } of the country’s mandate authority; `ca` is the file of the authority that knows its server',
  ),
  ...CONSOLE_SETTINGS,
}

const fileSchema = schemaOf(CONSOLE_FILE_SETTINGS)

/** The settings of a console that is served beside the authority, with absolute paths. */
export interface ConsoleServerSettings {
  readonly host: string
  readonly port: number
  readonly publicUrl: string
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  readonly authority: Readonly<z.infer<typeof authoritySchema>>
  readonly console: ConsoleSettings
}

/**
 * Reads the settings of `istmo console`.
 * @throws {ConfigError} if a setting is missing or wrong. The message names the file, the setting, what was expected and the remedy.
 */
export async function readConsoleFile(file: string): Promise<ConsoleServerSettings> {
  const settings = await readYamlFile(file, fileSchema, { remedy: '`istmo console --help` describes every setting.' })
  const { host, port, publicUrl, tls, authority, ...section } = settings
  const from = (name: string): string => resolve(dirname(file), name)
  return Object.freeze({
    host,
    port,
    publicUrl,
    console: locateConsole(section, dirname(file)),
    authority: { ...authority, ...(authority.ca !== undefined && { ca: from(authority.ca) }) },
    ...(tls && { tls: { cert: from(tls.cert), key: from(tls.key) } }),
  })
}

/** Passes the two requests of the console that only the authority can answer on to it, when the console is served beside it. */

/** How long the authority may take, in milliseconds. */
const ANSWER_WITHIN_MS = 15_000

/** The largest answer of the authority, in bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024

/** What passes to the authority, and what comes back: each header that a client of the token endpoint needs, and no other. */
const PASSED_ON = ['authorization', 'content-type', 'dpop']
const PASSED_BACK = ['content-type', 'date', 'dpop-nonce', 'retry-after', 'www-authenticate']

/** What {@link createForward} works with. */
interface ForwardParts {
  /** The authority's address, without a slash at its end. */
  readonly authority: string
  /** A `fetch` that knows the authority's server. */
  readonly send: typeof fetch
  /** Called when the authority did not answer. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Creates the answer that asks the authority the same at the same path. It follows no redirect, keeps nothing, and shows the authority no certificate: a
 * gateway gets no token through it.
 */
function createForward({ authority, send, onFailure }: ForwardParts): Answer {
  return async (request, response, path) => {
    const body = await readBody(request)
    if (body === null) return sendJson(response, 413, { error: 'invalid_request', reason: 'REQUEST_MALFORMED' })
    const init = {
      method: request.method ?? 'GET',
      headers: PASSED_ON.flatMap((name) => headerLines(request, name).map((value): [string, string] => [name, value])),
      redirect: 'error' as const,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(request.method === 'POST' && { body }),
    }
    try {
      await passBack(await send(`${authority}${path}`, init), response)
    } catch (error) {
      onFailure(error)
      sendJson(response, 503, { error: 'temporarily_unavailable', reason: 'UNAVAILABLE' })
    }
  }
}

async function passBack(answer: Response, response: ServerResponse): Promise<void> {
  const bytes = Buffer.from(await answer.arrayBuffer())
  if (bytes.length > MAX_ANSWER_BYTES) throw new Error(`expected an answer of at most ${MAX_ANSWER_BYTES} bytes`)
  const kept = PASSED_BACK.flatMap((name) => {
    const value = answer.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  const own = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-length': bytes.length }
  response.writeHead(answer.status, { ...Object.fromEntries(kept), ...own })
  response.end(bytes)
}

/** Reads the body of a request; null if it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).byteLength
    if (size > MAX_FORM_BYTES) return null
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks, size)
}

/** `istmo console`: serves the console beside an authority that runs elsewhere, and passes on what only the authority can answer. */

/** What the list of dangers is told instead of the name of a log. */
const LOG_OF_AUTHORITY = 'authority'

/** How long running requests may take when the console stops, in milliseconds. */
const DRAIN_MS = 2_000

/** What {@link startConsole} works with. */
interface ConsoleOptions {
  readonly settings: ConsoleServerSettings
  readonly isDevelopment: boolean
  readonly log: Logger
}

/** A running console. */
export interface RunningConsole {
  /** The address that it listens on, without a path. */
  readonly url: string
  readonly close: () => Promise<void>
}

/**
 * Starts a console. It needs no built files yet: until they are there, it says so to browsers.
 * @throws {ConfigError} if the settings are dangerous, or a file cannot be used.
 */
export async function startConsole({ settings, isDevelopment, log }: ConsoleOptions): Promise<RunningConsole> {
  settleDangers({ dangers: await listConsoleDangers(settings), isDevelopment, switchesOff: [] }, log)
  const { authority } = settings
  const ca = authority.ca === undefined ? {} : { ca: await readSetting(authority.ca, 'authority.ca', (text) => text) }
  const tls = await openTlsFiles(settings, log)
  const forward = createForward({
    authority: authority.address,
    send: createTrustedFetch(ca),
    onFailure: (error) => log.warn({ reason: describeError(error) }, 'the authority did not answer'),
  })
  const routes = listServerRoutes({ settings, isDevelopment, forward })
  const server = createAuthorityServer(routes, tls?.files.current() ?? null, log)
  tls?.onChange((material) => replaceTls(server, material))
  const { port } = await listen(server, settings.host, settings.port)
  return {
    url: formatOrigin(tls === null ? 'http' : 'https', settings.host, port),
    async close() {
      await stopServer(server, DRAIN_MS)
      tls?.files.close()
    },
  }
}

function listServerRoutes({
  settings,
  isDevelopment,
  forward,
}: Pick<ConsoleOptions, 'settings' | 'isDevelopment'> & {
  readonly forward: AuthorityRoute['answer']
}): readonly AuthorityRoute[] {
  const { authority, console: section, publicUrl: origin } = settings
  const { issuer, country } = authority
  const ownRoutes = listConsoleRoutes({
    settings: section,
    origin,
    authority: issuer,
    country,
    tokenPath: TOKEN_PATH,
    isDevelopment,
    files: followFiles(section.files, Date.now),
  })
  return [
    { path: TOKEN_PATH, method: 'POST', answer: onlyAt(origin, forward) },
    { path: MANDATES_PATH, method: 'GET', answer: onlyAt(origin, forward) },
    { path: EXPORTS_PATH, method: 'POST', answer: onlyAt(origin, forward) },
    {
      path: '/',
      method: 'GET',
      isExact: true,
      answer: (_, response) => void response.writeHead(308, { location: CONSOLE_PATH, 'content-length': 0 }).end(),
    },
    { path: '/health/live', method: 'GET', answer: jsonAnswer(() => ({ live: true })) },
    ...ownRoutes,
  ]
}

/** Lists what a console must not start with, unless it is given `--development`. */
async function listConsoleDangers(settings: ConsoleServerSettings): Promise<readonly Danger[]> {
  const { host, publicUrl, tls, authority, console: section } = settings
  return listDangers({
    servers: [{ setting: 'host', host, hasTls: tls !== undefined, remedy: 'Give `tls` a certificate and a key.' }],
    issuers: [{ issuer: authority.issuer, country: authority.country }],
    hasCountries: true,
    // It has no log, and needs none: each token and each refusal is an entry of the authority's.
    auditLogName: LOG_OF_AUTHORITY,
    addresses: [
      { use: 'publicUrl', url: publicUrl },
      { use: 'authority.address', url: authority.address },
      ...listConsoleAddresses(section),
    ],
    isGuardedGraphOpen: false,
    hasPassingLegKey: false,
    servesGraphiql: false,
    secrets: await readSecretFiles({ 'tls.key': tls?.key }),
  })
}

/** What the command line says. */
interface ConsoleFlags {
  readonly config: string
  readonly development: boolean
}

/**
 * Runs a console until a signal ends it, and prints its address.
 * @throws {ConfigError} if a setting is wrong or dangerous, or if there is no built console.
 */
export async function runConsole({ config, development }: ConsoleFlags): Promise<void> {
  const log = pino({}, pino.destination({ fd: 2, sync: true }))
  const settings = await readConsoleFile(config)
  await readBuiltFiles(settings.console.files)
  const running = await startConsole({ settings, isDevelopment: development, log })
  process.stdout.write(`Console of ${settings.authority.country} listens on ${running.url}${CONSOLE_PATH}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void running.close().finally(() => process.exit(0)))
  }
}
