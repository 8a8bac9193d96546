/** A national node's audit log: the legs that gateways sent to it. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import { LogDamagedError } from '../../../audit/finding.ts'
import type { KnownCheckpoints } from '../../../audit/gossip/known-checkpoints.ts'
import { addExtra } from '../../../audit/note/tlog-proof.ts'
import { pseudonymOf, pseudonymsOf } from '../../../audit/pseudonym/pseudonym.ts'
import { listSalts } from '../../../audit/salts/salts.ts'
import type { Sharding } from '../../../audit/shards/period.ts'
import type { Domain } from '../../../contract/domain.ts'
import { formatReceiptHeader } from '../../../contract/receipt.ts'
import { createExchange } from '../../../service/audit-log/checkpoint-exchange.ts'
import { createCommitPace } from '../../../service/audit-log/commit-pace.ts'
import { type DescribedRules, describeRules, type RuleHashes } from '../../../service/audit-log/describe-rules.ts'
import { startHeartbeat } from '../../../service/audit-log/heartbeat.ts'
import {
  type AuditLogKeyFiles,
  readAuditLogKeys,
  readLogSigner,
  readRefKeys,
} from '../../../service/audit-log/key-files.ts'
import { openOthersCheckpoints } from '../../../service/audit-log/others-checkpoints.ts'
import {
  AUDIT_LOG_FOLDERS,
  type OwnEntries,
  openRecorder,
  type Recorder,
  type WrittenEntry,
} from '../../../service/audit-log/recorder.ts'
import type { ActMembers } from '../../../service/suspensions/entry-of-act.ts'
import type { CountryRules } from '../rules.ts'
import { type EndedLeg, type LegSources, legEntries } from './leg-entries.ts'

/** Where a node's audit log is, and its keys. */
export interface NodeAuditLogFiles extends AuditLogKeyFiles {
  /** The node creates it if it does not exist. */
  readonly folder: string
  /** How often the log begins a new shard. The default is `none`. */
  readonly sharding?: Sharding
  /** The trust policy that names the audit logs of others; without it, the node keeps no checkpoints of others. */
  readonly policy?: string
}

/** A country's own audit log of the legs that it received. */
export interface NodeAuditLog {
  /** Returns the verifier key of the log: the newest one, if the key was replaced. */
  readonly vkey: () => string
  /** Writes a leg, and resolves to the value of its header `Istmo-Receipt` once the entry is durable. Rejects if it cannot write it. */
  readonly leg: (leg: EndedLeg) => Promise<string>
  /** Lists the salts that legs of this hour and the hour before carried, before the log was opened. */
  readonly earlierSalts: readonly Uint8Array[]
  /**
   * Takes in the header `Istmo-Checkpoints` of a gateway, and returns the value of its own; undefined if the gateway was shown one less than
   * a second ago.
   */
  readonly exchangeCheckpoints: (gateway: string, header: readonly string[]) => string | undefined
  /**
   * Stores other rules, and writes an entry that the node decides by them from now on. The legs' entries name them after it.
   * @throws {Error} if it cannot be written.
   */
  readonly replaceRules: (rules: CountryRules) => Promise<void>
  /** Writes the entry of an act that somebody signed. @throws {Error} if it cannot be written. */
  readonly writeAct: (act: ActMembers) => Promise<void>
  /**
   * Reads the keys of the refs again: entries from now on have refs of the newest epoch, and those of older epochs are still found.
   * @returns whether there was a new epoch.
   * @throws {ConfigError} if the file cannot be used. Then nothing changes.
   */
  readonly reloadRefKeys: () => Promise<boolean>
  /** What an operator sees of the log. */
  readonly state: () => AuditLogState
  /** The rules and policies in force, as entries name them. */
  readonly rules: () => RuleHashes
  /** Lists the refs under which the log has a caller: one for each epoch of its keys. */
  readonly refsOf: (issuer: string, subject: string) => readonly string[]
  /** Counts a leg that was rejected before its token was verified. */
  readonly countRejection: (code: string) => void
  /** Says why the node should get no legs now: the last entry could not be written, or the disk is nearly full. Null if it can take them. */
  readonly unready: () => Promise<string | null>
  /** Writes the counted rejections and a `node-stop` entry, and releases the folder. */
  readonly close: () => Promise<void>
}

