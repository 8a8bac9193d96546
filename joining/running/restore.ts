import { hash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { exists } from '../../audit/if-there.ts'
import { formatBase64 } from '../../audit/note/base64.ts'
import { formatCheckpoint, parseCheckpoint } from '../../audit/note/checkpoint.ts'
import {
  generateSignerKey,
  type NoteSigner,
  parseSignerFile,
  parseSignerKey,
  parseVerifierKey,
  SIGNATURE_TYPES,
} from '../../audit/note/key.ts'
import { parseNote } from '../../audit/note/note.ts'
import { checkCheckpoint, isQuorum, type Policy, parsePolicy, withRotations } from '../../audit/note/policy.ts'
import { findTrustedName, periodIn } from '../../audit/note/shard-name.ts'
import { parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { listPlaces } from '../../audit/shards/places.ts'
import { askWitnesses } from '../../audit/verify/judge-witnesses.ts'
import { readRotations } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { isDomain } from '../../contract/domain.ts'
import { parseJson } from '../../contract/json-value.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { describeProcess, findLockHolder } from '../../service/folder-lock/folder-lock.ts'
import { UsageError } from '../../service/usage-error.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import {
  BACKUP_FOLDERS,
  compareFiles,
  ENV_FILE,
  leaveRestoreNote,
  MANIFEST_FILE,
  type Manifest,
  makeFolder,
  ROWS_FOLDER,
  readManifest,
} from './backup.ts'
import { copyAuditLog, copyTree, loadRows } from './copies.ts'
import { type LogState, policyOf, readLogState, readShardState } from './log-state.ts'
import { formatSetting, parseEnvFile } from './node-place.ts'

/** Where a restore puts a node, and what it does with the log. */
export interface RestoreOptions {
  /** The folder of the backup. */
  readonly backup: string
  /** The folder of the restored node. It must not exist. */
  readonly target: string
  /** An empty database of a server, for the rows. */
  readonly databaseUrl: string | undefined
  /** Whether the rows go into an embedded database in the folder. */
  readonly embedded: boolean
  /** The name of a new log; undefined: the log of the backup goes on. */
  readonly newLog: string | undefined
  /** What others have seen of the log, as {@link judgeLog} reads it: files, and trust policies. */
  readonly gatewayCheckpoint: readonly string[]
  readonly witnesses: readonly string[]
  /** The home of the audit log that the node had until now; undefined if it is lost. */
  readonly oldLog: string | undefined
  readonly onRows: (rows: number) => void
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** What a restore did. */
export interface RestoredNode {
  readonly manifest: Manifest
  readonly judgement: LogJudgement | null
  /** The verifier key of the new log; null if the log of the backup goes on. */
  readonly vkey: string | null
}

/** A restore that does not go on, because its log would have two histories. */
export class ForkRefused extends Error {
  override readonly name = 'ForkRefused'
  readonly judgement: LogJudgement
  constructor(judgement: LogJudgement) {
    const { ours, by, size } = judgement
    super(`the audit log of the backup has ${ours} entries, and ${by || 'nobody'} has seen ${size}`)
    this.judgement = judgement
  }
}

/** A backup that is damaged, so that nothing of it is restored. */
export class BackupDamaged extends Error {
  override readonly name = 'BackupDamaged'
  readonly faults: readonly string[]
  constructor(folder: string, faults: readonly string[]) {
    super(`${folder}: ${faults.length} faults`)
    this.faults = faults
  }
}

/**
 * Checks a backup without writing anything: each file against its hash, and the audit log from its first entry to its root.
 * @returns a sentence for each thing that is wrong: the backup is good if there is none.
 * @throws {Error} if it has no manifest that can be read.
 */
export async function checkBackup(folder: string) {
  const manifest = await readManifest(folder)
  const faults = [...(await compareFiles(folder, manifest))]
  const { log } = manifest
  if (log !== null && faults.length === 0) {
    const policy = policyOf({ verifier: parseVerifierKey(log.vkey) })
    const home = join(folder, BACKUP_FOLDERS.auditLogDir)
    for (const { path } of await listPlaces(home)) {
      const report = await verifyLog(folderSource(join(home, path)), policy, { settleMs: 0 })
      for (const { where, expected, came } of report.findings)
        faults.push(`${path}/${where}: expected ${expected}; came ${came}`)
      if (report.origin === log.origin && (report.size !== log.size || report.root !== log.root))
        faults.push(
          `${path}: expected ${log.size} entries with the root ${log.root}; came ${report.size} with ${report.root}`,
        )
    }
  }
  return { manifest, faults }
}

/**
 * Restores a node from a backup into a new folder. The folder appears when everything is in it; a restore that was killed leaves nothing but a folder
 * that the next run removes, and perhaps complete rows in the database, which the next run takes.
 * @throws {BackupDamaged} if the backup is not what its manifest says.
 * @throws {ForkRefused} if the log would have two histories.
 * @throws {UsageError} if the target exists, or the place of the rows is not said.
 */
export async function restoreNode(options: RestoreOptions): Promise<RestoredNode> {
  const { backup, target, newLog } = options
  if (await exists(target)) throw new UsageError(`--into: expected a folder that does not exist; ${target} does`)
  const { manifest, faults } = await checkBackup(backup)
  if (faults.length > 0) throw new BackupDamaged(backup, faults)
  requirePlaceOfRows(manifest, options)
  const chosen = manifest.log === null || newLog !== undefined ? null : await chooseLog(manifest.log, options)
  return makeFolder(target, async (draft) => {
    await copyTree(backup, draft)
    await takeOldLog(chosen, options, draft)
    const vkey = newLog === undefined ? null : await beginNewLog(manifest, draft, newLog)
    if (manifest.log !== null) {
      const manifestHash = hash('sha256', await readFile(join(backup, MANIFEST_FILE)))
      const note = { log: nameLog(chosen, options), now: options.now }
      await leaveRestoreNote(join(draft, BACKUP_FOLDERS.auditLogDir), manifest, manifestHash, note)
    }
    if (manifest.rows !== null) await restoreRows(manifest.rows, manifest, draft, options)
    await rm(join(draft, ROWS_FOLDER), { recursive: true, force: true })
    return { manifest, judgement: chosen?.judgement ?? null, vkey }
  })
}

/** Says in the entry of the restore which log goes on. */
function nameLog(chosen: ChosenLog | null, { newLog, oldLog }: RestoreOptions): EntryOf<'restore'>['log'] {
  if (newLog !== undefined) return 'NEW'
  return oldLog !== undefined && chosen?.home === oldLog ? 'OF_NODE' : 'OF_BACKUP'
}

function requirePlaceOfRows({ rows }: Manifest, { databaseUrl, embedded }: RestoreOptions): void {
  if (rows === null && (databaseUrl !== undefined || embedded))
    throw new UsageError('--database-url, --embedded: expected neither, because the backup has no rows')
  if (rows !== null && (databaseUrl !== undefined) === embedded)
    throw new UsageError(
      '--database-url or --embedded: expected one of both, for the rows of the backup: an empty database of a PostgreSQL server, or a folder of the node',
    )
}

/** Puts the log that the node had until now in the place of the older one of the backup. */
async function takeOldLog(chosen: ChosenLog | null, { oldLog }: RestoreOptions, draft: string): Promise<void> {
  if (oldLog === undefined || chosen?.home !== oldLog) return
  const home = join(draft, BACKUP_FOLDERS.auditLogDir)
  await rm(home, { recursive: true })
  await copyAuditLog(oldLog, home, { hasSalts: true })
}

/** The log with which a restored node goes on. */
interface ChosenLog {
  /** The home of the log: that of the backup, or the one that the node had until now. */
  readonly home: string
  readonly judgement: LogJudgement
}

/**
 * Chooses the log with which the node goes on: the one that it had until now, if that continues the log of the backup, else that of the backup.
 * @throws {ForkRefused} if somebody has seen more of it, or another one, or if nobody was asked.
 */
async function chooseLog(
  log: NonNullable<Manifest['log']>,
  { backup, gatewayCheckpoint: files, witnesses: policies, oldLog }: RestoreOptions,
): Promise<ChosenLog> {
  const signer = { verifier: parseVerifierKey(log.vkey) } as NoteSigner
  const own = join(backup, BACKUP_FOLDERS.auditLogDir)
  const saved = await readLogState(own, signer)
  if (saved === null) throw new BackupDamaged(backup, ['the manifest names an audit log that is not there'])
  // A log that is damaged says nothing.
  const surviving = oldLog === undefined ? null : await readLogState(oldLog, signer).catch(() => null)
  const goesOn = oldLog !== undefined && surviving !== null && (await continues(oldLog, saved, signer))
  if (goesOn) requireUnused(surviving.folder)
  const judgement = await judgeLog(goesOn ? surviving : saved, signer, { files, policies, surviving })
  if (judgement.kind !== 'NEWEST') throw new ForkRefused(judgement)
  return { home: goesOn ? oldLog : own, judgement }
}

/** Whether a log has all that another copy of it has, in the same order. */
async function continues(home: string, saved: LogState, signer: NoteSigner): Promise<boolean> {
  for (const { path } of await listPlaces(home)) {
    const shard = await readShardState(join(home, path), signer).catch(() => null)
    if (shard?.origin !== saved.origin) continue
    return shard.size >= saved.size && formatBase64(await shard.tree.root(saved.size)) === saved.root
  }
  return false
}

/** A process that went on writing the old log would make a second history of it. */
function requireUnused(folder: string): void {
  const pid = findLockHolder([folder, join(folder, 'lock')])
  if (pid === undefined) return
  throw new UsageError(
    `--old-log: expected a log that nobody writes; ${describeProcess(pid)} has it open. Stop it first`,
  )
}

/** Puts the log of the backup aside for the auditors, and makes the key of a log with a new name. Returns its verifier key. */
async function beginNewLog({ log, hasKeys }: Manifest, draft: string, name: string): Promise<string> {
  if (log === null) throw new UsageError('--new-log: expected a backup with an audit log; this one has none')
  if (name === log.name) throw new UsageError(`--new-log: expected another name than that of the old log; came ${name}`)
  const home = join(draft, BACKUP_FOLDERS.auditLogDir)
  await rename(home, join(draft, `${BACKUP_FOLDERS.auditLogDir}-until-${log.size}`))
  const env = join(draft, ENV_FILE)
  const { AUDIT_LOG_KEY_FILE: path = 'keys/audit-log.key' } = parseEnvFile(await readFile(env, 'utf8'), env)
  const file = join(draft, path)
  if (relative(draft, file).startsWith('..'))
    throw new BackupDamaged(draft, [
      `${ENV_FILE}: expected AUDIT_LOG_KEY_FILE inside of the backup; it leads out of it`,
    ])
  // Nothing but a key of a log is replaced.
  if (hasKeys) parseSignerFile(await readFile(file, 'utf8'))
  const key = generateSignerKey(name, SIGNATURE_TYPES.ed25519)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, `${key}\n`, { mode: 0o600 })
  return parseSignerKey(key).verifier.vkey
}

/** Loads the rows, and writes into the settings of the restored node where they are. */
async function restoreRows(
  rows: NonNullable<Manifest['rows']>,
  { id, domains }: Manifest,
  draft: string,
  { databaseUrl: url, onRows }: RestoreOptions,
): Promise<void> {
  const file = join(draft, ENV_FILE)
  const kept = (await readFile(file, 'utf8')).split('\n').filter((line) => !/^DATABASE_(URL|FOLDER)=/.test(line))
  const folder = BACKUP_FOLDERS.databaseFolder
  kept.push(url === undefined ? `DATABASE_FOLDER=${folder}` : formatSetting('DATABASE_URL', url), '')
  await writeFile(file, kept.join('\n'), { mode: 0o600 })
  const migrations = await loadDomains(listOwners(rows, domains))
  const db = await openDatabase(url === undefined ? { folder: join(draft, folder) } : { url })
  try {
    await loadRows(db, { folder: join(draft, ROWS_FOLDER), rows, id, migrations, onRows })
  } finally {
    await db.close()
  }
}

/** Lists the domains whose migrations the database had run: they may be more than the node serves. */
function listOwners({ migrations }: NonNullable<Manifest['rows']>, served: Manifest['domains']): Manifest['domains'] {
  const owners = migrations.map(({ name }) => name.split('/', 1)[0] ?? '').filter(isDomain)
  return [...new Set([...owners, ...served])]
}

/**
 * Judges whether the log of a backup may go on. It may if nobody has seen more of it, and it may not if somebody has: from there it would have two
 * histories, the gateway would refuse its receipts (`RECEIPT_INVALID`), and the witnesses its checkpoints.
 */

/** What somebody has seen of the log: a tree of so many entries, by its root or by the SHA-256 of its checkpoint’s text. */
interface Seen {
  /** Who has seen it, for messages. */
  readonly by: string
  readonly size: number
  readonly root: string | null
  readonly textHash: string | null
  /** Whether it is of a shard behind the one that the copy ends with. */
  readonly isLaterShard?: boolean
  /** Whether too few witnesses answered: the others may have cosigned more. Then it speaks only against the log. */
  readonly isPartial?: boolean
}

/**
 * The judgement. `NEWEST`: everybody who was asked has seen at most what the log has. `OLDER`: somebody has seen more. `FORKED`: somebody has seen another
 * tree of a size that the log has. `UNKNOWN`: nobody could be asked, or too few witnesses.
 */
interface LogJudgement {
  readonly kind: 'NEWEST' | 'OLDER' | 'FORKED' | 'UNKNOWN'
  /** Who has seen it. */
  readonly by: string
  /** What they have seen, in entries. */
  readonly size: number
  /** The entries of the log that was judged. */
  readonly ours: number
}

/** Who is asked. */
export interface Evidence {
  /**
   * Files of the gateway or of anybody else: `countries/heads.json` or `known/known-checkpoints.json` of the folder of the gateway’s audit log, a checkpoint, or
   * a receipt.
   */
  readonly files: readonly string[]
  /** Trust policies whose witnesses are asked. */
  readonly policies: readonly string[]
  /** The state of the log that the node had until now, if it can still be read. */
  readonly surviving: LogState | null
}

/**
 * Judges a log.
 * @throws {Error} if a file of the evidence cannot be read, or says nothing of a log. The message names it.
 */
export async function judgeLog(state: LogState, signer: NoteSigner, evidence: Evidence): Promise<LogJudgement> {
  const policy = withRotations(policyOf(signer), await readRotations(state.source))
  const { files, policies, surviving } = evidence
  const { origin, size: ours } = state
  const seen = await Promise.all([
    ...files.map((file) => readSeen(file, origin, policy)),
    ...policies.map((file) => readWitnessed(file, origin, policy)),
    ...(surviving === null ? [] : [seenInNote(surviving.note, surviving.folder, origin, policy)]),
  ])
  const sorted = seen.flat().sort((one, other) => other.size - one.size)
  const later = sorted.find(({ isLaterShard }) => isLaterShard === true)
  if (later !== undefined) return { kind: 'OLDER', by: later.by, size: later.size, ours }
  for (const each of sorted) {
    if (each.size > ours) return { kind: 'OLDER', by: each.by, size: each.size, ours }
    if (!(await isSame(state, each))) return { kind: 'FORKED', by: each.by, size: each.size, ours }
  }
  const largest = sorted.find(({ isPartial }) => isPartial !== true)
  if (largest === undefined) return { kind: 'UNKNOWN', by: '', size: 0, ours }
  return { kind: 'NEWEST', by: largest.by, size: largest.size, ours }
}

async function isSame({ tree, origin }: LogState, { size, root, textHash }: Seen): Promise<boolean> {
  const ours = await tree.root(size)
  if (root !== null) return Buffer.from(ours).toString('base64') === root
  return hash('sha256', formatCheckpoint({ origin, size, root: ours })) === textHash
}

/** Reads what a file says of a log. Other logs in it are left out. @throws {Error} if it says nothing of any log. */
async function readSeen(file: string, origin: string, policy: Policy): Promise<readonly Seen[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file}: expected a file that can be read; ${describeFileError(error)}`)
  })
  const json = parseJson(text)
  if (typeof json === 'object' && json !== null) return readSeenJson(json, file, origin, policy)
  try {
    const note = text.startsWith('c2sp.org/tlog-proof') ? parseTlogProof(text).checkpoint : text
    return seenInNote(note, file, origin, policy)
  } catch (cause) {
    const { message } = cause as Error
    throw new Error(
      `${file}: expected a checkpoint, a receipt, or countries/heads.json or known/known-checkpoints.json of the gateway’s audit log; ${message}`,
      { cause },
    )
  }
}

function readSeenJson(json: object, file: string, origin: string, policy: Policy): readonly Seen[] {
  const { checkpoints } = json as { readonly checkpoints?: unknown }
  if (Array.isArray(checkpoints)) {
    const notes = checkpoints.flatMap((each) => {
      const { note } = Object(each) as { note?: unknown }
      return typeof note === 'string' ? [note] : []
    })
    return notes.flatMap((note) => seenInNote(note, file, origin, policy))
  }
  return Object.entries(json).flatMap(([of, value]): readonly Seen[] => {
    const { size, checkpoint } = Object(value) as { size?: unknown; checkpoint?: unknown }
    if (typeof size !== 'number' || typeof checkpoint !== 'string') return []
    if (of === origin) return [{ by: file, size, root: null, textHash: checkpoint }]
    return isLaterShard(of, origin, policy) ? [{ by: file, size, root: null, textHash: null, isLaterShard: true }] : []
  })
}

/** Whether an origin is of a shard of the same log that began after another one. */
function isLaterShard(origin: string, than: string, policy: Policy): boolean {
  const name = findTrustedName(than, policy)
  if (name === undefined) return false
  const [period, ours] = [periodIn(origin, name), periodIn(than, name)]
  if (period === undefined || period === null || ours === undefined) return false
  return ours === null || period > ours
}

/** The log’s own signature proves what somebody has seen. Without it, anybody could keep a log from going on. */
function seenInNote(note: string, by: string, origin: string, policy: Policy): readonly Seen[] {
  const of = parseCheckpoint(parseNote(note).text).origin
  const isLater = isLaterShard(of, origin, policy)
  if (of !== origin && !isLater) return []
  const { size, root } = checkCheckpoint(note, policy).checkpoint
  return [{ by, size, root: Buffer.from(root).toString('base64'), textHash: null, isLaterShard: isLater }]
}

/** Asks the witnesses of a trust policy. Any two quorums share one, so a quorum of answers has seen what any quorum cosigned. */
async function readWitnessed(file: string, origin: string, policy: Policy): Promise<readonly Seen[]> {
  const { witnesses, groups, quorum } = parsePolicy(await readFile(file, 'utf8'))
  const asked = { ...policy, witnesses, groups, quorum }
  const answers = await askWitnesses(asked, origin)
  const served = answers.flatMap(({ name, kind, note }) => {
    return kind === 'SERVED' && note !== undefined ? [{ name, note }] : []
  })
  const isPartial = !isQuorum(asked, new Set(served.map(({ name }) => name)))
  return served.flatMap(({ name, note }) =>
    seenInNote(note, name, origin, policy).map((seen) => (isPartial ? { ...seen, isPartial } : seen)),
  )
}
