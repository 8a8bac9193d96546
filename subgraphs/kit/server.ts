import { isDeepStrictEqual } from 'node:util'
import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import type { Domain } from '../../contract/domain.ts'
import { endConnections, formatOrigin, listen, stopServer } from '../../service/http/listen.ts'
import { createCoordinates, type NodeAuditLog, openNodeAuditLog } from './audit-log/node-audit-log.ts'
import type { Backend, CheckLeg } from './backend.ts'
import { type CheckCaller, openCallerCheck } from './caller/caller-check.ts'
import { createCallerTime, createFairTurns } from './caller-time.ts'
import type { NodeConfig } from './config.ts'
import { handleRequest, type Node } from './handle-request.ts'
import { limitHits, limitRows } from './leg-quotas.ts'
import { LegRejected } from './leg-rejected.ts'
import { createLegSalts, type LegSalts } from './leg-salts.ts'
import { type LiveKeys, openLiveKeys } from './live-keys.ts'
import { type LiveRules, openLiveRules } from './live-rules.ts'
import { createNodeLog } from './logger.ts'
import { createLegMeter, type NodeOperator, openNodeOperator } from './node-operator.ts'
import { buildNodeSchema } from './node-schema.ts'
import { type NodeServer, openNodeServer } from './node-server.ts'
import type { Questions } from './question/questions.ts'
import { openQuestions } from './question/questions.ts'
import { openRows, type RowsOptions } from './rows-backend.ts'
import type { CountryRules } from './rules.ts'
import { openUpstreams } from './sidecar/upstream-backend.ts'
import {
  NOTHING_SUSPENDED,
  openSuspendedLegs,
  type SuspendedLegs,
  type SuspendedLegsOptions,
} from './suspended-legs.ts'
import type { Database, DomainModule } from './types.ts'

/** How long running requests may take to finish on close, in milliseconds. */
const DRAIN_MS = 5_000

/** A running node. */
export interface RunningNode {
  /** `http://host:port` or `https://host:port`, the domains at `/cases`, `/persons`, `/legal` below it. */
  readonly url: string
  readonly port: number
  /** The address of the operator's server; null without one. */
  readonly operatorUrl: string | null
  /** Reads the country's file and the files of TLS again. Files that are wrong change nothing, and the log says why. */
  reload(): Promise<void>
  /** Closes at once each connection of a client with this certificate (base64url SHA-256). @returns how many it closed. */
  closeSocketsOf(certificateHash: string): number
  /** From now on, `/health/ready` says that the node stops, and each answer ends its connection. It answers as before. */
  drain(): void
  /** Accepts no more connections, finishes the running requests, and closes the database that the node opened. */
  close(): Promise<void>
}

/** What a node is started with besides its settings. */
export interface NodeParts {
  /** The modules of `config.domains`. */
  readonly modules: readonly DomainModule[]
  /** A database that is already open; the node does not close it. If absent, the node opens that of its settings, if it needs one. */
  readonly db?: Database
  /** If absent, the node logs JSON lines on standard output. */
  readonly log?: Logger
}

/**
 * Starts a national node: opens its rows, or its connections to the services behind it, and listens.
 * @throws {Error} if the database, the key set or the port is not available, if the database belongs to another country or cannot
 * filter its rows, or if the rules cannot be built or demand less than the contract.
 */
export async function startNode(config: NodeConfig, parts: NodeParts): Promise<RunningNode> {
  const { modules, db, log = createNodeLog(config) } = parts
  const { rules: file, country } = config
  const served = new Map(modules.map((module) => [module, buildNodeSchema(module)]))
  const live = await openLiveRules({
    file,
    country,
    served,
    log,
    isSuspended: (coordinate) => suspended.isFieldSuspended(coordinate),
    prepare: (rules) => prepareRules(rules),
  })
  const rules = live.current()
  const callerTime = createCallerTime(config.callerTime)
  const backend = await openBackend(config, { modules, db, live, log, callerTime })
  let auditLog: NodeAuditLog | null = null
  let suspended = NOTHING_SUSPENDED
  let [http, operator, keys]: [NodeServer | null, NodeOperator | null, LiveKeys | null] = [null, null, null]
  const closeStores = async (): Promise<void> => {
    http?.close()
    for (const store of [keys, operator, live, suspended, auditLog, backend]) await store?.close()
  }
  let prepareRules: (rules: CountryRules) => Promise<void> = async () => undefined
  try {
    const liveKeys = await openLiveKeys(config, log)
    keys = liveKeys
    const openCheck = (from: CountryRules): Promise<CheckCaller> =>
      openCallerCheck(config, from, log, liveKeys.gatewayKeys, (key) => suspended.isKeySuspended(key))
    const checkCaller = await openCheck(rules)
    const questions = openQuestions(liveKeys.nodeKey, live.current, log)
    const domains = createDomains(served, { live, questions, backend })
    auditLog = await openAuditLog(config, rules, log)
    suspended = await openSuspensionsOf(config, { rules, auditLog, log }, [...served.values()])
    const onRejected = () => auditLog?.countRejection('CERTIFICATE_MISSING')
    const httpParts = { log, onRejected, isSuspended: (hash: string) => suspended.isKeySuspended(hash) }
    const opened = await openNodeServer(config, httpParts, (...exchange) => void handleRequest(node, ...exchange))
    http = opened
    const { server, scheme, checkPeer, closeSocketsOf, reloadTls } = opened
    const meter = createLegMeter(Date.now)
    const fixed = { backend, log, checkCaller, domains, auditLog, checkPeer, suspended, meter, callerTime }
    const own = { salts: openSalts(auditLog), thread: createFairTurns(1, callerTime) }
    const node: Node = { ...fixed, ...own, isDraining: false }
    prepareRules = createRulesChange(node, live.current, openCheck)
    suspended.onKeysSuspended((hashes) => hashes.forEach(closeSocketsOf))
    const shown = { rules: live.current, suspended, ends: opened.ends, legs: meter, backend, auditLog }
    operator = await openNodeOperator(config, { ...shown, ...liveKeys }, log)
    liveKeys.follow(auditLog)
    const { port } = await listen(server, config.host, config.port)
    log.info({ port, domains: config.domains, scheme }, 'the node listens')
    const running = { url: formatOrigin(scheme, config.host, port), port, operatorUrl: operator?.url ?? null }
    const reload = async (): Promise<void> => void (await Promise.all([live.reload(), reloadTls(), liveKeys.reload()]))
    const close = once(() => stop(server, closeStores))
    return { ...running, closeSocketsOf, reload, drain: () => drain(node, server), close }
  } catch (error) {
    await closeStores()
    throw error
  }
}