/** The state of a node's audit log, for its operator. */
export interface AuditLogState {
  readonly origin: string
  /** The number of entries that are durable. */
  readonly entries: number
  /** The number of entries in the checkpoint that readers see. */
  readonly published: number
  readonly isWritable: boolean
  /** The epoch of the refs in new entries. */
  readonly refEpoch: number
}

/** The options of {@link openNodeAuditLog}. */
export interface NodeAuditLogOptions {
  readonly files: NodeAuditLogFiles
  readonly country: string
  readonly domains: readonly Domain[]
  readonly rules: CountryRules
  readonly log: Logger
  /** The time in milliseconds since the epoch. */
  readonly now?: () => number
}

/**
 * Opens a node's audit log, stores the country's rules beside it, and writes its `node-start` entry.
 * @throws {ConfigError} if a file with keys cannot be used.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {Error} if the log does not add up, or is not of this key. The message names the folder, the setting and the remedy.
 */
export async function openNodeAuditLog(options: NodeAuditLogOptions): Promise<NodeAuditLog> {
  const { files, country, log, now = Date.now } = options
  const { signer, refKeys: keys } = await readAuditLogKeys(files)
  const rules = describeRules(options.rules.access, options.rules.sdl)
  const ownEntries = entriesOfNode(signer.verifier.name, rules, keys, options)
  const known = await openOthersCheckpoints(files, log)
  const recorder = await openRecorder({
    folder: files.folder,
    signer,
    readSigner: () => readLogSigner(files.key),
    hasSalts: true,
    ownEntries,
    log,
    now,
    sharding: files.sharding ?? 'none',
    pace: createCommitPace(),
  }).catch((error: unknown) => {
    throw error instanceof LogDamagedError ? new Error(describeDamage(files.folder, error), { cause: error }) : error
  })
  const earlierSalts = await listRecentSalts(join(files.folder, AUDIT_LOG_FOLDERS.salts), now())
  const sources = { node: signer.verifier.name, country, keys, rules: rules.hashes }
  const vkey = (): string => recorder.entries.rotations.at(-1)?.newKey.vkey ?? signer.verifier.vkey
  const own = { vkey, earlierSalts, known, readKeys: () => readRefKeys(files.refKeys) }
  return createNodeAuditLog(recorder, own, sources, now)
}

function describeDamage(folder: string, { message }: LogDamagedError): string {
  return (
    `${folder}: ${message}. Is --audit-log-key (AUDIT_LOG_KEY_FILE) the key of this log? If it is, keep the folder as it is, look with ` +
    '`istmo doctor`, and restore the newest copy (docs/operating.md, When an audit log is lost).'
  )
}

async function listRecentSalts(folder: string, nowMs: number): Promise<readonly Uint8Array[]> {
  const hour = Math.floor(nowMs / 3_600_000)
  const byHour = await Promise.all([hour - 1, hour].map((each) => listSalts(folder, each)))
  return byHour.flat()
}

function entriesOfNode(
  node: string,
  rules: DescribedRules,
  keys: LegSources['keys'],
  { country, domains }: Pick<NodeAuditLogOptions, 'country' | 'domains'>,
): OwnEntries {
  return {
    async start(base, repairs, keep) {
      await Promise.all(rules.texts.map(keep))
      const start = { ...base, node, kind: 'node-start' as const, country, domains, ...rules.hashes, repairs }
      return { ...start, v: 2, keyCheck: pseudonymOf('country', country, keys) }
    },
    rejections: (base, count) => ({ ...base, node, kind: 'node-refusals', country, ...count }),
    stop: (base) => ({ ...base, node, kind: 'node-stop', country }),
  }
}

