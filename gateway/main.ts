/** The gateway as a process: it reads its settings, wires the rooms, listens, and stops on a signal. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Outcome } from '../contract/outcome.ts'
import { createAuthenticate } from '../service/authenticate/authenticate.ts'
import type { Issuer } from '../service/authenticate/issuer.ts'
import { readIssuers } from '../service/authenticate/issuers-file.ts'
import { showEnds } from '../service/certificates/ends.ts'
import { formatOrigin } from '../service/http/listen.ts'
import type { TlsPools } from '../service/http/tls-pools.ts'
import { readVersion } from '../service/version.ts'
import { watchFiles } from '../service/watch-files.ts'
import { openCountryHeads } from './audit-log/country-heads.ts'
import { type Gossip, openGossip } from './audit-log/gossip.ts'
import { createReceiptCheck, originOf } from './audit-log/receipts.ts'
import { createFront, type Front } from './front/front.ts'
import { createOperatorServer, type OperatorServer } from './front/operator-server.ts'
import { type CountryTokens, createCountryTokens } from './leg/country-tokens/country-tokens.ts'
import type { Authority } from './leg/country-tokens/exchange-client.ts'
import { createLegKey, type LegKey } from './leg/leg-key.ts'
import { createLegSender } from './leg/leg-sender.ts'
import { createLegTokenSigner } from './leg/leg-token.ts'
import { createReachability, readBreakers, showPublicly } from './leg/reachability.ts'
import { createTurns } from './leg/turns.ts'
import { createMetrics } from './metrics/metrics.ts'
import type { Engine } from './pipeline/engine.ts'
import { holdUnavailableLegs } from './pipeline/hold-unavailable-legs.ts'
import { holdUnwitnessedLegs } from './pipeline/hold-unwitnessed-legs.ts'
import { applyLayers } from './pipeline/layers.ts'
import { recordOperations } from './pipeline/record-operations.ts'
import { openRunningAuditLog, type RunningAuditLog } from './process/audit-log.ts'
import { readAuthorities } from './process/authorities.ts'
import { type GatewayConfig, readGatewayConfig } from './process/config.ts'
import { rejectDangerousStart } from './process/dangers.ts'
import { openRequestLimits, type RequestLimits } from './process/limits.ts'
import { createLiveGraph, type LiveGraph } from './process/live-graph.ts'
import { type GraphFiles, loadEngine, readGraphFiles, requireACountry } from './process/load-graph.ts'
import { createLog } from './process/logger.ts'
import { createPlanning, loadWith } from './process/planning.ts'
import type { GatewayFlags } from './process/settings.ts'
import { startTelemetry } from './process/start-telemetry.ts'
import { openGatewayTls } from './process/tls.ts'
import type { Leg, Participant, SendLeg } from './types/flow.ts'

/** A gateway that listens. */
export interface Gateway {
  /** The gateway's address without a path, such as `http://127.0.0.1:4000`. */
  readonly url: string
  /** The address of the operator's server; null if it has none. */
  readonly operatorUrl: string | null
  /**
   * Reads supergraph, countries and trusted documents again, and serves them if they can be served. Never rejects: `/status` shows
   * the result.
   */
  reload(): Promise<void>
  /** Finishes the requests in progress and releases everything. */
  close(): Promise<void>
}

/** What changes while the gateway runs. The rooms look at it when they need it. */
interface Current {
  /** The gateway's own address; empty until it listens. */
  url: string
  participants: readonly Participant[]
  /** The engine that answers now; null until the first one is built. */
  engine: Engine | null
}

type Rooms = Awaited<ReturnType<typeof openRooms>>

/**
 * Starts a gateway: opens each room once, then the graph that they serve, then the front door.
 * @throws {ConfigError} if a file cannot be used. The message names it.
 * @throws {Error} if the port is taken.
 */
