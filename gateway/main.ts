/** The gateway as a process: reads its settings, wires the rooms, listens, and stops on a signal. */
import type { Logger } from 'pino'
import type { Outcome } from '../contract/outcome.ts'
import { createAuthenticate } from '../service/authenticate/authenticate.ts'
import { readIssuers } from '../service/authenticate/issuers-file.ts'
import { ConfigError } from '../service/config-error.ts'
import { readVersion } from '../service/version.ts'
import { createReceiptCheck } from './audit-log/receipts.ts'
import { createFront, type Front } from './front/front.ts'
import { createLegKey } from './leg/leg-key.ts'
import { createLegSender } from './leg/leg-sender.ts'
import { createLegTokenSigner } from './leg/leg-token.ts'
import { createReachability, readBreakers } from './leg/reachability.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import type { Engine } from './pipeline/engine.ts'
import { openRunningAuditLog, type RunningAuditLog } from './process/audit-log.ts'
import { type GatewayConfig, readGatewayConfig } from './process/config.ts'
import { openRequestLimits } from './process/limits.ts'
import { createLiveGraph } from './process/live-graph.ts'
import { type GraphFiles, loadEngine, readGraphFiles } from './process/load-graph.ts'
import { createLog } from './process/logger.ts'
import type { GatewayFlags } from './process/settings.ts'
import { readTlsFiles } from './process/tls-files.ts'
import { watchFiles } from './process/watch-files.ts'
import type { Telemetry } from './telemetry/telemetry.ts'
import type { Leg, Participant, SendLeg } from './types/flow.ts'

/** A gateway that listens. */
export interface Gateway {
  /** Its own address without a path, as `http://127.0.0.1:4000`. */
  readonly url: string
  /** Reads supergraph, countries and trusted documents again, and serves them if they can be served. Never rejects; `/status` says what became of it. */
  reload(): Promise<void>
  /** Finishes what is under way and lets go of everything. */
  close(): Promise<void>
}

/**
 * Starts a gateway: every room once, in the order in which a request passes them.
 * @throws {ConfigError} naming the file that cannot be used; {Error} when the port is taken.
 */
export async function startGateway(config: GatewayConfig, log: Logger = createLog(config.logLevel)): Promise<Gateway> {
  const files = await readGraphFiles(config)
  const issuers = await readIssuers(config)
  const tls = config.tls === null ? null : await readTlsFiles(config.tls)
  let ownUrl = ''
  const requireMandate = config.countriesFolder !== null
  const publicUrl = () => config.publicUrl ?? ownUrl
  if (requireMandate && issuers.some(({ country }) => country === null)) {
    log.warn('the issuer speaks for every country: give --issuer-country, unless this is for development')
  }
  const authenticate = await createAuthenticate({ issuers, anonymous: config.anonymous, requireMandate, publicUrl })
  const limits = await openRequestLimits(config, log, {
    onStranger: () => metrics.noteStranger(),
    onUnsent: (leg, outcome) => metrics.noteLeg(leg, outcome),
  })
  const key = await createLegKey(config.legKeyFile ?? undefined)
  const reachability = createReachability()
  const signLegToken = createLegTokenSigner({ key, gateway: config.gatewayName })
  const metrics = createMetrics({
    breakers: () => readBreakers(graph.participants(), legs.breakerOf),
    plansCached: () => serving.plansCached(),
    record: () => auditLog?.reading() ?? null,
  })
  const onOutcome = (leg: Leg, outcome: Outcome): void => {
    reachability.note(leg, outcome)
    metrics.noteLeg(leg, outcome)
  }
  const version = readVersion()
  const telemetry = await startTelemetry(config, version, metrics, log)
  const traceLegs = telemetry?.traceLegs ?? ((sendLeg: SendLeg) => sendLeg)
  const headersOf = telemetry === null ? {} : { headersOf: telemetry.headersOf }
  const auditLog = await startAuditLog(config, version, log, telemetry)
  const checkReceipt = createReceiptCheck((code) => participantOf(graph.participants(), code)?.receipts)
  const legs = createLegSender({ signLegToken, log, onOutcome, checkReceipt, ...headersOf })
  const onRejectedAnswer = (refusal: object): void => log.warn(refusal, 'answer refused')
  const limited = limits.limitLegs(traceLegs(metrics.timeLegs(legs.sendLeg)))
  const sendLeg = auditLog?.holdLegs(limited, (code) => participantOf(graph.participants(), code)) ?? limited
  const filesOf = new WeakMap<Engine, GraphFiles>()
  const load = (read: GraphFiles): Engine => {
    const engine = limits.limitOperations(loadEngine(read, config, { sendLeg, onRejectedAnswer }, log), read)
    const followed = auditLog?.followOperations(engine, read) ?? engine
    filesOf.set(followed, read)
    return followed
  }

  const runner = load(files)
  await auditLog?.noteGraph(files)
  let serving = runner
  const read = () => readGraphFiles(config)
  const graph = createLiveGraph({
    files,
    read,
    load,
    serve: async (engine) => {
      const next = filesOf.get(engine)
      if (next !== undefined) await auditLog?.noteGraph(next)
      serving = engine
      await front.replaceRunner(engine)
    },
    onReload(result) {
      metrics.noteReload(result)
      if (result === 'refused') auditLog?.noteRejectedGraph(graph.status())
    },
    log,
  })
  const status = () => ({
    version,
    graph: graph.status(),
    participants: reachability.show(graph.participants(), legs.breakerOf),
    record: auditLog?.status() ?? null,
  })
  const front = await createFront({
    ...{ ...config, runner, authenticate, admission: limits.admission, tls, status, publicKeys: key.publicKeys, log },
    metrics: config.metrics ? metrics.expose : null,
    ...(auditLog === null ? {} : { record: auditLog.record }),
    ...(telemetry === null ? {} : { onArrival: telemetry.onArrival }),
    onAnswered(request) {
      metrics.noteRequest(request)
      telemetry?.onAnswered(request)
    },
  })
  const url = await listen(front, config)
  ownUrl = url
  const watched = { file: config.supergraphFile, folder: config.countriesFolder }
  const unwatch = watchFiles(watched, () => void graph.reload(), log)
  log.info({ url, participants: files.participants.map(({ country }) => country), graph: files.hash }, 'listening')
  const close = async (): Promise<void> => {
    unwatch()
    await front.close()
    await legs.close()
    await limits.close()
    await auditLog?.close()
    await telemetry?.close()
  }
  const reload = async (): Promise<void> => {
    await Promise.all([graph.reload(), limits.reload()])
  }
  return { url, reload, close }
}

