import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { NoteVerifier } from '../../audit/note/key.ts'
import type { PseudonymKeys } from '../../audit/pseudonym/pseudonym.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { readAuditLogKeys, readLogSigner } from '../../service/audit-log/key-files.ts'
import {
  AUDIT_LOG_FOLDERS,
  createSaltAccess,
  type OwnEntries,
  openRecorder,
  type Recorder,
  type SaltAccess,
  type WrittenEntry,
} from '../../service/audit-log/recorder.ts'
import type { LogWitnesses } from '../../service/audit-log/witnessed-log.ts'
import { readKnown } from '../mandates/mandate-book.ts'
import type { AuthoritySettings } from '../settings/settings.ts'
import type { FollowedLog, NotedEntry } from '../store/projector.ts'

/** The authority's own audit log: the truth about its mandates, tokens and refusals. */

/** The open log of an authority. */
export interface AuthorityLog {
  readonly recorder: Recorder
  /** The log's name. */
  readonly origin: string
  /** Returns the log's verifier key in force, which partners pin. It can be replaced while the authority runs. */
  readonly vkey: () => string
  /** The keys of the refs in it. */
  readonly refKeys: PseudonymKeys
  /** The folder with its public files. */
  readonly folder: string
  /** The log as the database and the mandates follow it. */
  readonly followed: FollowedLog
  /** The key with which the log was opened. Whoever reads the log from it follows the rotations that came later. */
  readonly verifier: NoteVerifier
  /** Finds the salt of an entry, if it was not erased. */
  readonly findSalt: SaltAccess['find']
  /** Reads a text of the content store by its SHA-256 in hexadecimal digits; undefined if it is not there. */
  readonly readKept: (name: string) => Promise<string | undefined>
}

/** What {@link openAuthorityLog} works with. */
export interface AuthorityLogOptions {
  readonly settings: Pick<AuthoritySettings, 'auditLog' | 'auditLogKey' | 'refKeys' | 'country'>
  readonly version: string
  /** Thumbprints of the signing keys. */
  readonly keys: readonly string[]
  readonly log: Logger
  /** Compares the log with its witnesses before its first entry, and forbids to write once one of them has proved that it was set back. */
  readonly witnesses: Pick<LogWitnesses, 'beforeStart' | 'guard'>
  /** Called with entries when they are durable, whoever wrote them. */
  readonly onWritten: (entries: readonly NotedEntry[]) => void
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Opens the log and writes its `authority-start` entry.
 * @throws {ConfigError} if a file with keys cannot be used, or if a witness proves that the log was set back.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {LogDamagedError} if the log does not add up.
 */
export async function openAuthorityLog(options: AuthorityLogOptions): Promise<AuthorityLog> {
  const { settings, version, keys, log, witnesses, onWritten, now } = options
  const { auditLog, auditLogKey, refKeys: refKeysFile, country } = settings
  const { signer, refKeys } = await readAuditLogKeys(
    { key: auditLogKey, refKeys: refKeysFile },
    { key: 'auditLogKey', refKeys: 'refKeys' },
  )
  const origin = signer.verifier.name
  const ownEntries: OwnEntries = {
    start: (base, repairs) => ({ ...base, origin, kind: 'authority-start', country, version, keys, repairs }),
    rejections: (base, count) => ({ ...base, origin, kind: 'authority-refusals', ...count }),
    stop: (base) => ({ ...base, origin, kind: 'authority-stop', country }),
  }
  const opened = await openRecorder({
    folder: auditLog,
    signer,
    hasSalts: true,
    ownEntries,
    onWritten,
    log,
    now,
    readSigner: () => readLogSigner(auditLogKey, 'auditLogKey'),
    beforeStart: witnesses.beforeStart,
  })
  const recorder = witnesses.guard(opened)
  const folder = join(auditLog, AUDIT_LOG_FOLDERS.log)
  const policy = { logs: [{ verifier: signer.verifier }], witnesses: [], groups: new Map(), quorum: 'none' }
  const { entries } = recorder

  /** Reads the log's files, and checks each entry against the tree that the log has signed. */
  async function* read(from: number): AsyncGenerator<{ readonly index: number; readonly entry: Entry | null }> {
    if (entries.published().size < entries.size()) await entries.publish()
    const reader = await openLogReader(folderSource(folder), policy)
    for await (const { index, bytes } of reader.entries(from)) yield { index, entry: readKnown(bytes) }
  }

  const { verifier } = signer
  return {
    recorder,
    origin,
    verifier,
    refKeys,
    folder,
    vkey: () => entries.rotations.at(-1)?.newKey.vkey ?? verifier.vkey,
    followed: { origin, size: entries.size, read },
    findSalt: createSaltAccess(auditLog, join(auditLog, AUDIT_LOG_FOLDERS.salts)).find,
    readKept: (name) => readFile(join(auditLog, AUDIT_LOG_FOLDERS.kept, name), 'utf8').catch(() => undefined),
  }
}

/** How long an entry waits although nobody else is in progress, in milliseconds: requests of one question arrive one after another. */
const LINGER_MS = 2

/** How long an entry waits at most for the entries of other requests in progress, in milliseconds. */
const WAIT_MS = 10

/** Writes the entries of requests that are answered at the same time in one commit. */
export interface CommitGroup {
  /** Says that a request that may need an entry has begun. The result says that it has ended, and must be called once. */
  readonly begin: () => () => void
  /** Writes an entry. Resolves when it is durable; rejects if it cannot be written. */
  readonly write: (entry: Entry) => Promise<WrittenEntry>
}

interface Waiting {
  readonly entry: Entry
  readonly resolve: (written: WrittenEntry) => void
  readonly reject: (error: unknown) => void
}

/**
 * Creates a commit group. An entry is written when each request in progress waits for its own entry and no other came for 2 ms, and after
 * 10 ms at the latest. So five exchanges of one question cost one sync of the disk.
 * @param append writes entries in one commit.
 */
export function createCommitGroup(
  append: (entries: readonly Entry[]) => Promise<readonly WrittenEntry[]>,
): CommitGroup {
  let inProgress = 0
  let waiting: Waiting[] = []
  let lingering: NodeJS.Timeout | undefined
  let latest: NodeJS.Timeout | undefined

  const flush = async (): Promise<void> => {
    clearTimeout(lingering)
    clearTimeout(latest)
    latest = undefined
    const group = waiting
    waiting = []
    try {
      const written = await append(group.map(({ entry }) => entry))
      for (const [at, { resolve }] of group.entries()) resolve(written[at] as WrittenEntry)
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
  const lingerIfAllWait = (): void => {
    clearTimeout(lingering)
    if (waiting.length > 0 && waiting.length >= inProgress) lingering = setTimeout(() => void flush(), LINGER_MS)
  }
  return {
    begin() {
      inProgress += 1
      lingerIfAllWait()
      return () => {
        inProgress -= 1
        lingerIfAllWait()
      }
    },
    write: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject })
        latest ??= setTimeout(() => void flush(), WAIT_MS)
        lingerIfAllWait()
      }),
  }
}
