/** The audit log of a gateway's process: opens it as the settings say, and writes into it which graph the gateway serves. */
import { join } from 'node:path'
import { parse } from 'graphql'
import type { Logger } from 'pino'
import { parsePolicy } from '../../audit/note/policy.ts'
import { describeRules } from '../../service/audit-log/describe-rules.ts'
import { readAuditLogKeys } from '../../service/audit-log/key-files.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import { ConfigError } from '../../service/config-error.ts'
import { readSetting } from '../../service/read-setting.ts'
import { type GatewayAuditLog, openAuditLog } from '../audit-log/audit-log.ts'
import { createRollbackCheck, LogRolledBackError } from '../audit-log/rollback.ts'
import { openWitnesses, type Witnesses } from '../audit-log/witnesses.ts'
import type { AuditLogReading } from '../metrics/metrics.ts'
import type { GraphInForce } from '../pipeline/record-operations.ts'
import type { TrailOperation } from '../types/flow.ts'
import type { AuditLogFiles } from './config.ts'
import type { GraphStatus } from './live-graph.ts'
import type { GraphFiles } from './load-graph.ts'

/** How long the start waits for the first cosignatures, in milliseconds, so that the first answers do not count as unwitnessed. */
const FIRST_WITNESSES_MS = 1_000

/** How long the start waits for what the witnesses last cosigned, in milliseconds. */
const COMPARE_DEADLINE_MS = 2_000

/** The audit log of a running gateway. */
export interface RunningAuditLog {
  /** The log to which the front writes each request before its answer leaves. */
  readonly requests: GatewayAuditLog
  /** Returns the value that the operator's `/status` shows. */
  readonly status: () => unknown
  /** Returns what everybody may know: not the log's size, which tells when somebody asked. */
  readonly publicStatus: () => {
    readonly origin: string
    readonly isWritable: boolean
    readonly isWitnessed: boolean | null
  }
  /** Returns what the metrics show of the log. */
  readonly reading: () => AuditLogReading
  /** Writes an entry about the graph that the gateway serves from now on, and stores its texts by their hashes. */
  readonly noteGraph: (files: GraphFiles) => Promise<void>
  /** Returns what a trail says about a graph that {@link noteGraph} has noted. */
  readonly inForce: (files: GraphFiles) => GraphInForce
  /** Returns for how long the log has had no quorum of witnesses, in milliseconds; 0 if it has one or needs none. */
  readonly unwitnessedMs: () => number
  /** Writes an entry that the gateway does not serve the current files, and why. */
  readonly noteRejectedGraph: (status: GraphStatus) => void
  readonly close: () => Promise<void>
}

/**
 * Opens the audit log that the settings name, and writes its `start` entry.
 * @throws {ConfigError} if one of its files cannot be used, or the log is older than what its witnesses cosigned.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {LogDamagedError} if the log is not consistent with itself.
 */
export async function openRunningAuditLog(
  files: AuditLogFiles,
  version: string,
  log: Logger,
  traceIdOf?: (requestId: string) => string | null,
): Promise<RunningAuditLog> {
  const { auditLog, witnesses } = await openWithWitnesses(files, version, log, traceIdOf)
  if (witnesses !== null) await waitAtMost(witnesses.collect(), FIRST_WITNESSES_MS)
  const rules = new WeakMap<GraphFiles, TrailOperation['rules']>()
  const unwitnessedMs = (): number => witnesses?.state().unwitnessedMs ?? 0
  return {
    requests: auditLog,
    status: () => readStatus(auditLog, witnesses),
    publicStatus: () => ({
      origin: auditLog.entries.origin,
      isWritable: auditLog.isWritable(),
      isWitnessed: witnesses === null ? null : unwitnessedMs() === 0,
    }),
    reading: () => ({
      entries: auditLog.entries.size(),
      isWritable: auditLog.isWritable(),
      unwitnessedSeconds: unwitnessedMs() / 1_000,
    }),
    async noteGraph(graph) {
      rules.set(graph, await noteGraph(auditLog, graph))
    },
    inForce: (graph) => ({ graph: graph.hash, rules: rules.get(graph) ?? new Map() }),
    unwitnessedMs,
    noteRejectedGraph({ hash: served, lastError }) {
      const code = lastError?.code ?? 'INTERNAL'
      // An audit log that cannot be written reports that itself.
      auditLog.write({ kind: 'graph', graph: served, countries: [], result: 'REFUSED', code }).catch(() => undefined)
    },
    async close() {
      await witnesses?.close()
      await auditLog.close()
    },
  }
}

