/**
 * The gateway in somebody else's Apollo Server: `new ApolloServer({ gateway: istmo({ … }) })` (docs/embedding.md). Each room is opened as by
 * the command; only the HTTP server is the host's.
 */
import type { IncomingMessage } from 'node:http'
import type { BaseContext } from '@apollo/server'
import type { Logger } from 'pino'
import type { Door, Inside } from '../gateway/front-door.ts'
import { type Gateway, startGateway } from '../gateway/main.ts'
import { type GatewayConfig, readGatewayConfig } from '../gateway/process/config.ts'
import { rejectDangerousStart } from '../gateway/process/dangers.ts'
import { createLog } from '../gateway/process/logger.ts'
import { inCamelCase } from '../gateway/process/setting-groups.ts'
import { GATEWAY_SETTINGS, type GatewayFlags, type SettingKey } from '../gateway/process/settings.ts'
import { closestTo } from '../service/closest-to.ts'
import { ConfigError } from '../service/config-error.ts'
import { type ConnectionOf, createEmbedded, type Embedded, type GatewayInterface } from './embedded.ts'

/** The settings of what the host does. */
const OF_THE_HOST = [
  'port',
  'host',
  'workers',
  'tlsKey',
  'tlsCert',
  'tlsClientCa',
  'graphiql',
  'landing',
  'corsOrigin',
] as const

/** The settings that {@link istmo} takes, by the names of the command's flags in camel case, as in `auditLogDir`. */
export type EmbeddedSettings = Readonly<
  Partial<Record<Exclude<SettingKey, (typeof OF_THE_HOST)[number]>, string | number | boolean>>
>

/** What {@link istmo} takes: settings, and what only a host has. */
export interface EmbeddedGatewayOptions<Context = BaseContext> extends EmbeddedSettings {
  /** File of the composed supergraph. */
  readonly supergraph: string
  /** The path under which callers reach the host's GraphQL. Default: `/graphql`. */
  readonly path?: string
  /**
   * Returns the HTTP request from the host's context value. Without it, the gateway knows neither the client's address nor its certificate, and
   * does not learn that the client hung up.
   */
  readonly connectionOf?: (contextValue: Context) => IncomingMessage | null
  /** The operator's log. Default: lines of JSON on standard output, from the level `logLevel` on. */
  readonly log?: Logger
}

/** The gateway as Apollo Server takes it. */
export interface EmbeddedGateway extends GatewayInterface {
  /** Reads supergraph, countries, limits and certificates again, as SIGHUP does for the command. Never rejects. */
  reload(): Promise<void>
  /** Returns the JWK set by which nodes check leg tokens. The host serves it, usually at `/.well-known/jwks.json`. */
  publicKeys(): unknown
}

/** A gateway that runs. */
interface Started {
  readonly gateway: Gateway
  readonly embedded: Embedded
  readonly inside: Inside
}

/** What the host is told of a graph. */
type Told = Parameters<Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0]>[0]

/**
 * Makes a gateway for `new ApolloServer({ gateway })`. It reads its files when the server starts. It does not read the environment, where a
 * host may use the same names for something else.
 * @throws {ConfigError} if settings are wrong.
 */
export function istmo<Context = BaseContext>(options: EmbeddedGatewayOptions<Context>): EmbeddedGateway {
  // JavaScript may call it with nothing.
  const { path = '/graphql', connectionOf, log, ...settings } = options ?? ({} as typeof options)
  if (!path.startsWith('/')) {
    throw new ConfigError(`path: expected a path that begins with /, such as /graphql; came ${JSON.stringify(path)}.`)
  }
  if (connectionOf !== undefined && typeof connectionOf !== 'function') {
    throw new ConfigError('connectionOf: expected a function of the context value; came something else.')
  }
  const config = readInHostWords(settings)
  const hosts = createHosts()
  let starting: Promise<Started> | null = null
  let started: Started | null = null

  const start = async (): Promise<Started> => {
    const ownLog = log ?? createLog(config.logLevel)
    await rejectDangerousStart(config, ownLog)
    const doors: Omit<Started, 'gateway'>[] = []
    const gateway = await startGateway(config, ownLog, async (inside) => {
      const embedded = openEmbedded(inside, path, connectionOf as ConnectionOf | undefined)
      doors.push({ embedded, inside })
      return toDoor(embedded, inside, hosts.tell)
    })
    const [door] = doors
    if (door === undefined) throw new TypeError('expected an open door; came none')
    started = { gateway, ...door }
    return started
  }
  return {
    onSchemaLoadOrUpdate: hosts.add,
    async load() {
      if (starting !== null) throw new ConfigError('expected one Apollo Server for each gateway; a second one loads it')
      starting = start().catch((error) => {
        throw inHostWords(error)
      })
      const { embedded } = await starting
      return { executor: embedded.execute }
    },
    async stop() {
      const stopped = await starting?.catch(() => null)
      await stopped?.gateway.close()
    },
    async reload() {
      await started?.gateway.reload()
    },
    publicKeys: () => started?.inside.rooms.legKey.publicKeys ?? { keys: [] },
  }
}