export async function startGateway(config: GatewayConfig, log: Logger = createLog(config.logLevel)): Promise<Gateway> {
  const files = await readGraphFiles(config)
  requireACountry(files)
  const current: Current = { url: '', participants: files.participants, engine: null }
  const rooms = await openRooms(config, current, log)
  const firstEngine = await buildEngine(files, rooms, config, log)
  current.engine = firstEngine
  await rooms.auditLog?.noteGraph(files)

  const graph = createLiveGraph({
    files,
    read: () => readGraphFiles(config),
    readCountries: ({ supergraphSdl }) => readGraphFiles(config, supergraphSdl),
    load: (read) => buildEngine(read, rooms, config, log),
    async serve(engine, read) {
      try {
        await rooms.auditLog?.noteGraph(read)
      } catch (error) {
        await engine.close()
        throw error
      }
      Object.assign(current, { engine, participants: read.participants })
      rooms.tls.keepOnly(read.participants)
      await front.replaceRunner(engine)
    },
    onReload(result) {
      rooms.metrics.noteReload(result)
      if (result === 'refused') rooms.auditLog?.noteRejectedGraph(graph.status())
    },
    log,
  })
  const front = await openFront(firstEngine, graph, rooms, config, log)
  const operator = openOperatorServer(graph, rooms, config, log)
  const operatorUrl = operator && (await operator.listen())
  current.url = await listen(front, config)
  const watched = { file: config.supergraphFile, folder: config.countriesFolder }
  const unwatch = watchFiles(watched, () => void graph.reload(), log)
  const participants = files.participants.map(({ country }) => country)
  log.info({ url: current.url, operatorUrl, participants, graph: files.hash }, 'listening')
  return {
    url: current.url,
    operatorUrl,
    async reload() {
      await Promise.all([graph.reload(), rooms.limits.reload(), rooms.tls.reload()])
    },
    async close() {
      unwatch()
      await front.close()
      await operator?.close()
      await rooms.close()
    },
  }
}

/** Opens each room around the engine, in the order in which they need one another. */
async function openRooms(config: GatewayConfig, current: Current, log: Logger) {
  const version = readVersion()
  const participantOf = (code: string) => current.participants.find(({ country }) => country === code)
  const metrics = createMetrics({
    breakers: () => readBreakers(current.participants, legs.breakerOf),
    plansCached: () => current.engine?.plansCached() ?? 0,
    cachedBytes: () => current.engine?.cachedBytes() ?? 0,
    auditLog: () => auditLog?.reading() ?? null,
    certificates: () => tls.ends(),
  })
  const tls = await openGatewayTls(config, () => current.participants, log)
  const limits = await openRequestLimits(config, log, {
    onUnlisted: metrics.noteUnlistedDocument,
    onUnsent: metrics.noteLeg,
  })
  const startPlanning = createPlanning(config, log, metrics.notePlanningRestart)
  const issuers = await readIssuers(config)
  const authenticate = await openAuthenticate(issuers, config, current, limits)
  const legKey = await createLegKey(config.legKeyFile ?? undefined)
  const telemetry = await startTelemetry(config, version, metrics, log)
  const auditLog =
    config.auditLogFiles && (await openRunningAuditLog(config.auditLogFiles, version, log, telemetry?.traceIdOf))
  const gossip = await openGossipOf(config, auditLog, current, log)
  const receipts = await openReceipts(config, participantOf, log, gossip?.noteReceipt)
  const reachability = createReachability()
  const takeTurn = createTurns()
  const countryTokens = await openCountryTokens(issuers, { config, key: legKey, pools: tls.pools, log })
  const legs = createLegSender({
    ...{ takeTurn, pools: tls.pools, countryTokens },
    signLegToken: createLegTokenSigner({ key: legKey, gateway: config.gatewayName }),
    log,
    onOutcome(leg: Leg, outcome: Outcome) {
      reachability.note(leg, outcome)
      metrics.noteLeg(leg, outcome)
    },
    checkReceipt: receipts.check,
    knownSizeOf: receipts.knownSizeOf,
    headersOf: (leg) => ({ ...telemetry?.headersOf(leg), ...gossip?.headersOf(leg) }),
    ...(gossip && { noteHeaders: gossip.noteHeaders }),
  })
  const close = async (): Promise<void> => {
    countryTokens.close()
    await tls.close()
    await receipts.close()
    await gossip?.close()
    await limits.close()
    await auditLog?.close()
    await telemetry?.close()
  }
  const showParticipants = () => reachability.show(current.participants, legs.breakerOf)
  return {
    ...{ version, participantOf, metrics, authenticate, limits, startPlanning, legKey, telemetry },
    ...{ auditLog, gossip, legs, takeTurn, tls },
    participants: () => current.participants,
    ...{ showParticipants, close },
  }
}