interface NodeLogParts extends Pick<NodeAuditLog, 'vkey' | 'earlierSalts'> {
  readonly known: KnownCheckpoints
  readonly readKeys: () => Promise<LegSources['keys']>
}

function createNodeAuditLog(
  recorder: Recorder,
  { vkey, earlierSalts, known, readKeys }: NodeLogParts,
  sources: Omit<LegSources, 'now'>,
  now: () => number,
): NodeAuditLog {
  const { node, country } = sources
  let rulesInForce = sources.rules
  const refKeys = openRefKeys(sources.keys, readKeys)
  const writeHeartbeat = () => recorder.append([{ ...recorder.newBase(), kind: 'node-heartbeat', node, country }])
  const endHeartbeat = startHeartbeat(writeHeartbeat, now)
  const exchange = createExchange({ known, own: () => recorder.entries.published().note })
  return {
    vkey,
    exchangeCheckpoints: (gateway, header) => {
      exchange.take(gateway, header)
      return exchange.headerFor(gateway)
    },
    async leg(leg) {
      const entries = legEntries(leg, { ...sources, keys: refKeys.current(), now: now() })
      const id = entries.at(-1)?.id ?? ''
      const written = await recorder.append(entries, leg.salt === null ? [] : [{ id, salt: leg.salt }])
      try {
        return await receiptOf(written.at(-1))
      } catch (error) {
        recorder.noteFailure(error)
        throw error
      }
    },
    earlierSalts,
    async replaceRules({ access, sdl }) {
      const { hashes, texts } = describeRules(access, sdl)
      await Promise.all(texts.map(recorder.keep))
      await recorder.append([{ ...recorder.newBase(), kind: 'node-rules', node, country, ...hashes }])
      rulesInForce = hashes
    },
    async writeAct(act) {
      await recorder.append([{ ...recorder.newBase(), kind: 'node-suspension', node, country, ...act }])
    },
    rules: () => rulesInForce,
    reloadRefKeys: refKeys.reload,
    state: () => showState(recorder, refKeys.current()),
    refsOf: (issuer, subject) => pseudonymsOf('actor', `${issuer} ${subject}`, refKeys.current()),
    countRejection: recorder.countRejection,
    unready: () => findUnready(recorder),
    async close() {
      await endHeartbeat()
      await recorder.close()
      await known.close()
    },
  }
}

async function findUnready(recorder: Recorder): Promise<string | null> {
  const failure = recorder.failure()
  if (failure !== null) return `the audit log cannot be written: ${failure}`
  return (await recorder.unready()) === null ? null : 'the disk of the audit log is nearly full'
}

/** The keys of the refs while the node runs. */
function openRefKeys(first: LegSources['keys'], read: () => Promise<LegSources['keys']>) {
  let keys = first
  return {
    current: () => keys,
    async reload(): Promise<boolean> {
      const next = await read()
      const isNew = next.epochs.at(-1)?.key !== keys.epochs.at(-1)?.key
      keys = next
      return isNew
    },
  }
}

function showState({ entries, isWritable }: Recorder, { epochs }: LegSources['keys']): AuditLogState {
  const [size, published] = [entries.size(), entries.published().size]
  return {
    origin: entries.origin,
    entries: size,
    published,
    isWritable: isWritable(),
    refEpoch: epochs.at(-1)?.epoch ?? 0,
  }
}

/** Makes the receipt of a leg: the proof that its own entry, the last one, is in the log. The proof contains the entry. */
async function receiptOf(entry: WrittenEntry | undefined): Promise<string> {
  if (entry === undefined) throw new TypeError('expected at least one entry of a leg')
  return formatReceiptHeader(addExtra(await entry.receipt.proof(), entry.bytes))
}
