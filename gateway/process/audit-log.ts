/** The audit log of a gateway's process: opens it as the settings say, and writes into it which graph the gateway serves. */

import { hash } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse, print } from 'graphql'
import type { Logger } from 'pino'
import { z } from 'zod'
import { parsePolicy } from '../../audit/note/policy.ts'
import { type PseudonymKeys, pseudonymsOf } from '../../audit/pseudonym/pseudonym.ts'
import { watchSetBack } from '../../audit/witness/collect.ts'
import { describeRules } from '../../service/audit-log/describe-rules.ts'
import { readAuditLogKeys, readLogSigner } from '../../service/audit-log/key-files.ts'
import { rejectSetBack, requireOwnLog } from '../../service/audit-log/witnessed-log.ts'
import { readSetting } from '../../service/read-setting.ts'
import { type GatewayAuditLog, type GatewayEntry, openAuditLog } from '../audit-log/audit-log.ts'
import { findPresentFolder, openEndedShards } from '../audit-log/ended-shards.ts'
import { openWitnesses, type Witnesses } from '../audit-log/witnesses.ts'
import { signerOf, vkeyOfGateway } from '../audit-log/worker-log.ts'
import type { TrailOperation } from '../types/flow.ts'
import type { Participant } from '../types/participant.ts'
import type { AuditLogFiles } from './config.ts'
import type { GraphStatus } from './live-graph.ts'
import type { GraphFiles } from './load-graph.ts'

/** How the operator sets the trust policy. */
const TRUST_POLICY = '--trust-policy (TRUST_POLICY_FILE)'

/** How long the start waits for the first cosignatures, in milliseconds, so that the first answers do not count as unwitnessed. */
const FIRST_WITNESSES_MS = 1_000

/** How long the start waits for what the witnesses last cosigned, in milliseconds. */
const COMPARE_DEADLINE_MS = 2_000

/** The audit log of a running gateway. */
export type RunningAuditLog = Awaited<ReturnType<typeof openRunningAuditLog>>

/**
 * Opens the audit log that the settings name, and writes its `start` entry.
 * @throws {ConfigError} if one of its files cannot be used, its trust policy is that of another log, or the log is older than what its witnesses cosigned.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {LogDamagedError} if the log is not consistent with itself.
 */