async function openBackend(config: NodeConfig, options: RowsOptions & { readonly live: LiveRules }): Promise<Backend> {
  const { upstream } = config
  const { live, callerTime } = options
  try {
    return await (upstream === undefined
      ? openRows(config, options)
      : openUpstreams(upstream, config.hitsFile, live.recognition, callerTime))
  } catch (error) {
    await live.close()
    throw error
  }
}

/**
 * Makes the function that lets a node decide by other rules. It changes nothing if it rejects. The log has the other rules before the node decides by
 * them.
 */
function createRulesChange(
  node: Node,
  current: () => CountryRules,
  openCheck: (rules: CountryRules) => Promise<CheckCaller>,
): (next: CountryRules) => Promise<void> {
  return async (next) => {
    // A check that nothing changes keeps what it remembers: the mandates that it has seen, and the tokens that were used.
    const isSameCheck = isDeepStrictEqual(checkedPart(next), checkedPart(current()))
    const check = isSameCheck ? node.checkCaller : await openCheck(next)
    await node.suspended.replaceRules(next)
    try {
      await node.auditLog?.replaceRules(next)
    } catch (error) {
      await node.suspended.replaceRules(current())
      throw error
    }
    node.checkCaller = check
  }
}

/** The part of the rules from which the check of callers is made. */
function checkedPart({ callers, legTokens }: CountryRules): object {
  return { callers, legTokens }
}

/** Creates the memory of used salts, with those of the hour before the start. */
function openSalts(auditLog: NodeAuditLog | null): LegSalts {
  const salts = createLegSalts(Date.now)
  for (const salt of auditLog?.earlierSalts ?? []) salts.remember(salt)
  return salts
}

function openSuspensionsOf(
  { country, suspensions: folder }: NodeConfig,
  parts: Pick<SuspendedLegsOptions, 'rules' | 'auditLog' | 'log'>,
  schemas: readonly GraphQLSchema[],
): Promise<SuspendedLegs> {
  return openSuspendedLegs({
    country,
    folder,
    ...parts,
    hasField: (typeName, fieldName) => schemas.some((schema) => hasField(schema, typeName, fieldName)),
  })
}

function hasField(schema: GraphQLSchema, typeName: string, fieldName: string): boolean {
  const type = schema.getType(typeName)
  return type !== undefined && 'getFields' in type && Object.hasOwn(type.getFields(), fieldName)
}

interface DomainParts {
  readonly live: LiveRules
  readonly questions: Questions | null
  readonly backend: Backend
}

function createDomains(
  served: ReadonlyMap<DomainModule, GraphQLSchema>,
  { live, questions, backend }: DomainParts,
): Node['domains'] {
  const countHits = limitHits(live.current, backend.hits)
  const limit = limitRows(live.current, backend.rowCounts, Date.now)
  return new Map(
    [...served].map(([module, schema]) => {
      const { domain } = module
      const checkQuestion = questions?.checkOf(module, schema)
      const check: CheckLeg = (request, leg) => {
        checkQuestion?.(request, leg)
        const rejection = live.guardOf(domain)(request, live.recognition(leg.claims).recognition)
        if (rejection !== null) throw new LegRejected(leg.claims, rejection)
        return countHits(request, leg.claims, schema)
      }
      const limited = limit(backend.serve(domain, schema, check), schema)
      const answer = questions?.answer(limited, schema) ?? limited
      return [`/${domain satisfies Domain}`, { domain, answer, coordinatesOf: createCoordinates(schema) }]
    }),
  )
}

async function openAuditLog(config: NodeConfig, rules: CountryRules, log: Logger): Promise<NodeAuditLog | null> {
  const { auditLogDir: folder, auditLogKey: key, auditLogRefKeys: refKeys, country, domains } = config
  const { auditLogShards: sharding } = config
  if (folder !== undefined && key !== undefined && refKeys !== undefined) {
    const { trustPolicy: policy } = config
    const files = { folder, key, refKeys, sharding, ...(policy !== undefined && { policy }) }
    return openNodeAuditLog({ files, country, domains, rules, log })
  }
  log.warn('the node writes no audit log: set --audit-log-dir, unless this is for development')
  return null
}

function drain(node: Node, server: NodeServer['server']): void {
  node.isDraining = true
  endConnections(server)
}

async function stop(server: NodeServer['server'], closeStores: () => Promise<void>): Promise<void> {
  await stopServer(server, DRAIN_MS)
  await closeStores()
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work()
    return running
  }
}
