import {
  MANDATE_ACTS_FOLDER,
  type MandateAct,
  type MandateActAnswer,
  parseMandateActAnswer,
} from '../../contract/trust/mandate-act.ts'
import { type HandInPlace, handInRequest } from '../hand-in.ts'

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
