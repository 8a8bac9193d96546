import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import {
  answerRequest,
  type FoundRequest,
  listRequests,
  makeInbox,
  RequestRejected,
  readRequest,
  rejectRequest,
} from '../audit/inbox/inbox-folder.ts'
import { DocumentError } from '../contract/trust/personal-jws.ts'
import { lookRegularly } from '../service/audit-log/regular-work.ts'

/** Something that a person handed in was refused. The entry is written. The message says what was expected, what came, and the remedy. */
export class RefusedError<Reason extends string> extends Error {
  readonly reason: Reason

  constructor(reason: Reason, sentence: string) {
    super(`${reason}: ${sentence}`)
    this.reason = reason
  }
}

/** The authority's side of a folder into which a command puts what persons ask (audit/inbox/inbox-folder.ts). */

/** How often the authority looks into the folder, in milliseconds. */
const LOOK_EVERY_MS = 250

/** How many requests one look takes at most. */
const MAX_PER_LOOK = 50

/** What an inbox works with. */
export interface RequestInboxOptions {
  /** The folder. It is made if it does not exist. */
  readonly inbox: string
  /**
   * Carries out a request that was read, and resolves to the answer. A request that is read twice must be carried out once. The message of a
   * RequestRejected, RefusedError or DocumentError is the answer. With any other error, the request waits.
   */
  readonly carryOut: (bytes: Uint8Array) => Promise<object>
  /** What is logged when a request waits. */
  readonly waiting: string
  readonly log: Pick<Logger, 'warn'>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  readonly lookEveryMs?: number | undefined
}

/** An inbox that is looked into regularly. */
export interface RequestInbox {
  /** Looks into the inbox now. */
  readonly look: () => Promise<void>
  /** Finishes the present look, and stops. */
  readonly close: () => Promise<void>
}

/** Begins to look into an inbox. */
export function openRequestInbox(options: RequestInboxOptions): RequestInbox {
  const { run, close } = lookRegularly({
    look: () => lookOnce(options),
    everyMs: options.lookEveryMs ?? LOOK_EVERY_MS,
    onFailure(error) {
      const { code, name } = error as NodeJS.ErrnoException
      options.log.warn({ code: code ?? name }, options.waiting)
    },
  })
  return { look: run, close }
}

async function lookOnce(options: RequestInboxOptions): Promise<void> {
  const { inbox, now } = options
  await makeInbox(inbox)
  const { requests, strays } = await listRequests(inbox, MAX_PER_LOOK, now())
  for (const name of strays) await reject(inbox, name, 'expected a name of the form <UUIDv7>.json; came another')
  const failures: unknown[] = []
  for (const request of requests) {
    try {
      await carryOut(options, request)
    } catch (error) {
      const isRejection = [RequestRejected, RefusedError, DocumentError].some((each) => error instanceof each)
      if (isRejection) await reject(inbox, request.name, (error as Error).message)
      else failures.push(error)
    }
  }
  // Such as a login provider whose keys cannot be fetched now: its request waits, and the others do not.
  if (failures.length > 0) throw failures[0]
}

async function carryOut({ inbox, carryOut: work }: RequestInboxOptions, request: FoundRequest): Promise<void> {
  const bytes = await readRequest(inbox, request)
  // Somebody has taken the request back.
  if (bytes === undefined) return
  await answerRequest(inbox, request, JSON.stringify(await work(bytes)))
}

/** Answers with a reason. The request itself is deleted, because it holds a token. */
async function reject(inbox: string, name: string, reason: string): Promise<void> {
  await rejectRequest(inbox, name, reason)
  await rm(join(inbox, 'rejected', name.slice(0, 200)), { force: true, recursive: true })
}
