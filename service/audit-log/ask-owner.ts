import { setTimeout as sleep } from 'node:timers/promises'
import { readAnswer, removeAnswer, withdrawRequest, writeRequest } from '../../audit/inbox/inbox-folder.ts'
import type { OperatorRequest } from '../../contract/audit-log/operator-request.ts'
import { FolderInUseError } from '../folder-lock/folder-lock.ts'

/** The command's side of an inbox: asks the process that owns a log for something that this process cannot do itself. */

/** How long a command waits for the process that owns the log, in milliseconds. */
const PATIENCE_MS = 30_000

/** How often a command looks for the answer, in milliseconds. */
const LOOK_EVERY_MS = 50

/** How often a command tries again to open the log itself, in milliseconds: the process may have ended meanwhile. */
const RETRY_OPEN_MS = 1_000

/** What {@link askOwner} asks for. */
export interface Asked<Done> {
  readonly inbox: string
  /** The id of the request: a UUIDv7. */
  readonly id: string
  readonly request: OperatorRequest
  /** How long to wait for the process that owns the log, in milliseconds. */
  readonly patienceMs?: number
  /** Does it here, if that process has ended. Rejects with a {@link FolderInUseError} if it has not. */
  readonly tryHere: () => Promise<Done>
}

/** The process that has the log open did not accept a request. */
class EntryRejected extends Error {
  override readonly name = 'EntryRejected'
}

/**
 * Asks the process that has a log open. Takes the request back if that process ends before it carries it out.
 * @param inUse names the process
 * @returns the text of its answer, or what `tryHere` did.
 * @throws {EntryRejected} if the process rejects the request.
 * @throws {Error} if it does not answer.
 */
export async function askOwner<Done>(
  inUse: FolderInUseError,
  { inbox, id, request, patienceMs = PATIENCE_MS, tryHere }: Asked<Done>,
): Promise<{ readonly text: string } | { readonly done: Done }> {
  await writeRequest(inbox, id, Buffer.from(JSON.stringify(request)))
  const deadline = performance.now() + patienceMs
  let retryAt = performance.now() + RETRY_OPEN_MS
  while (performance.now() < deadline) {
    const answer = await readAnswer(inbox, id)
    if (answer !== undefined) await removeAnswer(inbox, id)
    if (answer !== undefined && 'reason' in answer) throw new EntryRejected(`${inUse.folder}: ${answer.reason}`)
    if (answer !== undefined) return { text: answer.receipt }
    if (performance.now() >= retryAt) {
      const done = await tryInstead(inbox, id, tryHere)
      if (done !== undefined) return done
      retryAt = performance.now() + RETRY_OPEN_MS
    }
    await sleep(LOOK_EVERY_MS)
  }
  // An operator who hears that it failed must not find it done later.
  const isBack = await withdrawRequest(inbox, id)
  const what = isBack ? 'nothing was written' : 'it may still write the entry'
  throw new Error(
    `${inUse.message} It did not answer in its inbox ${inbox}, and ${what}. Is it of this version, and of the same user?`,
  )
}

/** Does it here if the process that had the log open has ended. That process may have done it before. */
async function tryInstead<Done>(inbox: string, id: string, tryHere: () => Promise<Done>) {
  try {
    const done = await tryHere()
    await withdrawRequest(inbox, id)
    await removeAnswer(inbox, id)
    return { done }
  } catch (error) {
    if (error instanceof FolderInUseError) return undefined
    throw error
  }
}
