/** The record, wired: opens it by the settings, tells it what is served, and lets it follow each operation. */
import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getOperationAST, parse, print } from 'graphql'
import type { Logger } from 'pino'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { parseSignerKey } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { readKeyFile } from '../../audit/pseudonym/key-file.ts'
import { ConfigError } from '../../service/config-error.ts'
import { AUDIT_LOG_FOLDERS, type GatewayAuditLog, openAuditLog } from '../audit-log/audit-log.ts'
import { openWitnesses, type Witnesses } from '../audit-log/witnesses.ts'
import type { AuditLogReading } from '../metrics/metrics.ts'
import type { Engine } from '../pipeline/engine.ts'
import type { Participant, SendLeg, TrailOperation } from '../types/flow.ts'
import type { AuditLogFiles } from './config.ts'
import type { GraphStatus } from './live-graph.ts'
import type { GraphFiles } from './load-graph.ts'

/** How long the first cosignatures are waited for at the start, in milliseconds: so that first answers are not called unwitnessed. */
const FIRST_WITNESSES_MS = 1_000

/** The record of a running gateway. */
export interface RunningAuditLog {
  readonly record: GatewayAuditLog
  /** The value that `/status` gives. */
  readonly status: () => unknown
  /** What the metrics show of it. */
  readonly reading: () => AuditLogReading
  /** Writes down what is served from now on, and keeps its texts; `files` that are refused, why. */
  readonly noteGraph: (files: GraphFiles) => Promise<void>
  /** An engine whose operations leave a trail, and whose answers say when the record has no quorum. */
  readonly followOperations: (engine: Engine, files: GraphFiles) => Engine
  /** Legs to countries that give nothing while the record has no quorum are not sent. */
  readonly holdLegs: (sendLeg: SendLeg, participantOf: (country: string) => Participant | undefined) => SendLeg
  /** Writes down that files of the moment are not served, and why. */
  readonly noteRejectedGraph: (status: GraphStatus) => void
  readonly close: () => Promise<void>
}

/**
 * Opens the record that the settings name, and begins it with a `start` entry.
 * @throws {ConfigError} where a file of it cannot be used. What is wrong with the log itself is thrown as the log says it.
 */
export async function openRunningAuditLog(
  files: AuditLogFiles,
  version: string,
  log: Logger,
  traceIdOf?: (requestId: string) => string | null,
): Promise<RunningAuditLog> {
  const signer = await readAs(files.key, '--audit-log-key (AUDIT_LOG_KEY_FILE)', (text) => parseSignerKey(text.trim()))
  const keys = await readKeyFile(files.refKeys).catch((cause: unknown) => {
    throw unusable(files.refKeys, '--audit-log-ref-keys (AUDIT_LOG_REF_KEYS_FILE)', cause)
  })
  const policy =
    files.policy === null ? null : await readAs(files.policy, '--trust-policy (TRUST_POLICY_FILE)', parsePolicy)
  const record = await openAuditLog({ folder: files.folder, signer, keys, log, ...(traceIdOf && { traceIdOf }) })
  const { repairs } = record.entries
  if (repairs.length > 0) log.warn({ repairs }, 'the record was repaired on opening')
  await record.write({ kind: 'start', version, repairs: [...new Set(repairs.map(({ kind }) => kind))] })
  const witnesses =
    policy === null || policy.quorum === 'none'
      ? null
      : await openWitnesses({ entries: record.entries, folder: join(files.folder, AUDIT_LOG_FOLDERS.log), policy, log })
  if (witnesses !== null) await within(witnesses.collect(), FIRST_WITNESSES_MS)
  const rules = new WeakMap<GraphFiles, TrailOperation['rules']>()
  return {
    record,
    status: () => statusOf(record, witnesses),
    reading: () => ({
      entries: record.entries.size(),
      isWritable: record.isWritable(),
      unwitnessedSeconds: (witnesses?.state().unwitnessedMs ?? 0) / 1_000,
    }),
    async noteGraph(graph) {
      rules.set(graph, await noteGraph(record, graph))
    },
    followOperations: (engine, graph) =>
      followOperations(engine, () => ({ graph: graph.hash, rules: rules.get(graph) ?? new Map() }), witnesses),
    holdLegs: (sendLeg, participantOf) => holdLegs(sendLeg, participantOf, witnesses),
    noteRejectedGraph({ hash: served, lastError }) {
      const code = lastError?.code ?? 'INTERNAL'
      // A record that cannot be written says so itself.
      record.write({ kind: 'graph', graph: served, countries: [], result: 'REFUSED', code }).catch(() => undefined)
    },
    async close() {
      await witnesses?.close()
      await record.close()
    },
  }
}