/** Opens the exchange of access tokens for country tokens, at each issuer that is an authority. */
async function openCountryTokens(
  issuers: readonly Issuer[],
  { config, key, pools, log }: { config: GatewayConfig; key: LegKey; pools: TlsPools; log: Logger },
): Promise<CountryTokens> {
  const endpoints = await readAuthorities(issuers)
  const gateway = config.gatewayName
  const trustOf = new Map(endpoints.map(({ issuer, trust }) => [issuer, trust]))
  const channelTo = ({ issuer, tokenEndpoint }: Authority) => pools.channelTo(tokenEndpoint, trustOf.get(issuer))
  return createCountryTokens({ authorities: endpoints, key, gateway, channelTo, log })
}

/** Opens the exchange of checkpoints with the countries; null if the gateway has no audit log. */
async function openGossipOf(
  { auditLogFiles }: GatewayConfig,
  auditLog: RunningAuditLog | null,
  current: Current,
  log: Logger,
): Promise<Gossip | null> {
  if (auditLogFiles === null || auditLog === null) return null
  const { entries } = auditLog.requests
  return openGossip({ folder: auditLogFiles.folder, entries, participants: () => current.participants, log })
}

/**
 * Opens the check of receipts, and the memory of how far the countries' audit logs were. Without an audit log of its own, the gateway forgets
 * it when it ends.
 */
async function openReceipts(
  { auditLogFiles }: GatewayConfig,
  participantOf: (code: string) => Participant | undefined,
  log: Logger,
  onCheckpoint?: (origin: string, note: string) => void,
) {
  const heads = await openCountryHeads({
    folder: auditLogFiles && join(auditLogFiles.folder, 'countries'),
    onWentBack: (origin, reason) => log.error({ origin, reason }, 'the audit log of a country went back'),
    onError: (error) => log.warn({ error: (error as Error).name }, 'could not write how far the countries’ logs are'),
  })
  return {
    check: createReceiptCheck((code) => participantOf(code)?.receipts, heads, onCheckpoint),
    knownSizeOf({ country }: Leg): number {
      const receipts = country === null ? undefined : participantOf(country)?.receipts
      return receipts === undefined ? 0 : heads.sizeOf(originOf(receipts.vkey))
    },
    close: () => heads.close(),
  }
}

/**
 * Builds the engine over these files, with its planning thread and the layers around an operation and a leg.
 * @throws {GraphError} if the files cannot be served together.
 */
async function buildEngine(files: GraphFiles, rooms: Rooms, config: GatewayConfig, log: Logger): Promise<Engine> {
  const { auditLog, limits, telemetry, metrics, legs, participantOf, takeTurn } = rooms
  const onRejectedAnswer = (rejection: object): void => log.warn(rejection, 'answer rejected')

  const sendLeg: SendLeg = applyLayers(
    [
      holdUnavailableLegs(participantOf),
      auditLog && holdUnwitnessedLegs(auditLog.unwitnessedMs, participantOf),
      limits.limitRows(participantOf),
      limits.limitLegs,
      telemetry?.traceLegs ?? null,
      metrics.timeLegs,
    ],
    legs.sendLeg,
  )
  // The thread loads the graph at the same time as this thread.
  const planning = rooms.startPlanning(files)
  const engine = await loadWith(planning, () =>
    loadEngine(
      files,
      config,
      { sendLeg, onRejectedAnswer, planning, takeTurn, maxCacheBytes: config.maxCacheBytes },
      log,
    ),
  )
  return applyLayers(
    [
      auditLog &&
        recordOperations({
          graph: () => auditLog.inForce(files),
          isUnwitnessed: () => auditLog.unwitnessedMs() > 0,
          isTrusted: limits.isTrusted,
        }),
      limits.limitOperations(files),
    ],
    engine,
  )
}

