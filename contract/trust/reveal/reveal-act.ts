import { z } from 'zod'
import { isUuidV7 } from '../../uuid-v7.ts'
import { parseDocument } from '../parse-document.ts'
import { DIGEST } from '../personal-jws.ts'
import { MAX_REVEAL_REQUEST_LENGTH } from './reveal-request.ts'

/**
 * What a security officer asks of a running authority: to write down that an auditor's request is approved. The token of the login provider says
 * who approves. The authority does not have its reveal key, so what it answers opens nothing.
 */

/** The folder for requests, in the home of the authority's audit log. */
export const REVEAL_ACTS_FOLDER = 'reveal-acts'

const REVEAL_ACT = z.strictObject({
  token: z.string().min(1).max(16_384),
  /** The auditor's signed request. */
  request: z.string().min(1).max(MAX_REVEAL_REQUEST_LENGTH),
})
/** An approval. */
export type RevealAct = Readonly<z.infer<typeof REVEAL_ACT>>

const ENTRY_ID = z.string().refine(isUuidV7, 'expected a UUIDv7')
const PLACE = z.strictObject({ id: ENTRY_ID, index: z.int().min(0) }).readonly()
const ANSWER = z.strictObject({
  /** The hash of the request. */
  request: DIGEST,
  /** The `officer-seal` entry, and the `reveal` entry that was written, now or when the same request came before. */
  seal: PLACE,
  reveal: PLACE,
  isRepeated: z.boolean(),
  /** The salt of the seal, sealed to the authority's reveal key. */
  salt: z.string().max(4_096),
})
/** What the authority answers when the entry is durable. */
export type RevealActAnswer = Readonly<z.infer<typeof ANSWER>>

/**
 * Parses an approval.
 * @throws {DocumentError} if it is malformed. The message holds no value of it.
 */
export function parseRevealAct(bytes: Uint8Array): RevealAct {
  return parseDocument(REVEAL_ACT, bytes, 'an approval: token and request')
}

/**
 * Parses an answer.
 * @throws {DocumentError} if it is malformed.
 */
export function parseRevealActAnswer(text: string): RevealActAnswer {
  return parseDocument(ANSWER, Buffer.from(text), 'an answer of the authority')
}
