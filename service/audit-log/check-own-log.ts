import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { findAppended } from '../../audit/inbox/inbox-folder.ts'
import { loadKeys } from '../../audit/log/load-keys.ts'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { parseNote } from '../../audit/note/note.ts'
import { openLogCheckpoint } from '../../audit/note/rotation.ts'
import { listPlaces } from '../../audit/shards/places.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { uuidV7Time } from '../../contract/uuid-v7.ts'
import { describeFileError } from '../describe-error.ts'
import { findOwnLog, type OwnLogPlace } from './find-own-log.ts'

/** What a command looks at in a log before it works, and after it was killed. Nothing here writes. */

/** By how much the clocks of ids and shards may differ, in milliseconds. */
const MARGIN_MS = 3_600_000

/**
 * Checks before a piece of work that its entry can be written afterwards: the key is that of the log, and the log's folder takes files. A log that does
 * not exist yet passes.
 * @throws {Error} if not. The message names the file, what was expected and what came.
 */
export async function checkOwnLog(place: OwnLogPlace): Promise<void> {
  const { folder, signer } = await findOwnLog(place)
  await requireFolder(folder)
  const source = folderSource(folder)
  const note = await source.read('checkpoint')
  if (note === undefined) return
  const { periods } = await loadKeys(source, signer)
  try {
    openLogCheckpoint(note, periods)
  } catch (cause) {
    throw new Error(
      `${place.key}: expected the signer key of the log in ${folder}; came one whose signature its checkpoint does not have (${signer.verifier.vkey})`,
      { cause },
    )
  }
}

/** A folder that does not exist yet is made below the first one that does. */
async function requireFolder(path: string): Promise<void> {
  let found = path
  while ((await stat(found).catch(() => undefined)) === undefined && found !== dirname(found)) found = dirname(found)
  if (!(await stat(found)).isDirectory()) throw new Error(`${found}: expected a folder; came something else`)
  await access(found, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw new Error(`${found}: expected a folder in which this process can write: ${describeFileError(cause)}`, {
      cause,
    })
  })
}

/**
 * Whether the published part of a log has an entry. Whoever was killed finds out in this way whether the process that owns the log wrote it.
 * @param id the id of the entry, a UUIDv7. The entry is not older than the time in it.
 */
export async function hasOwnEntry(place: OwnLogPlace, id: string): Promise<boolean> {
  const sinceMs = uuidV7Time(id) ?? 0
  for (const folder of await listFoldersSince(place, sinceMs)) {
    const source = folderSource(folder)
    const note = await source.read('checkpoint')
    if (note === undefined) continue
    const { size } = parseCheckpoint(parseNote(note).text)
    if ((await findAppended(source, size, new Set([id]), sinceMs)).has(id)) return true
  }
  return false
}

/** Lists the folders of the shards that may have entries since a time, newest first. */
async function listFoldersSince(place: OwnLogPlace, sinceMs: number): Promise<readonly string[]> {
  const folders: string[] = []
  for (const { period, path } of [...(await listPlaces(place.log))].reverse()) {
    folders.push(`${place.log}/${path}`)
    // A period is a year or a month, which begins in UTC.
    if (period !== null && Date.parse(period) < sinceMs - MARGIN_MS) break
  }
  return folders.length > 0 ? folders : [(await findOwnLog(place)).folder]
}
