/** `istmo console`: serves the console beside an authority that runs elsewhere, and passes on what only the authority can answer. */
import pino, { type Logger } from 'pino'
import { type Danger, listDangers, readSecretFiles, settleDangers } from '../../service/dangers.ts'
import { describeError } from '../../service/describe-error.ts'
import { replaceTls } from '../../service/http/http-server.ts'
import { formatOrigin, listen, stopServer } from '../../service/http/listen.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { readSetting } from '../../service/read-setting.ts'
import { type AuthorityRoute, createAuthorityServer, jsonAnswer } from '../server.ts'
import { openTlsFiles } from '../settings/tls.ts'
import { TOKEN_PATH } from '../tokens/token-endpoint.ts'
import { listConsoleAddresses } from './addresses.ts'
import { readBuiltFiles } from './built-files.ts'
import { type ConsoleServerSettings, readConsoleFile } from './console-file.ts'
import { listConsoleRoutes, onlyAt } from './console-routes.ts'
import { createForward } from './forward.ts'
import { CONSOLE_PATH, EXPORTS_PATH, MANDATES_PATH } from './paths.ts'
import { followFiles } from './serve-files.ts'

/** What the list of dangers is told instead of the name of a log. */
const LOG_OF_AUTHORITY = 'authority'

/** How long running requests may take when the console stops, in milliseconds. */
const DRAIN_MS = 2_000

/** What {@link startConsole} works with. */
export interface ConsoleOptions {
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
export interface ConsoleFlags {
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
