import { constants } from 'node:fs'
import { mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_SUSPENSION_LENGTH, readSuspension } from '../../contract/trust/suspension.ts'
import { replaceFile } from '../replace-file.ts'

/**
 * The door of a process's folder: `istmo suspend` puts a statement into `inbox`, and the process takes it from there. What the process refuses
 * goes into `refused`, with the reason, so that the command can say it.
 */

const INBOX = 'inbox'
const REFUSED = 'refused'

/** How many files one look takes, and how many refusals stay. */
const MAX_FILES = 200

/** A file of the inbox. `text` is null if it is too large to be a statement, or no plain file. */
export interface Delivered {
  readonly name: string
  readonly text: string | null
}

/**
 * Puts a statement into a process's folder. Resolves when it is on the disk: from then on, the process counts it even if it is killed.
 * @returns the file's name, for {@link findRefusal} and {@link isWaiting}.
 */
export async function deliverSuspension(folder: string, text: string): Promise<string> {
  const { claims, hash } = readSuspension(text)
  await makeInbox(folder)
  const name = `${String(claims.seq).padStart(16, '0')}-${hash}.jwt`
  await replaceFile(join(folder, INBOX, name), text)
  return name
}

/** Makes the folders of the door. */
export async function makeInbox(folder: string): Promise<void> {
  for (const part of [INBOX, REFUSED]) await mkdir(join(folder, part), { recursive: true, mode: 0o700 })
}

/** Lists what was delivered and not taken yet. */
export async function readInbox(folder: string): Promise<readonly Delivered[]> {
  const names = (await readdir(join(folder, INBOX)).catch(() => [])).filter((name) => name.endsWith('.jwt')).sort()
  const read = await Promise.all(
    names.slice(0, MAX_FILES).map((name) => readDelivered(join(folder, INBOX, name), name).catch(() => null)),
  )
  return read.filter((one) => one !== null)
}

async function readDelivered(path: string, name: string): Promise<Delivered> {
  // The folder may be another user's: no link is followed, and a pipe opens at once.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ELOOP') return null
      throw error
    },
  )
  if (handle === null) return { name, text: null }
  try {
    if (!(await handle.stat()).isFile()) return { name, text: null }
    // The file may grow while it is read, and one that somebody wrote by hand may end with a line break.
    const bytes = Buffer.alloc(MAX_SUSPENSION_LENGTH + 2)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
    return { name, text: bytesRead === bytes.length ? null : bytes.toString('utf8', 0, bytesRead).trim() }
  } finally {
    await handle.close()
  }
}

/** Removes a file of the inbox that was taken. */
export async function removeDelivered(folder: string, name: string): Promise<void> {
  await rm(join(folder, INBOX, name), { force: true })
}

/** Removes a file of the inbox that was refused, and keeps the reason, one line. */
export async function refuseDelivered(folder: string, name: string, reason: string): Promise<void> {
  const refused = join(folder, REFUSED)
  await writeFile(join(refused, `${name}.txt`), `${reason}\n`, { mode: 0o600 })
  await removeDelivered(folder, name)
  const names = await readdir(refused)
  if (names.length <= MAX_FILES) return
  const aged = await Promise.all(
    names.map(async (each) => ({
      each,
      ms: await stat(join(refused, each)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    })),
  )
  const oldest = aged.sort((one, other) => one.ms - other.ms).slice(0, names.length - MAX_FILES)
  await Promise.all(oldest.map(({ each }) => rm(join(refused, each), { force: true })))
}

/** Returns why a delivered statement was refused; null if it was not, or not yet. */
export async function findRefusal(folder: string, name: string): Promise<string | null> {
  const handle = await open(join(folder, REFUSED, `${name}.txt`), 'r').catch(() => null)
  if (handle === null) return null
  return handle
    .readFile('utf8')
    .then((text) => text.trim())
    .finally(() => handle.close())
}

/** Whether a delivered statement still waits to be taken. */
export async function isWaiting(folder: string, name: string): Promise<boolean> {
  return stat(join(folder, INBOX, name)).then(
    () => true,
    () => false,
  )
}