function readInHostWords(settings: EmbeddedSettings): GatewayConfig {
  try {
    return readEmbeddedConfig(settings)
  } catch (error) {
    throw inHostWords(error)
  }
}

function readEmbeddedConfig(settings: EmbeddedSettings): GatewayConfig {
  const wrong = Object.keys(settings).flatMap((name) => {
    if (OF_THE_HOST.some((key) => key === name))
      return [`${name}: expected nothing, because that is up to the host. Remove it.`]
    return Object.hasOwn(GATEWAY_SETTINGS, name) ? [] : [`${name}: ${describeUnknown(name)}`]
  })
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'))
  const flags: GatewayFlags = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
  )
  const config = readGatewayConfig(flags, {})
  const checksTokens = config.issuers.length > 0 || config.issuersFile !== null
  if (checksTokens && config.publicUrl === null) {
    const why = 'callers make their proofs and statements for it, and Apollo Server does not tell it'
    throw new ConfigError(
      `publicUrl: expected the https origin under which callers reach the server, because ${why}; came nothing.`,
    )
  }
  return config
}

function describeUnknown(name: string): string {
  const known = Object.keys(GATEWAY_SETTINGS).filter((key) => !OF_THE_HOST.some((each) => each === key))
  const meant = closestTo(name, [...known, 'path', 'connectionOf', 'log'])
  const remedy = meant === undefined ? 'Correct it.' : `Did you mean ${meant}?`
  return `expected a flag of istmo gateway in camel case, such as auditLogDir. ${remedy}`
}

/** An error of a start names settings as the host wrote them, and not by flags and variables that nothing reads here. */
function inHostWords(error: unknown): unknown {
  if (error instanceof Error) error.message = inCamelCase(error.message)
  return error
}

function openEmbedded({ engine, rooms, config, log }: Inside, path: string, connectionOf?: ConnectionOf): Embedded {
  const { authenticate, takeQuestion, limits, auditLog, telemetry, metrics } = rooms
  return createEmbedded({
    runner: engine,
    path,
    authenticate,
    takeQuestion,
    admission: limits.admission,
    log,
    requestDeadlineMs: config.requestDeadlineMs,
    ...(connectionOf && { connectionOf }),
    ...(auditLog && { auditLog: auditLog.requests }),
    ...(telemetry && { onArrival: telemetry.onArrival }),
    onAnswered(request) {
      metrics.noteRequest(request)
      telemetry?.onAnswered(request)
    },
  })
}

function toDoor(embedded: Embedded, { engine, files, config }: Inside, tell: (told: Told) => void): Door {
  return {
    async listen() {
      tell({ apiSchema: engine.apiSchema, coreSupergraphSdl: files.supergraphSdl })
      return config.publicUrl ?? ''
    },
    async replaceEngine(next, { supergraphSdl }) {
      // A host that cannot take the schema throws, and the gateway keeps its graph.
      tell({ apiSchema: next.apiSchema, coreSupergraphSdl: supergraphSdl })
      await embedded.replaceRunner(next)
    },
    close: embedded.close,
  }
}

/** Keeps whom to tell of each graph. Who comes later is told of the newest one at once. */
function createHosts() {
  const callbacks = new Set<(told: Told) => void>()
  let newest: Told | null = null
  return {
    add(callback: (told: Told) => void): () => void {
      callbacks.add(callback)
      if (newest !== null) callback(newest)
      return () => void callbacks.delete(callback)
    },
    tell(told: Told): void {
      newest = told
      for (const callback of callbacks) callback(told)
    },
  }
}
