import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { type Log, openLog } from '../../audit/log/log.ts'
import { parseSignerFile } from '../../audit/note/key.ts'
import { findPresentShard } from '../../audit/shards/places.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { readText } from './inputs.ts'

/** Writes the entries of the commands themselves, because each reading of an audit log is itself an entry. */

/** How long a command waits for another command that has the log open, in milliseconds. */
const PATIENCE_MS = 10_000

/**
 * Opens the log in a folder, appends one entry, and closes the log. Rejects if another process has the log open.
 * @param make returns the entry for the origin of the log.
 */
export async function appendOne(folder: string, keyFile: string, make: (origin: string) => Entry): Promise<void> {
  const log = await openOwn(folder, keyFile)
  try {
    await log.append(canonicalBytes(make(log.origin)))
  } finally {
    await log.close()
  }
}

/** The log that receives an entry, and its signer key. */
export interface OwnLogPlace {
  /** The home of the audit log, which has the folder `log`, or that folder. A log that does not exist is created. */
  readonly log: string
  readonly key: string
}

/** What {@link appendEntry} writes: the members of an entry without `id`, `time` and the name of the log. */
export interface OwnEntry {
  readonly members: { readonly kind: Entry['kind'] } & Readonly<Record<string, unknown>>
  /** The salt of the entry's commitments: 16 to 32 bytes. */
  readonly salt?: Uint8Array
}

/** Writes one entry to a log, and resolves when the entry and its salt are durable. Waits while another command has the log open. */
export async function appendEntry(
  { log: place, key }: OwnLogPlace,
  { members, salt }: OwnEntry,
  { now }: { readonly now: () => number },
): Promise<{ readonly id: string; readonly index: number }> {
  const id = createUuidV7(now())
  const log = await openWhenFree(place, key)
  try {
    const owner = { [ownerMember(members.kind)]: log.origin }
    const entry = { v: 1, ...members, id, time: new Date(now()).toISOString(), ...owner }
    const bytes = canonicalBytes(parseEntry(canonicalBytes(entry)))
    const { index } = await log.append(bytes, salt === undefined ? [] : [{ id, salt }])
    return { id, index }
  } finally {
    await log.close()
  }
}

/** Returns the member with the name of the log, which differs from kind to kind. */
function ownerMember(kind: Entry['kind']): string {
  if (kind === 'oversight' || kind === 'reconciliation') return 'gateway'
  return kind === 'node-reconciliation' ? 'node' : 'origin'
}

/** Finds the folder of a log to write to. A new log gets the folders of an audit log: `log`, with `salts` beside it. */
async function findOwnFolder(place: string): Promise<string> {
  const isLog = await access(join(place, 'checkpoint')).then(
    () => true,
    () => false,
  )
  return isLog ? place : join(place, 'log')
}

/** Opens the present shard of a log. Its salts are in the home of the audit log. */
async function openOwn(place: string, keyFile: string): Promise<Log> {
  const present = await findPresentShard(place, parseSignerFile(await readText(keyFile)))
  const isInHome = present.folder !== place
  const folder = isInHome ? present.folder : await findOwnFolder(place)
  const salts = join(isInHome ? place : dirname(folder), 'salts')
  return openLog({ folder, signer: present.signer, salts })
}

async function openWhenFree(place: string, keyFile: string): Promise<Log> {
  for (const deadline = performance.now() + PATIENCE_MS; ; await sleep(50)) {
    try {
      return await openOwn(place, keyFile)
    } catch (error) {
      if (!(error instanceof FolderInUseError) || performance.now() >= deadline) throw error
    }
  }
}