/**
 * Runs `istmo gateway` until a signal ends it. A setting that is wrong is said on standard error, with exit code 2; any other
 * failure to start with exit code 1.
 */
export async function runGateway(flags: GatewayFlags): Promise<void> {
  try {
    const config = readGatewayConfig(flags)
    const gateway = await startGateway(config)
    // Before it says that it listens: whoever waits for that may stop it at once.
    process.on('SIGHUP', () => void gateway.reload())
    stopOnSignals(gateway)
    process.stdout.write(`Istmo listens on ${gateway.url}/graphql\n`)
    if (config.graphiql) process.stdout.write(`GraphiQL is at ${gateway.url}/\n`)
  } catch (error) {
    process.stderr.write(`istmo gateway: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = error instanceof ConfigError ? 2 : 1
  }
}

/** Opens the record that the settings name. Without one a gateway is for development, and says so. */
async function startAuditLog(
  { auditLogFiles }: GatewayConfig,
  version: string,
  log: Logger,
  telemetry: Telemetry | null,
): Promise<RunningAuditLog | null> {
  if (auditLogFiles !== null) return openRunningAuditLog(auditLogFiles, version, log, telemetry?.traceIdOf)
  log.warn('nothing is recorded: give --audit-log-dir, unless this is for development')
  return null
}

function participantOf(participants: readonly Participant[], code: string): Participant | undefined {
  return participants.find(({ country }) => country === code)
}

/** Loads what sends traces and metrics, where they go somewhere. */
async function startTelemetry(
  { otlpEndpoint: endpoint, takesTraces, gatewayName: name }: GatewayConfig,
  version: string,
  metrics: Metrics,
  log: Logger,
): Promise<Telemetry | null> {
  if (endpoint === null) return null
  const { createTelemetry } = await import('./telemetry/telemetry.ts')
  return createTelemetry({ endpoint, takesTraces, name, version, readMetrics: metrics.read, log })
}

function stopOnSignals(gateway: Gateway): void {
  let isStopping = false
  // A signal that comes twice (from the terminal, and handed on by a launcher) is one: draining is bounded by the deadlines.
  const stop = (): void => {
    if (isStopping) return
    isStopping = true
    void gateway.close().finally(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

async function listen(front: Front, { host, port, tls }: GatewayConfig): Promise<string> {
  const {
    address,
    family,
    port: taken,
  } = await front.listen(host, port).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${host}:${port}: cannot be listened on (${cause.code}). Choose another --port or --host.`, {
      cause,
    })
  })
  return `${tls === null ? 'http' : 'https'}://${family === 'IPv6' ? `[${address}]` : address}:${taken}`
}
