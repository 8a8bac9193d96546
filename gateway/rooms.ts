/** The rooms of a gateway, opened and wired with one another. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Outcome } from '../contract/outcome.ts'
import { createAuthenticate } from '../service/authenticate/authenticate.ts'
import type { Issuer } from '../service/authenticate/issuer.ts'
import { readIssuers } from '../service/authenticate/issuers-file.ts'
import { createTakeQuestion } from '../service/authenticate/take-question.ts'
import type { TlsPools } from '../service/http/tls-pools.ts'
import { readVersion } from '../service/version.ts'
import { openCountryHeads } from './audit-log/country-heads.ts'
import { type Gossip, openGossip } from './audit-log/gossip.ts'
import { createReceiptCheck, originOf } from './audit-log/receipts.ts'
import { createCostTurns } from './leg/cost-turns.ts'
import { type CountryTokens, createCountryTokens } from './leg/country-tokens/country-tokens.ts'
import type { Authority } from './leg/country-tokens/exchange-client.ts'
import { createLegKey, type LegKey } from './leg/leg-key.ts'
import { questionForAuthority } from './leg/leg-question.ts'
import { createLegSender, type LegSenderOptions } from './leg/leg-sender.ts'
import { createLegTokenSigner } from './leg/leg-token.ts'
import { createReachability, readBreakers } from './leg/reachability.ts'
import { createTurns } from './leg/turns.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import type { Engine } from './pipeline/engine.ts'
import { openKnownOperations } from './pipeline/known-operations.ts'
import { openRunningAuditLog, type RunningAuditLog } from './process/audit-log.ts'
import { readAuthorities } from './process/authorities.ts'
import type { GatewayConfig } from './process/config.ts'
import { openRequestLimits, type RequestLimits } from './process/limits.ts'
import type { GraphFiles } from './process/load-graph.ts'
import { createPlanning } from './process/planning.ts'
import { startTelemetry } from './process/start-telemetry.ts'
import { openGatewaySuspensions } from './process/suspensions.ts'
import { openGatewayTls } from './process/tls.ts'
import type { Leg, LogHead, RequestContext } from './types/flow.ts'
import type { Participant } from './types/participant.ts'

/** What changes while the gateway runs. The rooms look at it when they need it. */
export interface Current {
  /** The gateway's own address; empty until it listens. */
  url: string
  participants: readonly Participant[]
  /** The engine that answers now; null until the first one is built. */
  engine: Engine | null
  /** The files that it answers by. */
  files: GraphFiles
}

/** The open rooms. */
export type Rooms = Awaited<ReturnType<typeof openRooms>>

/** Opens each room around the engine, in the order in which they need one another. */
export async function openRooms(config: GatewayConfig, current: Current, log: Logger) {
  const version = readVersion()
  const participantOf = createParticipantSearch(current)
  const metrics = createMetrics({
    breakers: () => readBreakers(current.participants, legs.breakerOf),
    plansCached: () => current.engine?.plansCached() ?? 0,
    cachedBytes: () => current.engine?.cachedBytes() ?? 0,
    auditLog: () => auditLog?.reading() ?? null,
    certificates: () => tls.ends(),
  })
  const tls = await openGatewayTls(config, () => current.participants, log)
  const { limits, known } = await openLimits(config, current, metrics, log)
  const startPlanning = createPlanning(config, log, metrics.notePlanningRestart, metrics.notePlanning)
  const issuers = await readIssuers(config)
  const publicUrl = (): string => config.publicUrl ?? current.url
  const authenticateAll = await openAuthenticate(issuers, config, publicUrl, limits)
  const { replays } = limits
  const takeQuestion = createTakeQuestion({ publicUrl, now: Date.now, ...(replays && { replays }) })
  const legKey = await createLegKey(config.legKeyFile ?? undefined)
  const telemetry = await startTelemetry(config, version, metrics, log)
  const auditLog =
    config.auditLogFiles && (await openRunningAuditLog(config.auditLogFiles, version, log, telemetry?.traceIdOf))
  const { participants } = current
  const suspensions = await openGatewaySuspensions({ config, issuers, participants, pools: tls.pools, auditLog, log })
  const gossip = await openGossipOf(config, auditLog, current, log)
  const receipts = await openReceipts(config, participantOf, log, gossip?.noteReceipt)
  const reachability = createReachability()
  const takeTurn = createTurns()
  const countryTokens = await openCountryTokens(issuers, { config, key: legKey, pools: tls.pools, log })
  const parts = { config, legKey, pools: tls.pools, log, takeTurn, countryTokens }
  const legs = createLegs({ ...parts, receipts, telemetry, gossip, outcomes: [reachability.note, metrics.noteLeg] })
  const close = async (): Promise<void> => {
    const open = [countryTokens, suspensions, tls, receipts, known, gossip, limits, auditLog, telemetry]
    for (const room of open) await room?.close()
  }
  const showParticipants = () => reachability.show(suspensions.mark(current.participants), legs.breakerOf)
  const authenticate = suspensions.guard(authenticateAll)
  return {
    version,
    participantOf,
    metrics,
    authenticate,
    takeQuestion,
    limits,
    known,
    startPlanning,
    legKey,
    telemetry,
    auditLog,
    gossip,
    legs,
    takeTurn,
    tls,
    suspensions,
    participants: () => current.participants,
    showParticipants,
    close,
  }
}

