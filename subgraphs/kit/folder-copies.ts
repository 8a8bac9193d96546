import { randomUUID } from 'node:crypto'
import { access, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { errorCode } from '../../service/describe-error.ts'

/**
 * Copies of an embedded database for other processes. Only the process that has the folder open can say when its files are one moment, so whoever needs
 * the rows meanwhile asks it, through the folder `<database>.copies` beside the database. Only the user who runs the node can enter that folder. A
 * request is the empty file `<id>.request`. The node answers with the folder `<id>.copy`, or with the file `<id>.failed`, which says why.
 */

/** How often the process that has the folder open looks for requests, in milliseconds. */
const LOOK_EVERY_MS = 250

/** How long whoever asks waits for the copy, in milliseconds. A copy of 100,000 rows takes less than a second. */
const PATIENCE_MS = 120_000

/** How often whoever asks looks for the copy, in milliseconds. */
const WAIT_MS = 50

/** How often it looks whether that process still runs, in milliseconds. */
const IS_OPEN_EVERY_MS = 1_000

/** After how long a copy that nobody fetched is deleted, in milliseconds. */
const STALE_MS = 24 * 3_600_000

const ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(request|copy|draft|failed)$/

/** The process that has an embedded database open did not make a copy of it. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused'
}

/** What is done regularly until it is closed. */
export interface FolderCopies {
  /** Finishes the copy that is being made, and makes no other. */
  readonly close: () => Promise<void>
}

/**
 * Makes a copy of a database for each process that asks.
 * @param folder the folder of the database, which this process has open
 * @param copyTo copies the database, as it is at one moment, into a folder that does not exist
 */
export function serveFolderCopies(
  folder: string,
  copyTo: (target: string) => Promise<void>,
  log: Pick<Logger, 'info' | 'warn'>,
): FolderCopies {
  const place = placeOf(folder)
  let turn: Promise<void> = Promise.resolve()
  let isBusy = false
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    turn = look(place, copyTo, log)
      .catch((error: unknown) => log.warn({ code: errorCode(error) }, 'could not look for requests of database copies'))
      .finally(() => {
        isBusy = false
      })
  }, LOOK_EVERY_MS).unref()
  return {
    async close() {
      clearInterval(timer)
      await turn
    },
  }
}

async function look(
  place: string,
  copyTo: (target: string) => Promise<void>,
  log: Pick<Logger, 'info' | 'warn'>,
): Promise<void> {
  const names = await readdir(place).catch(() => [])
  if (names.length === 0) return
  if (!(await isPrivate(place))) {
    log.warn({ place }, 'requests of database copies are ignored: the folder is open to others, or of another user')
    return
  }
  for (const name of names) {
    const [, id = '', kind = ''] = ID.exec(name) ?? []
    if (kind === 'request') await answer(place, id, copyTo, log)
    else if (kind !== '') await removeStale(join(place, name))
  }
}

async function answer(
  place: string,
  id: string,
  copyTo: (target: string) => Promise<void>,
  log: Pick<Logger, 'info' | 'warn'>,
): Promise<void> {
  const draft = join(place, `${id}.draft`)
  try {
    await rm(draft, { recursive: true, force: true })
    await copyTo(draft)
    await rename(draft, join(place, `${id}.copy`))
    log.info({ id }, 'the database was copied for a backup')
  } catch (error) {
    log.warn({ id, code: errorCode(error) }, 'could not copy the database for a backup')
    await rm(draft, { recursive: true, force: true })
    await writeFile(join(place, `${id}.failed`), (error as Error).message, { mode: 0o600 })
  }
  await rm(join(place, `${id}.request`), { force: true })
}

/** Whether only this user can enter a folder. A link could lead anywhere. */
async function isPrivate(place: string): Promise<boolean> {
  const found = await lstat(place)
  const user = process.getuid?.() ?? found.uid
  return found.isDirectory() && found.uid === user && (found.mode & 0o077) === 0
}

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null)
  if (found !== null && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true })
}

/** A copy of a database, which belongs to whoever asked for it. */
export interface FolderCopy {
  readonly folder: string
  /** Deletes it. */
  readonly remove: () => Promise<void>
}

/** How {@link askForFolderCopy} waits. */
export interface CopyWait {
  /** In milliseconds. */
  readonly patienceMs?: number
  /** Whether a process still has the database open. Nobody waits for one that has ended. */
  readonly isOpen: () => Promise<boolean>
}

/**
 * Asks the process that has an embedded database open for a copy of it.
 * @returns null if that process has ended.
 * @throws {CopyRefused} if it does not make one. The message says why, or how long it was waited for.
 */
export async function askForFolderCopy(
  folder: string,
  { patienceMs = PATIENCE_MS, isOpen }: CopyWait,
): Promise<FolderCopy | null> {
  const place = placeOf(folder)
  await mkdir(place, { recursive: true, mode: 0o700 })
  if (!(await isPrivate(place))) throw new CopyRefused(`${place}: expected a folder that only this user can enter`)
  const at = (kind: string): string => join(place, `${id}.${kind}`)
  const id = randomUUID()
  await writeFile(at('request'), '', { mode: 0o600, flag: 'wx' })
  const remove = async (): Promise<void> => {
    for (const kind of ['request', 'copy', 'copy.lock', 'failed']) await rm(at(kind), { recursive: true, force: true })
  }
  const until = performance.now() + patienceMs
  let lookAt = performance.now() + IS_OPEN_EVERY_MS
  try {
    for (;;) {
      if (await exists(at('copy'))) return { folder: at('copy'), remove }
      const why = await readFile(at('failed'), 'utf8').catch(() => null)
      if (why !== null) throw new CopyRefused(`${folder}: the process that has it open could not copy it: ${why}`)
      if (performance.now() > lookAt) {
        if (!(await isOpen())) break
        lookAt = performance.now() + IS_OPEN_EVERY_MS
      }
      if (performance.now() > until)
        throw new CopyRefused(
          `${folder}: the process that has it open made no copy within ${Math.round(patienceMs / 1_000)} s. Is it a node of this version, and of the same user?`,
        )
      await sleep(WAIT_MS)
    }
  } catch (error) {
    await remove()
    throw error
  }
  await remove()
  return null
}

function placeOf(folder: string): string {
  return `${folder}.copies`
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
