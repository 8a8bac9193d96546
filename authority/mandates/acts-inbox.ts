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
} from '../../audit/inbox/inbox-folder.ts'
import { MANDATE_ACTS_FOLDER, parseMandateAct } from '../../contract/trust/mandate-act.ts'
import { DocumentError } from '../../contract/trust/personal-jws.ts'
import { lookRegularly } from '../../service/audit-log/regular-work.ts'
import type { Mandates } from './mandates.ts'
import { MandateRefusedError } from './refused.ts'
import type { ActingPerson } from './rules.ts'

/** The authority's side of the folder into which `istmo mandates` puts what persons signed (audit/inbox/inbox-folder.ts). */

/** How often the authority looks into the folder, in milliseconds. */
const LOOK_EVERY_MS = 250

/** How many requests one look takes at most. */
const MAX_PER_LOOK = 50

/** What an inbox works with. */
export interface ActsInboxOptions {
  /** The home of the authority's audit log. The inbox is in it. */
  readonly home: string
  readonly mandates: Pick<Mandates, 'act'>
  /**
   * Reads the token of a login provider. Rejects with a {@link RequestRejected} that says what is wrong with a token that is not accepted, and
   * with any other error if it cannot be told now.
   */
  readonly readPerson: (token: string) => Promise<ActingPerson>
  readonly log: Pick<Logger, 'warn'>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  readonly lookEveryMs?: number
}

/** An inbox that is looked into regularly. */
export interface ActsInbox {
  /** Looks into the inbox now. */
  readonly look: () => Promise<void>
  /** Finishes the present look, and stops. */
  readonly close: () => Promise<void>
}

/** Begins to look into the inbox. A request that was carried out before a crash is carried out once: acts that were done are not done again. */
export function openActsInbox(options: ActsInboxOptions): ActsInbox {
  const { run, close } = lookRegularly({
    look: () => lookOnce(options),
    everyMs: options.lookEveryMs ?? LOOK_EVERY_MS,
    onFailure(error) {
      const { code, name } = error as NodeJS.ErrnoException
      options.log.warn({ code: code ?? name }, 'could not carry out an act on mandates; the next try follows')
    },
  })
  return { look: run, close }
}

async function lookOnce(options: ActsInboxOptions): Promise<void> {
  const inbox = join(options.home, MANDATE_ACTS_FOLDER)
  await makeInbox(inbox)
  const { requests, strays } = await listRequests(inbox, MAX_PER_LOOK, options.now())
  for (const name of strays) await reject(inbox, name, 'expected a name of the form <UUIDv7>.json; came another')
  const failures: unknown[] = []
  for (const request of requests) {
    try {
      await carryOut(options, inbox, request)
    } catch (error) {
      const isRejected = [RequestRejected, MandateRefusedError, DocumentError].some((each) => error instanceof each)
      if (isRejected) await reject(inbox, request.name, (error as Error).message)
      else failures.push(error)
    }
  }
  // Such as a login provider whose keys cannot be fetched now: its request waits, and the others do not.
  if (failures.length > 0) throw failures[0]
}

async function carryOut(
  { mandates, readPerson }: ActsInboxOptions,
  inbox: string,
  request: FoundRequest,
): Promise<void> {
  const bytes = await readRequest(inbox, request)
  // Somebody has taken the request back.
  if (bytes === undefined) return
  const act = parseMandateAct(bytes)
  const answer = await mandates.act(await readPerson(act.token), act)
  await answerRequest(inbox, request, JSON.stringify(answer))
}

/** Answers with a reason. The request itself is deleted, because it holds a token. */
async function reject(inbox: string, name: string, reason: string): Promise<void> {
  await rejectRequest(inbox, name, reason)
  await rm(join(inbox, 'rejected', name.slice(0, 200)), { force: true, recursive: true })
}