/** Opens the log, after its witnesses have said that it was not set back, and then begins to take its checkpoints to them. */
async function openWithWitnesses(
  files: AuditLogFiles,
  version: string,
  log: Logger,
  traceIdOf?: (requestId: string) => string | null,
): Promise<{ readonly auditLog: GatewayAuditLog; readonly witnesses: Witnesses | null }> {
  const { signer, refKeys: keys } = await readAuditLogKeys(files)
  const policy =
    files.policy === null ? null : await readSetting(files.policy, '--trust-policy (TRUST_POLICY_FILE)', parsePolicy)
  const rollback = createRollbackCheck(policy ?? NO_WITNESSES, log)
  const opened = await openAuditLog({
    ...{ folder: files.folder, signer, keys, version, log },
    beforeStart: (entries) => rollback.check(entries, COMPARE_DEADLINE_MS).catch(toConfigError),
    ...(traceIdOf && { traceIdOf }),
  })
  if (policy === null || policy.quorum === 'none') return { auditLog: opened, witnesses: null }
  const folder = join(files.folder, AUDIT_LOG_FOLDERS.log)
  const witnesses = await openWitnesses({ entries: opened.entries, folder, policy, rollback, log })
  return { auditLog: stopWhenRolledBack(opened, witnesses.isRolledBack), witnesses }
}

const NO_WITNESSES = parsePolicy('quorum none\n')

/** Whoever operates the gateway reads this error at its start, so it must name the remedy without a stack. */
function toConfigError(error: unknown): never {
  throw error instanceof LogRolledBackError ? new ConfigError(error.message, { cause: error }) : error
}

/** Returns the audit log, which cannot be written once a witness has proved that it was set back. */
function stopWhenRolledBack(auditLog: GatewayAuditLog, isRolledBack: () => boolean): GatewayAuditLog {
  return {
    ...auditLog,
    isWritable: () => !isRolledBack() && auditLog.isWritable(),
    unready: async () => (isRolledBack() ? 'RECORD_UNAVAILABLE' : auditLog.unready()),
  }
}

/** Waits for `work`, which never rejects, but no longer than `ms` milliseconds. */
function waitAtMost(work: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    void work.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function readStatus({ entries, isWritable }: GatewayAuditLog, witnesses: Witnesses | null): unknown {
  const head = { origin: entries.origin, size: entries.size(), isWritable: isWritable() }
  if (witnesses === null) return head
  const { size: witnessedSize, unwitnessedMs, witnesses: answers } = witnesses.state()
  return { ...head, witnessedSize, isWitnessed: unwitnessedMs === 0, witnesses: answers }
}

async function noteGraph(
  auditLog: GatewayAuditLog,
  { supergraphSdl, participants }: GraphFiles,
): Promise<TrailOperation['rules']> {
  const graph = await auditLog.keep(supergraphSdl)
  const countries = await Promise.all(
    participants.map(async ({ country, access, domains }) => {
      const sdls = Object.entries(domains).flatMap(([domain, { sdl }]) =>
        sdl === undefined ? [] : [[domain, parse(sdl, { noLocation: true })] as const],
      )
      const { hashes, texts } = describeRules(access, new Map(sdls))
      await Promise.all(texts.map(auditLog.keep))
      return { country, ...hashes }
    }),
  )
  await auditLog.write({ kind: 'graph', graph, countries, result: 'SERVED', code: null })
  return new Map(countries.map(({ country, ...rules }) => [country, rules]))
}
