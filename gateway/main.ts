import type { Logger } from 'pino'
import { showEnds } from '../service/certificates/ends.ts'
import { formatOrigin } from '../service/http/listen.ts'
import { createOperatorServer, type OperatorServer } from '../service/http/operator-server.ts'
import { siblingModule } from '../service/module-path.ts'
import { stopOnSignals } from '../service/stop-on-signals.ts'
import { watchFiles } from '../service/watch-files.ts'
import { type Door, frontDoor, type Inside } from './front-door.ts'
import type { Engine } from './pipeline/engine.ts'
import {
  applyLayers,
  attachEvidence,
  collectEvidence,
  holdUnavailableLegs,
  holdUnwitnessedLegs,
  recordOperations,
} from './pipeline/layers.ts'
import { openProbe } from './probe/open-probe.ts'
import type { Probe } from './probe/probe-country.ts'
import { boundGarbage } from './process/bound-garbage.ts'
import { type GatewayConfig, warnOfMisspeltSettings } from './process/config.ts'
import { rejectDangerousStart } from './process/dangers.ts'
import { createLiveGraph, describePublished, isSame, type LiveGraph } from './process/live-graph.ts'
import { type GraphFiles, loadEngine, readGraphFiles, requireACountry } from './process/load-graph.ts'
import { createLog } from './process/logger.ts'
import { loadWith } from './process/planning.ts'
import { type RunningWorkers, runWorkers } from './process/workers/run-workers.ts'
import { startWith } from './process/workers/worker-process.ts'
import { type Current, openRooms, type Rooms } from './rooms.ts'
import type { SendLeg } from './types/flow.ts'

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
  /** What the operator sees; if this is one of several workers, its parent asks for it. */
  readonly operator: OperatorView
  /** Counts a statement that the parent of this worker has counted. */
  takeSuspension(statement: string): Promise<void>
  /** From now on, `/health/ready` says that the gateway stops. It answers as before. */
  drain(): void
  /** Finishes the requests in progress and releases everything. */
  close(): Promise<void>
}

/** What the operator's server shows of one process. */
type OperatorView = ReturnType<typeof createOperatorView>

/**
 * Starts a gateway: opens each room once, then the graph that they serve, then the door.
 * @param openDoor opens the door. Default: the gateway's own HTTP server.
 * @throws {ConfigError} if a file cannot be used. The message names it.
 * @throws {Error} if the port is taken.
 */
export async function startGateway(
  config: GatewayConfig,
  log: Logger = createLog(config.logLevel),
  openDoor: (inside: Inside) => Promise<Door> = frontDoor(),
): Promise<Gateway> {
  const files = await readGraphFiles(config)
  requireACountry(files)
  const current: Current = { url: '', participants: files.participants, engine: null, files }
  const rooms = await openRooms(config, current, log)
  const firstEngine = await buildEngine(files, rooms, config, log)
  current.engine = firstEngine
  await rooms.auditLog?.noteGraph(files)
  await rooms.known.planAhead(firstEngine)

  const graph = createLiveGraph({
    files,
    read: () => readGraphFiles(config),
    readCountries: ({ supergraphSdl }) => readGraphFiles(config, supergraphSdl),
    load: (read) => loadAhead(read, rooms, current, config, log),
    serve: (engine, read) => serveGraph(engine, read, { rooms, current, door }),
    onReload(result) {
      rooms.metrics.noteReload(result)
      if (result === 'refused') rooms.auditLog?.noteRejectedGraph(graph.status())
    },
    log,
  })
  const door = await openDoor({ engine: firstEngine, files, graph, rooms, config, log })
  const view = createOperatorView(graph, rooms, openProbe({ config, rooms, graph: () => current.files, log }))
  const operator = openOperatorServer(view, rooms, config, log)
  const operatorUrl = operator && (await operator.listen())
  current.url = await door.listen()
  const watched = { file: config.supergraphFile, folder: config.countriesFolder }
  const unwatch = watchFiles(watched, () => void graph.reload(), log)
  const participants = files.participants.map(({ country }) => country)
  log.info({ url: current.url, operatorUrl, participants, graph: files.hash }, 'listening')
  return {
    url: current.url,
    operatorUrl,
    operator: view,
    takeSuspension: rooms.suspensions.take,
    async reload() {
      await Promise.all([graph.reload(), rooms.limits.reload(), rooms.tls.reload()])
    },
    drain: () => door.drain?.(),
    async close() {
      unwatch()
      await door.close()
      await operator?.close()
      await rooms.close()
    },
  }
}

/** Answers with this engine from now on, after the audit log has the graph. */
async function serveGraph(
  engine: Engine,
  files: GraphFiles,
  { rooms, current, door }: { readonly rooms: Rooms; readonly current: Current; readonly door: Door },
): Promise<void> {
  const { participants } = files
  try {
    await rooms.auditLog?.noteGraph(files)
  } catch (error) {
    await engine.close()
    throw error
  }
  Object.assign(current, { engine, participants, files })
  rooms.tls.keepOnly(participants)
  await rooms.suspensions.follow(participants)
  await door.replaceEngine(engine, files)
}

