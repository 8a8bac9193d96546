/** The audit log of a gateway's process: opens it by the settings, and writes what is served into it. */
import { join } from 'node:path'
import { parse } from 'graphql'
import type { Logger } from 'pino'
import { parsePolicy } from '../../audit/note/policy.ts'
import { describeRules } from '../../service/audit-log/describe-rules.ts'
import { readAuditLogKeys } from '../../service/audit-log/key-files.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import { readSetting } from '../../service/read-setting.ts'
import { type GatewayAuditLog, openAuditLog } from '../audit-log/audit-log.ts'
import { openWitnesses, type Witnesses } from '../audit-log/witnesses.ts'
import type { AuditLogReading } from '../metrics/metrics.ts'
import type { GraphInForce } from '../pipeline/record-operations.ts'
import type { TrailOperation } from '../types/flow.ts'
import type { AuditLogFiles } from './config.ts'
import type { GraphStatus } from './live-graph.ts'
import type { GraphFiles } from './load-graph.ts'

/** How long the first cosignatures are waited for at the start, in milliseconds: so that first answers are not called unwitnessed. */
const FIRST_WITNESSES_MS = 1_000

/** The audit log of a running gateway. */
export interface RunningAuditLog {
  /** Where the front has each request written before its answer leaves. */
  readonly requests: GatewayAuditLog
  /** The value that `/status` gives. */
  readonly status: () => unknown
  /** What the metrics show of it. */
  readonly reading: () => AuditLogReading
  /** Writes an entry about the graph that is served from now on, and keeps its texts by their hashes. */
  readonly noteGraph: (files: GraphFiles) => Promise<void>
  /** What a trail says about a graph that {@link noteGraph} has noted. */
  readonly inForce: (files: GraphFiles) => GraphInForce
  /** For how long the log has had no quorum of witnesses, in milliseconds; 0 while it has one, or where none is asked for. */
  readonly unwitnessedMs: () => number
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
  const { signer, refKeys: keys } = await readAuditLogKeys(files)
  const policy =
    files.policy === null ? null : await readSetting(files.policy, '--trust-policy (TRUST_POLICY_FILE)', parsePolicy)
  const record = await openAuditLog({
    folder: files.folder,
    signer,
    keys,
    version,
    log,
    ...(traceIdOf && { traceIdOf }),
  })
  const witnesses =
    policy === null || policy.quorum === 'none'
      ? null
      : await openWitnesses({ entries: record.entries, folder: join(files.folder, AUDIT_LOG_FOLDERS.log), policy, log })
  if (witnesses !== null) await within(witnesses.collect(), FIRST_WITNESSES_MS)
  const rules = new WeakMap<GraphFiles, TrailOperation['rules']>()
  const unwitnessedMs = (): number => witnesses?.state().unwitnessedMs ?? 0
  return {
    requests: record,
    status: () => statusOf(record, witnesses),
    reading: () => ({
      entries: record.entries.size(),
      isWritable: record.isWritable(),
      unwitnessedSeconds: unwitnessedMs() / 1_000,
    }),
    async noteGraph(graph) {
      rules.set(graph, await noteGraph(record, graph))
    },
    inForce: (graph) => ({ graph: graph.hash, rules: rules.get(graph) ?? new Map() }),
    unwitnessedMs,
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
    participants.map(async ({ country, access, domains }) => {
      const sdls = Object.entries(domains).flatMap(([domain, { sdl }]) =>
        sdl === undefined ? [] : [[domain, parse(sdl, { noLocation: true })] as const],
      )
      const { hashes, texts } = describeRules(access, new Map(sdls))
      await Promise.all(texts.map(record.keep))
      return { country, ...hashes }
    }),
  )
  await record.write({ kind: 'graph', graph, countries, result: 'SERVED', code: null })
  return new Map(countries.map(({ country, ...rules }) => [country, rules]))
}