/** Opens the limits, and the known operations, among which are the trusted documents of the limits. */
async function openLimits(config: GatewayConfig, current: Current, metrics: Metrics, log: Logger) {
  const limits = await openRequestLimits(config, log, {
    onUnlisted: metrics.noteUnlistedDocument,
    onReloaded: () => void (current.engine && known.planAhead(current.engine)),
    onUnsent: metrics.noteLeg,
  })
  const known = openKnownOperations({ ...config, ...limits, log })
  return { limits, known }
}

/** Creates the search of a participant by its code. Each leg looks several times. */
function createParticipantSearch(current: Current): (code: string) => Participant | undefined {
  let participants: readonly Participant[] = []
  let byCode = new Map<string, Participant>()
  return (code) => {
    if (participants !== current.participants) {
      participants = current.participants
      byCode = new Map([...participants].reverse().map((participant) => [participant.country, participant]))
    }
    return byCode.get(code)
  }
}

/** What a leg needs besides itself, from the rooms and the process. */
interface LegParts extends Pick<LegSenderOptions, 'takeTurn' | 'countryTokens' | 'log'> {
  readonly config: GatewayConfig
  readonly legKey: LegKey
  readonly pools: TlsPools
  readonly receipts: Awaited<ReturnType<typeof openReceipts>>
  readonly telemetry: Awaited<ReturnType<typeof startTelemetry>>
  readonly gossip: Gossip | null
  readonly outcomes: readonly ((leg: Leg, outcome: Outcome) => void)[]
}

/** Creates what sends legs, with the headers and checks of the other rooms. */
function createLegs({ config, legKey, receipts, telemetry, gossip, outcomes, ...parts }: LegParts) {
  return createLegSender({
    ...parts,
    costTurns: createCostTurns(config.costRate?.perSecond ?? null),
    signLegToken: createLegTokenSigner({ key: legKey, gateway: config.gatewayName }),
    onOutcome(leg, outcome) {
      for (const note of outcomes) note(leg, outcome)
    },
    checkReceipt: receipts.check,
    expectsReceipt: receipts.areExpected,
    knownHeadOf: receipts.knownHeadOf,
    ...joinHeaders(telemetry, gossip),
    ...(gossip && { noteHeaders: gossip.noteHeaders }),
  })
}

/** Joins the headers of both, if there are both. */
function joinHeaders(telemetry: LegParts['telemetry'], gossip: Gossip | null): Pick<LegSenderOptions, 'headersOf'> {
  if (telemetry === null) return gossip === null ? {} : { headersOf: gossip.headersOf }
  return { headersOf: (leg) => ({ ...telemetry.headersOf(leg), ...gossip?.headersOf(leg) }) }
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
  const statementFor = ({ question }: RequestContext, country: string) => questionForAuthority(question, country)
  return createCountryTokens({ authorities: endpoints, key, gateway, channelTo, statementFor, log })
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
    areExpected: ({ country }: Leg): boolean => country !== null && participantOf(country)?.receipts !== undefined,
    knownHeadOf({ country }: Leg): LogHead | null {
      const receipts = country === null ? undefined : participantOf(country)?.receipts
      return receipts === undefined ? null : heads.newestOf(originOf(receipts.vkey))
    },
    close: () => heads.close(),
  }
}

async function openAuthenticate(
  issuers: readonly Issuer[],
  config: GatewayConfig,
  publicUrl: () => string,
  { replays }: RequestLimits,
) {
  const requireMandate = config.countriesFolder !== null
  const shared = replays && { replays, nonceKey: replays.nonceKey }
  const options = { issuers, anonymous: config.anonymous, requireMandate, publicUrl }
  return createAuthenticate(options, { now: Date.now, ...shared })
}