/**
 * Builds the engine over files that changed, and plans the known operations with it. If only the supergraph changed, it waits a bounded time for
 * the plans. A country that withdraws does not wait for them.
 * @throws {GraphError} if the files cannot be served together.
 */
async function loadAhead(
  files: GraphFiles,
  rooms: Rooms,
  { participants }: Current,
  config: GatewayConfig,
  log: Logger,
): Promise<Engine> {
  const engine = await buildEngine(files, rooms, config, log)
  const planned = rooms.known.planAhead(engine)
  if (isSame(files.participants, participants)) await planned
  return engine
}

/**
 * Builds the engine over these files, with its planning thread and the layers around an operation and a leg.
 * @throws {GraphError} if the files cannot be served together.
 */
async function buildEngine(files: GraphFiles, rooms: Rooms, config: GatewayConfig, log: Logger): Promise<Engine> {
  const { auditLog, limits, telemetry, metrics, legs, participantOf, takeTurn, suspensions } = rooms
  const onRejectedAnswer = (rejection: object): void => log.warn(rejection, 'answer rejected')

  const sendLeg: SendLeg = applyLayers(
    [
      collectEvidence(),
      holdUnavailableLegs(participantOf, suspensions),
      auditLog && holdUnwitnessedLegs(auditLog.unwitnessedMs, participantOf),
      limits.limitHits,
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
      {
        sendLeg,
        splices: config.isFast,
        onRejectedAnswer,
        planning,
        takeTurn,
        maxCacheBytes: config.maxCacheBytes,
        suspended: suspensions,
      },
      log,
    ),
  )
  return applyLayers(
    [
      attachEvidence(),
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

function createOperatorView(graph: LiveGraph, rooms: Rooms, probe: Probe) {
  const { version, metrics, auditLog, gossip, showParticipants, tls, suspensions, limits } = rooms
  return {
    metrics: metrics.expose,
    probe,
    /** What the gateway has of each country, by code. */
    published: () => describePublished(rooms.participants()),
    /** Returns why this process should get no requests now; null if it can accept them. */
    unready: async () => (await auditLog?.requests.unready()) ?? (await limits.unready()),
    status: () => ({
      version,
      graph: graph.status(),
      participants: showParticipants(),
      suspensions: suspensions.status(),
      auditLog: auditLog?.status() ?? null,
      certificates: showEnds(tls.ends(), Date.now()),
      ...gossip?.status(),
    }),
  }
}

/** Creates the server that only the operator reaches; null if the settings name no address for it. */
function openOperatorServer(
  { status, metrics, probe, published }: OperatorView,
  { suspensions }: Rooms,
  { operatorListen, metrics: hasMetrics }: GatewayConfig,
  log: Logger,
) {
  if (operatorListen === null) return null
  const server: OperatorServer = createOperatorServer({
    status,
    suspensions: suspensions.feed,
    probe,
    log,
    published: async (country) => published().get(country) ?? null,
    metrics: hasMetrics ? metrics : null,
  })
  return {
    close: server.close,
    async listen(): Promise<string> {
      const { address, port } = await server.listen(operatorListen.host, operatorListen.port)
      return formatOrigin('http', address, port)
    },
  }
}

/**
 * Runs a gateway until a signal ends it, and prints where it listens.
 * @throws {ConfigError} if a file cannot be used, or if the configuration is dangerous and not for development.
 * @throws {Error} if the port is taken.
 */
export async function runGateway(config: GatewayConfig): Promise<void> {
  const log = createLog(config.logLevel)
  warnOfMisspeltSettings(log)
  await rejectDangerousStart(config, log)
  boundGarbage()
  const gateway = config.workers > 1 ? await startWorkers(config, log) : await startGateway(config, log)
  // Install the handlers before the gateway prints that it listens: a program that waits for that line may stop the gateway at once.
  process.on('SIGHUP', () => void gateway.reload())
  stopOnSignals(gateway, config.drainMs)
  if (gateway.operatorUrl !== null) process.stdout.write(`The operator’s server is at ${gateway.operatorUrl}/status\n`)
  process.stdout.write(`Istmo listens on ${gateway.url}/graphql\n`)
  if (config.graphiql) process.stdout.write(`GraphiQL is at ${gateway.url}/graphiql\n`)
}

/** Starts a gateway whose requests are answered by processes of their own. If one of them cannot be started again, it ends this process. */
async function startWorkers(config: GatewayConfig, log: Logger): Promise<RunningWorkers> {
  const workers = await runWorkers(config, startWith(siblingModule(import.meta, './worker.ts')), log)
  void workers.givenUp.then(async (error) => {
    await workers.close()
    process.stderr.write(`istmo gateway: ${error.message}\n`)
    process.exit(1)
  })
  return workers
}
