import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readAnswer, removeAnswer, withdrawRequest, writeRequest } from '../audit/inbox/inbox-folder.ts'
import {
  MANDATE_ACTS_FOLDER,
  type MandateAct,
  type MandateActAnswer,
  parseMandateActAnswer,
} from '../contract/trust/mandate-act.ts'
import { createUuidV7 } from '../contract/uuid-v7.ts'

/** How long a command waits for the authority, in milliseconds. */
const PATIENCE_MS = 30_000

/** How often a command looks for the answer, in milliseconds. */
const LOOK_EVERY_MS = 50

/** How a command reaches the authority. */
export interface HandInPlace {
  /** The home of the authority's audit log. */
  readonly authority: string
  /** The file with the token of the login provider. */
  readonly token: string
  readonly patienceMs?: number
}

/**
 * Hands a request with the person's token to the process of the authority, through a folder in the home of its audit log, and waits.
 * @param now returns milliseconds since the epoch
 * @returns the text of the answer.
 * @throws {Error} if the authority refuses it, with its reason, or does not answer in time.
 */
export async function handInRequest(
  { authority, token, patienceMs = PATIENCE_MS }: HandInPlace,
  folder: string,
  content: object,
  now: () => number,
): Promise<string> {
  const isHome = await stat(join(authority, 'log')).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isHome)
    throw new Error(`${authority}: expected the home of an authority’s audit log, with the folder log; came none`)
  const inbox = join(authority, folder)
  const id = createUuidV7(now())
  const request = { ...content, token: (await readFile(token, 'utf8')).trim() }
  await writeRequest(inbox, id, Buffer.from(JSON.stringify(request)))
  const until = performance.now() + patienceMs
  do {
    const answer = await readAnswer(inbox, id)
    if (answer !== undefined) {
      await removeAnswer(inbox, id)
      if ('receipt' in answer) return answer.receipt
      throw new Error(`the authority refused: ${answer.reason}`)
    }
    await sleep(LOOK_EVERY_MS)
  } while (performance.now() < until || !(await withdrawRequest(inbox, id)))
  throw new Error(
    `expected an answer of the authority within ${patienceMs / 1_000} s; came none, and the request was taken back. Start \`istmo authority\`, and try again`,
  )
}

/** An act without its token. */
export type TokenlessAct = MandateAct extends infer Act ? (Act extends MandateAct ? Omit<Act, 'token'> : never) : never

/**
 * Hands an act to the process of the authority, and waits for the answer.
 * @param now returns milliseconds since the epoch
 * @throws {Error} if the authority refuses it, with its reason, or does not answer in time.
 */
export async function handIn(place: HandInPlace, act: TokenlessAct, now: () => number): Promise<MandateActAnswer> {
  return parseMandateActAnswer(await handInRequest(place, MANDATE_ACTS_FOLDER, act, now))
}
