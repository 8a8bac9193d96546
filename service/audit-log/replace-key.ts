/** The members with which an entry begins. */

import { readFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { inboxOf } from '../../audit/inbox/inbox-folder.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { rotateLogKey } from '../../audit/log/rotate-key.ts'
import { generateSignerKey, type NoteSigner, parseSignerFile, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import type { KeyRotation } from '../../audit/note/rotation.ts'
import { chooseKeyInForce, findNewestRotation, hasSameKey } from '../../audit/shards/check-links.ts'
import { findPresentShard } from '../../audit/shards/places.ts'
import type { MakeRotationEntry } from '../../audit/shards/replace-keys.ts'
import type { ShardedLog } from '../../audit/shards/sharded-log.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import type { KeysRequest } from '../../contract/audit-log/operator-request.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { FolderInUseError, lockFolder } from '../folder-lock/folder-lock.ts'
import { replaceFile } from '../replace-file.ts'
import { askOwner } from './own-log.ts'

type Base = Pick<EntryOf<'key-rotation'>, 'v' | 'id' | 'time'>

/** Makes the entry of a rotation, in canonical JSON. */
function makeRotationEntry(
  base: Base,
  reason: EntryOf<'key-rotation'>['reason'],
  keys: Parameters<MakeRotationEntry>[0],
): Uint8Array {
  const entry: EntryOf<'key-rotation'> = { ...base, kind: 'key-rotation', ...keys, reason }
  return canonicalBytes(entry)
}

interface KeyTakingOptions {
  /** Reads the key file. */
  readonly readSigner?: () => Promise<NoteSigner>
  readonly log: Pick<Logger, 'info'>
}

/**
 * Makes the function with which a recorder goes on with the keys of its key file. Null if the recorder cannot read that file.
 * @param entries the log, if it can take keys
 */
export function createKeyTaking(
  { readSigner, log }: KeyTakingOptions,
  { takeKeys }: Partial<Pick<ShardedLog, 'takeKeys'>>,
  newBase: () => Base,
): ((request: KeysRequest) => Promise<void>) | null {
  if (readSigner === undefined || takeKeys === undefined) return null
  return async ({ reason }) => {
    const given = await readSigner()
    const isNew = await takeKeys(given, (keys) => {
      if (reason === null) throw new Error('expected a rotation of the key that is done; it was only begun')
      return makeRotationEntry(newBase(), reason, keys)
    })
    if (isNew)
      log.info({ vkey: (given.next ?? given).verifier.vkey }, 'the audit log goes on with the keys of its file')
  }
}

/**
 * The command's side of the replacement of a log's key (docs/decisions/0089-a-key-is-replaced-while-its-log-is-written.md). It has two steps. The first one
 * puts the new key into the key file, behind the old one, and lets the log replace its key: here, or in the process that has the log open. From then on
 * both keys sign each checkpoint. The second one takes the old key out of the file, when all parties have the proof. A command that was killed at any
 * moment is run again.
 */

/** What both steps work with. */
export interface KeyReplacement {
  /** The logs that have the key: the home of an audit log, or those of all workers of a gateway. */
  readonly logs: readonly string[]
  /** The file of the key. */
  readonly keyFile: string
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** A log whose key is replaced. */
export interface ReplacedKey {
  readonly rotation: KeyRotation
  /** The path of the proof. */
  readonly proof: string
  /** False if an earlier, interrupted call had replaced it. */
  readonly isNew: boolean
  /** Whether a process that runs replaced it. */
  readonly isRunning: boolean
}

/**
 * Replaces the key of logs, whether a process has them open or not. Afterwards, the key file has both keys.
 * @throws {Error} if the key file cannot be used, or the process that has a log open does not replace its key.
 * @throws {LogDamagedError} if a log is damaged.
 */
export async function replaceLogKey(
  { logs, keyFile, now }: KeyReplacement,
  reason: EntryOf<'key-rotation'>['reason'],
): Promise<readonly ReplacedKey[]> {
  const keys = await prepareKeys(keyFile)
  const replaced: ReplacedKey[] = []
  for (const place of logs) replaced.push(await replaceOne(place, keys, reason, now))
  return replaced
}

/** What the second step did. */
interface FinishedReplacement {
  /** The verifier key in force. */
  readonly vkey: string
  /** Whether a process that runs signs with the new key only from now on. */
  readonly isRunning: boolean
}

/**
 * Takes the old key out of the key file, and lets the processes that have the logs open go on with the new one only.
 * @throws {Error} if a log still has the old key, or a process does not go on with the new one.
 */
export async function finishKeyReplacement({ logs, keyFile, now }: KeyReplacement): Promise<FinishedReplacement> {
  const keys = await readKeys(keyFile)
  const newest = keys.next ?? keys
  for (const place of logs) await requireReplaced(place, newest)
  if (keys.next !== undefined) await dropOldKey(keyFile)
  const running: boolean[] = []
  for (const place of logs) running.push(await tellOwner(place, newest, now))
  return { vkey: newest.verifier.vkey, isRunning: running.includes(true) }
}

/** Takes the old key out of a key file. The new one must be in force. */
export async function dropOldKey(keyFile: string): Promise<void> {
  await replaceFile(keyFile, `${(await readKeyText(keyFile)).trim().split('\n').at(-1) ?? ''}\n`)
}

/** Reads the key file and makes the next key, unless an interrupted rotation has left one. */
async function prepareKeys(keyFile: string): Promise<NoteSigner> {
  const signer = await readKeys(keyFile)
  if (signer.next !== undefined) return signer
  const next = generateSignerKey(signer.verifier.name, SIGNATURE_TYPES.ed25519)
  // The new key must be on the disk before the log needs it.
  await replaceFile(keyFile, `${(await readKeyText(keyFile)).trim()}\n${next}\n`)
  const both = await readKeys(keyFile)
  if (both.next !== undefined) return both
  throw new Error(`${keyFile}: expected the new key behind the present one; came the present one`)
}

async function replaceOne(
  place: string,
  keys: NoteSigner,
  reason: EntryOf<'key-rotation'>['reason'],
  now: () => number,
): Promise<ReplacedKey> {
  const { folder, signer } = await findPresentShard(place, await chooseKeyInForce(place, keys))
  const { next } = signer
  if (next === undefined) {
    const found = await findReplacement(place, keys)
    return { ...found, isNew: false, isRunning: await tellOwner(place, keys, now) }
  }
  const rotateHere = () =>
    rotateLogKey(folder, { ...signer, next }, () => {
      const names = { origin: signer.verifier.name, oldKey: signer.verifier.vkey, newKey: next.verifier.vkey }
      const base = { v: 1, id: createUuidV7(now()), time: new Date(now()).toISOString() } as const
      return makeRotationEntry(base, reason, names)
    })
  try {
    const { isNew } = await rotateHere()
    return { ...(await findReplacement(place, keys)), isNew, isRunning: false }
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error
    const [inbox, request] = [inboxOfFolder(place, folder), { keys: { reason } }]
    const answer = await askOwner(error, { inbox, id: createUuidV7(now()), request, tryHere: rotateHere })
    return { ...(await findReplacement(place, keys)), isNew: true, isRunning: 'text' in answer }
  }
}

/** Finds the rotation to the next key of a key file. */
async function findReplacement(place: string, keys: NoteSigner): Promise<Pick<ReplacedKey, 'rotation' | 'proof'>> {
  const found = await findNewestRotation(place)
  if (found !== undefined && isTo(found.rotation, keys)) return found
  throw new Error(
    `${place}: expected that the key is replaced by ${(keys.next ?? keys).verifier.vkey}; it is not. Run the command again`,
  )
}

function isTo({ newKey }: KeyRotation, { next, verifier }: NoteSigner): boolean {
  return hasSameKey(newKey, next?.verifier ?? verifier)
}

async function requireReplaced(place: string, newest: NoteSigner): Promise<void> {
  const found = await findNewestRotation(place)
  if (found === undefined || !hasSameKey(found.rotation.newKey, newest.verifier))
    throw new Error(
      `${place}: expected a log whose key is replaced by ${newest.verifier.vkey}; it is not. Replace it first`,
    )
}

/** Lets the process that has a log open read its key file again. @returns false if none has. */
async function tellOwner(place: string, keys: NoteSigner, now: () => number): Promise<boolean> {
  const { folder } = await findPresentShard(place, keys)
  const tryLock = async (): Promise<false> => {
    const lock = await lockFolder(folder)
    lock.release()
    return false
  }
  try {
    return await tryLock()
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error
    const inbox = inboxOfFolder(place, folder)
    const request = { keys: { reason: null } }
    const answer = await askOwner(error, { inbox, id: createUuidV7(now()), request, tryHere: tryLock })
    return 'text' in answer
  }
}

/** Returns the inbox of the log of a place: in the home of the log, also if its present shard is another folder. */
function inboxOfFolder(place: string, folder: string): string {
  return folder === place ? inboxOf(place) : `${place}/inbox`
}

async function readKeys(keyFile: string): Promise<NoteSigner> {
  try {
    return parseSignerFile(await readKeyText(keyFile))
  } catch (error) {
    throw new Error(`${keyFile}: ${(error as Error).message}`, { cause: error })
  }
}

async function readKeyText(keyFile: string): Promise<string> {
  return readFile(keyFile, 'utf8')
}
