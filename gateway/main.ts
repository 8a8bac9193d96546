/** The gateway as a process: reads its settings, wires the rooms, listens, and stops on a signal. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { z } from 'zod'
import { createAuthenticate } from './authenticate/authenticate.ts'
import { ConfigError, type GatewayConfig, type GatewayFlags, isThisMachine, readGatewayConfig } from './config.ts'
import { readParticipants } from './countries.ts'
import { createEngine } from './engine.ts'
import type { Participant } from './flow.ts'
import { createFront, type Front } from './front/front.ts'
import { createLegKey } from './leg/leg-key.ts'
import { createLegSender } from './leg/leg-sender.ts'
import { createLegTokenSigner } from './leg/leg-token.ts'
import { createReachability } from './leg/reachability.ts'
import { createLog } from './log.ts'

/** A gateway that listens. */
export interface Gateway {
  /** Its own address without a path, as `http://127.0.0.1:4000`. */
  readonly url: string
  /** Finishes what is under way and lets go of everything. */
  close(): Promise<void>
}

/**
 * Starts a gateway: every room once, in the order in which a request passes them.
 * @throws {ConfigError} naming the file that cannot be used; {Error} when the port is taken.
 */
export async function startGateway(config: GatewayConfig, log: Logger = createLog(config.logLevel)): Promise<Gateway> {
  const subgraphDefaults = { deadlineMs: config.legDeadlineMs, maxAnswerBytes: config.maxAnswerBytes }
  const supergraphSdl = await readSupergraph(config.supergraphFile)
  const participants =
    config.countriesFolder === null ? [] : await readParticipants(config.countriesFolder, subgraphDefaults)
  warnOfPlainHttp(participants, log)

  const authenticate = await createAuthenticate(config)
  const key = await createLegKey(config.legKeyFile ?? undefined)
  const reachability = createReachability()
  const signLegToken = createLegTokenSigner({ key, gateway: config.gatewayName })
  const legs = createLegSender({ signLegToken, log, onOutcome: reachability.note })
  const onRefusal = (refusal: object): void => log.warn(refusal, 'answer refused')
  const { sendLeg } = legs
  const runner = loadEngine({ supergraphSdl, participants, subgraphDefaults, sendLeg, onRefusal }, config)

  const about = await describeGateway(supergraphSdl)
  const status = () => ({ ...about, participants: reachability.show(participants) })
  const front = await createFront({ ...config, runner, authenticate, status, publicKeys: key.publicKeys, log })
  const url = await listen(front, config)
  log.info({ url, participants: participants.map(({ country }) => country), graph: about.graph }, 'listening')
  const close = async (): Promise<void> => {
    await front.close()
    await legs.close()
  }
  return { url, close }
}

/**
 * Runs `istmo gateway` until a signal ends it. A setting that is wrong is said on standard error, with exit code 2; any other
 * failure to start with exit code 1.
 */
export async function runGateway(flags: GatewayFlags): Promise<void> {
  try {
    const config = readGatewayConfig(flags)
    const gateway = await startGateway(config)
    process.stdout.write(`Istmo listens on ${gateway.url}/graphql\n`)
    if (config.graphiql) process.stdout.write(`GraphiQL is at ${gateway.url}/\n`)
    stopOnSignals(gateway)
  } catch (error) {
    process.stderr.write(`istmo gateway: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = error instanceof ConfigError ? 2 : 1
  }
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

type EngineOptions = Parameters<typeof createEngine>[0]

function loadEngine(options: EngineOptions, config: GatewayConfig): ReturnType<typeof createEngine> {
  try {
    return createEngine(options)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`${config.supergraphFile}: expected a supergraph that can be served: ${reason}`, { cause })
  }
}

async function readSupergraph(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new ConfigError(
      `${file}: expected a composed supergraph that can be read. Correct --supergraph (SUPERGRAPH_FILE).`,
      { cause },
    )
  }
}

async function listen(front: Front, { host, port }: GatewayConfig): Promise<string> {
  const {
    address,
    family,
    port: taken,
  } = await front.listen(host, port).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${host}:${port}: cannot be listened on (${cause.code}). Choose another --port or --host.`, {
      cause,
    })
  })
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`
}

async function describeGateway(supergraphSdl: string) {
  const packageFile = await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8')
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(packageFile))
  return { version, graph: createHash('sha256').update(supergraphSdl).digest('hex') }
}

function warnOfPlainHttp(participants: readonly Participant[], log: Logger): void {
  for (const { country, domains } of participants) {
    for (const [domain, { url }] of Object.entries(domains)) {
      const { protocol, hostname } = new URL(url)
      if (protocol === 'https:' || isThisMachine(hostname)) continue
      log.warn({ country, domain }, 'legs travel over plain HTTP to another machine; use https')
    }
  }
}