export async function openRunningAuditLog(
  files: AuditLogFiles,
  version: string,
  log: Logger,
  traceIdOf?: (requestId: string) => string | null,
) {
  const { auditLog, witnesses, keys } = await openWithWitnesses(files, version, log, traceIdOf)
  if (witnesses !== null)
    await Promise.race([witnesses.collect(), sleep(FIRST_WITNESSES_MS, undefined, { ref: false })])
  const rules = new WeakMap<GraphFiles, TrailOperation['rules']>()
  const noteChanges = await openChanges(auditLog, files.folder, log)
  const unwitnessedMs = (): number => witnesses?.state().unwitnessedMs ?? 0
  return {
    /** The log to which the front writes each request before its answer leaves. */
    requests: auditLog,
    /** Returns the value that the operator's `/status` shows. */
    status: () => readStatus(auditLog, witnesses),
    /** Returns what everybody may know: not the log's size, which tells when somebody asked. */
    publicStatus: () => ({
      origin: auditLog.entries.origin,
      /** The verifier key of the gateway's logs, for trust policies. */
      vkey: vkeyOfGateway(auditLog.vkey(), files.worker),
      isWritable: auditLog.isWritable(),
      isWitnessed: witnesses === null ? null : unwitnessedMs() === 0,
    }),
    /** Returns what the metrics show of the log. */
    reading: () => ({
      entries: auditLog.entries.size(),
      isWritable: auditLog.isWritable(),
      unwitnessedSeconds: unwitnessedMs() / 1_000,
    }),
    /**
     * Writes an entry about the graph that the gateway serves from now on, and one for each text that a country has published and for each
     * country that was suspended or resumed since the last time, also since the last start. Stores the texts by their hashes.
     */
    async noteGraph(graph: GraphFiles) {
      rules.set(graph, await noteChanges(graph))
    },
    /** Returns what a trail says about a graph that {@link noteGraph} has noted. */
    inForce: (graph: GraphFiles) => ({ graph: graph.hash, rules: rules.get(graph) ?? new Map() }),
    /** Returns for how long the log has had no quorum of witnesses, in milliseconds; 0 if it has one or needs none. */
    unwitnessedMs,
    /** Lists the refs under which the log has a caller: one for each epoch of its keys. */
    refsOf: (issuer: string, subject: string) => pseudonymsOf('actor', `${issuer} ${subject}`, keys),
    /** Writes an entry that the gateway does not serve the current files, and why. */
    noteRejectedGraph({ hash: served, lastError }: GraphStatus) {
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
): Promise<{
  readonly auditLog: GatewayAuditLog
  readonly witnesses: Witnesses | null
  readonly keys: PseudonymKeys
}> {
  const { signer: ofGateway, refKeys: keys } = await readAuditLogKeys(files)
  const signer = signerOf(ofGateway, files.worker)
  const policy = files.policy === null ? null : await readSetting(files.policy, TRUST_POLICY, parsePolicy)
  const setBack = watchSetBack({ policy, believesQuorum: true, consequence: 'no answer leaves any more', log })
  const opened = await openAuditLog({
    folder: files.folder,
    sharding: files.sharding ?? 'none',
    signer,
    keys,
    version,
    log,
    hasThread: true,
    readSigner: () => readLogSigner(files.key),
    async beforeStart(entries) {
      requireOwnLog(policy, entries.origin, TRUST_POLICY)
      await setBack.check(entries, COMPARE_DEADLINE_MS).catch(rejectSetBack)
    },
    ...(traceIdOf && { traceIdOf }),
    ...(files.worker && { worker: files.worker }),
  })
  if (policy === null || policy.quorum === 'none') return { auditLog: opened, witnesses: null, keys }
  const folder = await findPresentFolder(files.folder, signer)
  const witnesses = await openWitnesses({ entries: opened.entries, folder, policy, setBack, log })
  const ended = openEndedShards({ home: files.folder, signer, policy, log })
  const close = async (): Promise<void> => {
    await ended.close()
    await witnesses.close()
  }
  return { auditLog: stopWhenRolledBack(opened, witnesses.isRolledBack), witnesses: { ...witnesses, close }, keys }
}

/** Returns the audit log, which cannot be written once a witness has proved that it was set back. */
function stopWhenRolledBack(auditLog: GatewayAuditLog, isRolledBack: () => boolean): GatewayAuditLog {
  return {
    ...auditLog,
    isWritable: () => !isRolledBack() && auditLog.isWritable(),
    unready: async () => (isRolledBack() ? 'RECORD_UNAVAILABLE' : auditLog.unready()),
  }
}

function readStatus({ entries, isWritable }: GatewayAuditLog, witnesses: Witnesses | null): unknown {
  const head = { origin: entries.origin, size: entries.size(), isWritable: isWritable() }
  if (witnesses === null) return head
  const { size: witnessedSize, unwitnessedMs, witnesses: answers } = witnesses.state()
  return { ...head, witnessedSize, isWitnessed: unwitnessedMs === 0, witnesses: answers }
}

/** Opens what the log has said last, and returns the function that notes a graph and returns its rules. */
async function openChanges(
  auditLog: GatewayAuditLog,
  folder: string,
  log: Logger,
): Promise<(graph: GraphFiles) => Promise<TrailOperation['rules']>> {
  const file = join(folder, 'published.json')
  let said = await readPublished(file)
  return async (graph) => {
    const { rules, published } = await noteGraph(auditLog, graph, said)
    said = published
    await writePublished(file, published).catch((err: unknown) => {
      log.warn({ err }, 'the next start will write again into the audit log what the countries publish')
    })
    return rules
  }
}

/**
 * Writes which graph the gateway serves, and what changed since `before`.
 * @returns the rules in force, and what the log has said now.
 */
async function noteGraph(
  auditLog: GatewayAuditLog,
  { supergraphSdl, participants }: GraphFiles,
  before: Published | null,
): Promise<{ readonly rules: TrailOperation['rules']; readonly published: Published }> {
  const graph = await auditLog.keep(supergraphSdl)
  // Nobody knows the rules of a country whose file is wrong.
  const known = participants.filter(({ unavailable }) => unavailable?.code !== 'CONFIGURATION_INVALID')
  const noted = await Promise.all(known.map((participant) => noteCountry(auditLog, participant, graph)))
  const countries = noted.map(({ country, hashes, domains }) => ({ country, ...hashes, domains }))
  await auditLog.write({ kind: 'graph', graph, countries, result: 'SERVED', code: null })
  const published: Published = {
    supergraph: graph,
    countries: Object.fromEntries(
      participants.map(({ country, unavailable }) => {
        const texts = noted.find((each) => each.country === country)?.texts ?? before?.countries[country]?.texts ?? {}
        return [country, { unavailable: unavailable?.code ?? null, texts }]
      }),
    ),
  }
  for (const entry of listChanges(before, published)) await auditLog.write(entry)
  return { rules: new Map(noted.map(({ country, hashes }) => [country, hashes])), published }
}

/**
 * Stores a country's texts. A domain without an SDL of its own is published as the supergraph has it.
 * @returns the country's rules in force, and the hash of each text that it publishes: the SDL of each domain, and its policies.
 */
async function noteCountry(auditLog: GatewayAuditLog, { country, access, domains }: Participant, graph: string) {
  const sdls = Object.entries(domains).flatMap(([domain, { sdl }]) =>
    sdl === undefined ? [] : [[domain, parse(sdl, { noLocation: true })] as const],
  )
  const { hashes, texts: kept } = describeRules(access, new Map(sdls))
  await Promise.all(kept.map(auditLog.keep))
  const own = new Map(sdls.map(([domain, document]) => [domain, hash('sha256', print(document))]))
  const ofDomains = Object.keys(domains).map((domain) => [domain, own.get(domain) ?? graph])
  const texts = { ...Object.fromEntries(ofDomains), policies: hashes.policySet }
  return {
    country,
    hashes,
    texts,
    /** The domains that it publishes, sorted. */
    domains: Object.keys(domains).sort(),
  }
}

// What the countries publish and which of them are unavailable, and the entries of the audit log about a change of it.

const publishedSchema = z.strictObject({
  /** The hash of the supergraph. */
  supergraph: z.string(),
  /** By country: why the gateway asks it for nothing, or null; and the hash of each SDL by domain, and of its `policies`. */
  countries: z.record(
    z.string(),
    z.strictObject({ unavailable: z.string().nullable(), texts: z.record(z.string(), z.string()) }),
  ),
})

/** What the audit log has said last. Hashes are SHA-256, in hexadecimal digits, of texts in the content store. */
export type Published = z.infer<typeof publishedSchema>

const NOTHING: Published = { supergraph: '', countries: {} }

/**
 * Lists the entries about a change: what was suspended or resumed, and what was published.
 * @param before null if the log has said nothing yet.
 */
export function listChanges(before: Published | null, after: Published): readonly GatewayEntry[] {
  const { supergraph, countries } = before ?? NOTHING
  const graph = after.supergraph === supergraph ? [] : [publication(null, 'supergraph', after.supergraph)]
  const ofCountries = Object.entries(after.countries).flatMap(([country, { unavailable, texts }]) => {
    const known = Object.hasOwn(countries, country) ? countries[country] : undefined
    const was = known?.unavailable ?? null
    const published = Object.entries(texts).filter(([domain, sdl]) => known?.texts[domain] !== sdl)
    return [
      ...(was === unavailable ? [] : [suspension(country, unavailable)]),
      ...published.map(([domain, sdl]) => publication(country, domain, sdl)),
    ]
  })
  return [...graph, ...ofCountries]
}

function publication(country: string | null, domain: string, sdl: string): GatewayEntry {
  return { kind: 'publication', country, domain, sdl, result: 'PUBLISHED', code: null }
}

function suspension(country: string, by: string | null): GatewayEntry {
  const action = by === null ? 'RESUMED' : 'SUSPENDED'
  return { kind: 'suspension', country, domain: null, action, by }
}

/**
 * Reads what the log has said last; null if nobody wrote it down, or if the file is damaged. Then the log says everything again, which is true
 * too.
 */
export async function readPublished(file: string): Promise<Published | null> {
  try {
    return publishedSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}

/** Writes down what the log has said, in one step, so that nobody reads half of it. */
export async function writePublished(file: string, published: Published): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(published))
  await rename(`${file}.new`, file)
}