async function openAuthenticate(
  issuers: readonly Issuer[],
  config: GatewayConfig,
  current: Current,
  { replays }: RequestLimits,
) {
  const requireMandate = config.countriesFolder !== null
  const publicUrl = () => config.publicUrl ?? current.url
  const shared = replays && { replays, nonceKey: replays.nonceKey }
  const options = { issuers, anonymous: config.anonymous, requireMandate, publicUrl }
  return createAuthenticate(options, { now: Date.now, ...shared })
}

async function openFront(
  runner: Engine,
  graph: LiveGraph,
  rooms: Rooms,
  config: GatewayConfig,
  log: Logger,
): Promise<Front> {
  const { version, participants, metrics, authenticate, limits, legKey, telemetry, auditLog, tls } = rooms
  const status = () => ({
    version,
    graph: graph.status(),
    participants: showPublicly(participants()),
    auditLog: auditLog?.publicStatus() ?? null,
  })
  const front = await createFront({
    ...{ ...config, runner, authenticate, admission: limits.admission, tls: tls.server(), status, log },
    publicKeys: legKey.publicKeys,
    ...(auditLog && { auditLog: auditLog.requests }),
    ...(telemetry && { onArrival: telemetry.onArrival }),
    onAnswered(request) {
      metrics.noteRequest(request)
      telemetry?.onAnswered(request)
    },
  })
  tls.onServerChange(front.replaceTls)
  return front
}

/** Creates the server that only the operator reaches; null if the settings name no address for it. */
function openOperatorServer(graph: LiveGraph, rooms: Rooms, config: GatewayConfig, log: Logger) {
  const { version, metrics, auditLog, gossip, showParticipants, tls } = rooms
  const { operatorListen } = config
  if (operatorListen === null) return null
  const server: OperatorServer = createOperatorServer({
    status: () => ({
      version,
      graph: graph.status(),
      participants: showParticipants(),
      auditLog: auditLog?.status() ?? null,
      certificates: showEnds(tls.ends(), Date.now()),
      ...gossip?.status(),
    }),
    metrics: config.metrics ? metrics.expose : null,
    log,
  })
  return {
    close: server.close,
    async listen(): Promise<string> {
      const { address, port } = await server.listen(operatorListen.host, operatorListen.port)
      return formatOrigin('http', address, port)
    },
  }
}

async function listen(front: Front, { host, port, tls }: GatewayConfig): Promise<string> {
  const listening = await front.listen(host, port)
  return formatOrigin(tls === null ? 'http' : 'https', listening.address, listening.port)
}

/**
 * Runs a gateway until a signal ends it, and prints where it listens.
 * @throws {ConfigError} if a setting or a file cannot be used, or if the configuration is dangerous and not for development.
 * @throws {Error} if the port is taken.
 */
export async function runGateway(flags: GatewayFlags): Promise<void> {
  const config = readGatewayConfig(flags)
  const log = createLog(config.logLevel)
  await rejectDangerousStart(config, log)
  const gateway = await startGateway(config, log)
  // Install the handlers before the gateway prints that it listens: a program that waits for that line may stop the gateway at once.
  process.on('SIGHUP', () => void gateway.reload())
  stopOnSignals(gateway)
  if (gateway.operatorUrl !== null) process.stdout.write(`The operator’s server is at ${gateway.operatorUrl}/status\n`)
  process.stdout.write(`Istmo listens on ${gateway.url}/graphql\n`)
  if (config.graphiql) process.stdout.write(`GraphiQL is at ${gateway.url}/\n`)
}

function stopOnSignals(gateway: Gateway): void {
  let isStopping = false
  // A signal may come twice, from the terminal and from a launcher. The deadlines limit how long the stop takes.
  const stop = (): void => {
    if (isStopping) return
    isStopping = true
    void gateway.close().finally(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
