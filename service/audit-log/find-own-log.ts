import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { inboxOf } from '../../audit/inbox/inbox-folder.ts'
import { type NoteSigner, parseSignerFile } from '../../audit/note/key.ts'
import { chooseKeyInForce } from '../../audit/shards/check-links.ts'
import { findPresentShard } from '../../audit/shards/places.ts'
import { describeFileError } from '../describe-error.ts'

/** The log that receives an entry, and its signer key, which is needed if no process has the log open. */
export interface OwnLogPlace {
  /** The folder of the log, or the home of the audit log, which has the folder `log`. A log that does not exist is created. */
  readonly log: string
  readonly key: string
}

/** Where a log is, with what belongs to it. */
export interface FoundLog {
  /** The folder of the log: of its present shard, if it is divided. */
  readonly folder: string
  readonly salts: string
  readonly inbox: string
  readonly signer: NoteSigner
}

/**
 * Finds a log, which may not exist yet. The place of a log is its folder, or the home of an audit log: then the log is `log`, or the present shard. A
 * log that does not exist gets a home, except in a folder `log`, whose home is the folder above.
 * @throws {Error} if the file of the key cannot be read, or holds no signer key. The message names the file.
 */
export async function findOwnLog({ log: place, key }: OwnLogPlace): Promise<FoundLog> {
  const signer = await chooseKeyInForce(place, await readKey(key))
  const present = await findPresentShard(place, signer)
  const isLog = present.folder === place && (basename(place) === 'log' || (await exists(join(place, 'checkpoint'))))
  const home = isLog ? dirname(place) : place
  const folder = isLog || present.folder !== place ? present.folder : join(place, 'log')
  const inbox = inboxOf(isLog ? place : join(home, 'log'))
  return { folder, salts: join(home, 'salts'), inbox, signer: present.signer }
}

async function readKey(path: string): Promise<NoteSigner> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`${path}: cannot be read: ${describeFileError(cause)}`, { cause })
  })
  try {
    return parseSignerFile(text)
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause })
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
