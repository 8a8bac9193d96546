import { z } from 'zod'
import { parseDocument } from './parse-document.ts'
import { DIGEST } from './personal-jws.ts'

/**
 * What a person asks of a mandate authority: to take a draft, an approval or a revocation, or to name persons by their salted hashes. The token
 * of the login provider says who asks; the person's own key has signed the document.
 */

/** The folder for requests, in the home of the authority's audit log. */
export const MANDATE_ACTS_FOLDER = 'mandate-acts'

/** The most persons in one request. */
export const MAX_NAMED_PERSONS = 200

const TOKEN = z.string().min(1).max(16_384)
const NAME = z.string().min(1).max(255)
/** The signed document: the text of a JWS in JSON. */
const DOCUMENT = z.string().min(1).max(32_768)

const MANDATE_ACT = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('draft'), token: TOKEN, document: DOCUMENT }),
  z.strictObject({ act: z.literal('approve'), token: TOKEN, document: DOCUMENT }),
  z.strictObject({ act: z.literal('revoke'), token: TOKEN, document: DOCUMENT }),
  z.strictObject({
    act: z.literal('name'),
    token: TOKEN,
    /** The subjects at the login provider of the token. The person who asks comes first in the answer, without being listed here. */
    subjects: z.array(NAME).max(MAX_NAMED_PERSONS).readonly(),
  }),
])
/** A request of a person. */
export type MandateAct = Readonly<z.infer<typeof MANDATE_ACT>>

const ANSWER = z.strictObject({
  /** The mandate hash; absent after `name`. */
  mandate: DIGEST.optional(),
  state: z.enum(['DRAFTED', 'APPROVED', 'REVOKED']).optional(),
  /** The salted hashes: first of the person who asked, then of the subjects in their order. */
  persons: z.array(DIGEST).readonly().optional(),
})
/** What the authority answers when it did what was asked. */
export type MandateActAnswer = Readonly<z.infer<typeof ANSWER>>

/**
 * Parses a request.
 * @throws {DocumentError} if it is malformed. The message holds no value of it.
 */
export function parseMandateAct(bytes: Uint8Array): MandateAct {
  return parseDocument(MANDATE_ACT, bytes, 'a request of a person: act, token, and document or subjects')
}

/**
 * Parses an answer.
 * @throws {DocumentError} if it is malformed.
 */
export function parseMandateActAnswer(text: string): MandateActAnswer {
  return parseDocument(ANSWER, Buffer.from(text), 'an answer of the authority')
}
