/** The gateway's own HTTP server, as the door through which requests come. */
import type { Logger } from 'pino'
import { formatOrigin } from '../service/http/listen.ts'
import { readYamlFile } from '../service/yaml-file.ts'
import { listLogKeys } from './audit-log/receipts.ts'
import { createFront, type Front } from './front/front.ts'
import { landingSchema } from './front/landing/landing-file.ts'
import type { LandingCountry } from './front/landing/landing-page.ts'
import { showPublicly } from './leg/reachability.ts'
import type { Engine } from './pipeline/engine.ts'
import type { GatewayConfig } from './process/config.ts'
import type { LiveGraph } from './process/live-graph.ts'
import type { GraphFiles } from './process/load-graph.ts'
import type { Rooms } from './rooms.ts'

/** What a gateway has when its door is opened. */
export interface Inside {
  readonly engine: Engine
  /** The files that the engine was built from. */
  readonly files: GraphFiles
  readonly graph: Pick<LiveGraph, 'status'>
  readonly rooms: Rooms
  readonly config: GatewayConfig
  readonly log: Logger
}

/** Where requests come in: the gateway's own HTTP server, or a server that embeds the gateway. */
export interface Door {
  /** Begins to take requests. Returns the address under which they come. Rejects if the address is not available. */
  listen(): Promise<string>
  /** Uses the engine, which was built from these files, for what comes from now on. */
  replaceEngine(engine: Engine, files: GraphFiles): Promise<void>
  /** Tells balancers to send no more requests, and answers those that come. Without it, nothing can tell them. */
  drain?(): void
  /** Takes no more requests, waits for the answers in progress until their deadline, and closes the engine. */
  close(): Promise<void>
}

/** Returns why another worker of this gateway should get no requests now; null if each can accept them. */
export type OthersUnready = () => Promise<string | null>

/**
 * Returns what opens the gateway's own HTTP server.
 * @param othersUnready for one of several workers: the gateway is ready when all of them are.
 */
export function frontDoor(othersUnready?: OthersUnready): (inside: Inside) => Promise<Door> {
  return (inside) => openFront(inside, othersUnready)
}

const LANDING_REMEDY =
  'Correct the file, or name another one with --landing (LANDING_FILE). docs/operating.md describes it.'

/** Opens the gateway's own HTTP server. */
async function openFront(
  { engine, graph, rooms, config, log }: Inside,
  othersUnready: OthersUnready | undefined,
): Promise<Door> {
  const { version, participants, metrics, authenticate, takeQuestion, limits, legKey, telemetry } = rooms
  const { auditLog, tls, suspensions } = rooms
  const status = () => ({
    version,
    graph: graph.status(),
    participants: showPublicly(suspensions.mark(participants()), listLogKeys),
    suspended: suspensions.publicStatus(),
    auditLog: auditLog?.publicStatus() ?? null,
  })
  const { landingFile } = config
  const file = landingFile === null ? null : await readYamlFile(landingFile, landingSchema, { remedy: LANDING_REMEDY })
  const landing = () => {
    const away = config.development ? listAway(rooms) : new Set<string>()
    const countries = suspensions.mark(participants()).map(
      ({ country, name, unavailable }): LandingCountry => ({
        country,
        name,
        isAsked: unavailable === undefined,
        isAway: away.has(country),
      }),
    )
    return { version, countries, file, hasGraphiql: config.graphiql }
  }
  const front = await createFront({
    ...config,
    runner: engine,
    authenticate,
    takeQuestion,
    admission: limits.admission,
    tls: tls.server(),
    status,
    landing: { state: landing, documents: file?.documents ?? null },
    log,
    publicKeys: legKey.publicKeys,
    ...(auditLog && { auditLog: auditLog.requests }),
    unready: async () => (await limits.unready()) ?? (await othersUnready?.()) ?? null,
    ...(telemetry && { onArrival: telemetry.onArrival }),
    onAnswered(request) {
      metrics.noteRequest(request)
      telemetry?.onAnswered(request)
    },
  })
  tls.onServerChange(front.replaceTls)
  return {
    listen: () => listen(front, config),
    replaceEngine: (next) => front.replaceRunner(next),
    drain: front.drain,
    close: front.close,
  }
}

/** Lists the countries that did not answer when they were last asked. */
function listAway({ showParticipants }: Rooms): ReadonlySet<string> {
  const away = showParticipants().filter(({ domains }) =>
    Object.values(domains).some(({ reach }) => reach === 'UNAVAILABLE' || reach === 'TIMED_OUT'),
  )
  return new Set(away.map(({ country }) => country))
}

async function listen(front: Front, { host, port, tls, worker }: GatewayConfig): Promise<string> {
  const listening = await front.listen(host, port, worker !== null)
  return formatOrigin(tls === null ? 'http' : 'https', listening.address, listening.port)
}
