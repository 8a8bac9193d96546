import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  listRequests,
  RequestRejected,
  readReason,
  readRequest,
  rejectRequest,
  writeNamed,
} from '../../audit/inbox/inbox-folder.ts'
import { MAX_SUSPENSION_LENGTH, readSuspension } from '../../contract/trust/suspension.ts'

/**
 * The door of a process's folder: `istmo suspend` puts a statement into `inbox`, and the process takes it from there. What the process refuses
 * goes into `inbox/rejected`, with the reason, so that the command can say it.
 */

/** Returns the inbox of a process's folder. */
export function inboxIn(folder: string): string {
  return join(folder, 'inbox')
}

/** The names of statements. */
const STATEMENT_NAME = /^(.+)\.jwt$/

/** How many files one look takes. */
const MAX_FILES = 200

/** A file of the inbox: its text, or why it cannot be a statement. */
export type Delivered = { readonly name: string } & ({ readonly text: string } | { readonly fault: string })

/**
 * Puts a statement into a process's folder. Resolves when it is on the disk: from then on, the process counts it even if it is killed.
 * @returns the file's name, for {@link findRefusal} and {@link isWaiting}.
 */
export async function deliverSuspension(folder: string, text: string): Promise<string> {
  const { claims, hash } = readSuspension(text)
  const name = `${String(claims.seq).padStart(16, '0')}-${hash}.jwt`
  await writeNamed(inboxIn(folder), name, Buffer.from(text))
  return name
}

/** Lists what was delivered and not taken yet. */
export async function readInbox(folder: string): Promise<readonly Delivered[]> {
  const inbox = inboxIn(folder)
  const { requests } = await listRequests(inbox, MAX_FILES, Date.now(), STATEMENT_NAME)
  const read = requests.map(async (request): Promise<readonly Delivered[]> => {
    const { name } = request
    try {
      // A file that somebody wrote by hand may end with a line break.
      const bytes = await readRequest(inbox, request, MAX_SUSPENSION_LENGTH + 1)
      return bytes === undefined ? [] : [{ name, text: Buffer.from(bytes).toString('utf8').trim() }]
    } catch (error) {
      return error instanceof RequestRejected ? [{ name, fault: error.message }] : []
    }
  })
  return (await Promise.all(read)).flat()
}

/** Removes a file of the inbox that was taken. */
export async function removeDelivered(folder: string, name: string): Promise<void> {
  await rm(join(inboxIn(folder), name), { force: true })
}

/** Takes a file out of the inbox that was refused, and keeps the reason, one line. */
export async function refuseDelivered(folder: string, name: string, reason: string): Promise<void> {
  await rejectRequest(inboxIn(folder), name, reason)
}

/** Returns why a delivered statement was refused; null if it was not, or not yet. */
export async function findRefusal(folder: string, name: string): Promise<string | null> {
  return (await readReason(inboxIn(folder), name)) ?? null
}

/** Whether a delivered statement still waits to be taken. */
export async function isWaiting(folder: string, name: string): Promise<boolean> {
  return stat(join(inboxIn(folder), name)).then(
    () => true,
    () => false,
  )
}