async function readAs<Value>(file: string, setting: string, parse: (text: string) => Value): Promise<Value> {
  try {
    return parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw unusable(file, setting, cause)
  }
}

function unusable(file: string, setting: string, cause: unknown): ConfigError {
  const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
  return new ConfigError(`${file}: expected a file that can be used: ${reason}. Correct ${setting}.`, { cause })
}

function within(work: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    void work.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function statusOf({ entries, isWritable }: GatewayAuditLog, witnesses: Witnesses | null): unknown {
  const head = { origin: entries.origin, size: entries.size(), isWritable: isWritable() }
  if (witnesses === null) return head
  const { size: witnessedSize, unwitnessedMs, witnesses: asked } = witnesses.state()
  return { ...head, witnessedSize, isWitnessed: unwitnessedMs === 0, witnesses: asked }
}

async function noteGraph(
  record: GatewayAuditLog,
  { supergraphSdl, participants }: GraphFiles,
): Promise<TrailOperation['rules']> {
  const graph = await record.keep(supergraphSdl)
  const countries = await Promise.all(
    participants.map(async ({ country, access: { taskForces, policies }, domains }) => {
      const sdls = Object.entries(domains).flatMap(([domain, { sdl }]) =>
        sdl === undefined ? [] : [{ domain, sdl: print(parse(sdl, { noLocation: true })) }],
      )
      await Promise.all([policies.text, ...sdls.map(({ sdl }) => sdl)].map(record.keep))
      const hashes = Object.fromEntries(sdls.map(({ domain, sdl }) => [domain, hash('sha256', sdl)]))
      const document = { country, taskForces, policySet: policies.version, sdl: hashes }
      const access = await record.keep(Buffer.from(canonicalBytes(document)).toString('utf8'))
      return { country, access, policySet: policies.version }
    }),
  )
  await record.write({ kind: 'graph', graph, countries, result: 'SERVED', code: null })
  return new Map(countries.map(({ country, ...rules }) => [country, rules]))
}

function followOperations(
  engine: Engine,
  servedBy: () => Pick<TrailOperation, 'graph' | 'rules'>,
  witnesses: Witnesses | null,
): Engine {
  return {
    ...engine,
    async execute(request, context) {
      const { document, operationName, variables } = request
      const name = getOperationAST(document, operationName)?.name?.value
      const { trail } = context
      if (trail) trail.operation = { document, name, variables, ...servedBy() }
      const answer = await engine.execute(request, context)
      if (trail) trail.codes = (answer.errors ?? []).map(({ extensions }) => String(extensions?.code))
      if (witnesses === null || witnesses.state().unwitnessedMs === 0) return answer
      return { ...answer, extensions: { ...answer.extensions, record: 'UNWITNESSED' } }
    },
  }
}

function holdLegs(
  sendLeg: SendLeg,
  participantOf: (country: string) => Participant | undefined,
  witnesses: Witnesses | null,
): SendLeg {
  if (witnesses === null) return sendLeg
  return async (leg, request) => {
    const { unwitnessedMs } = witnesses.state()
    if (unwitnessedMs > 0) {
      const refuseAfterMs = leg.country === null ? undefined : participantOf(leg.country)?.refuseUnwitnessedAfterMs
      if (refuseAfterMs !== undefined && unwitnessedMs > refuseAfterMs) {
        return { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'UNWITNESSED' } }
      }
    }
    return sendLeg(leg, request)
  }
}
