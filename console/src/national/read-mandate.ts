import { describeMandate } from '../../../cli/mandates/describe.ts'
import type { Language } from '../../../contract/language.ts'
import {
  MANDATE_TYPE,
  type MandateDocument,
  type MandateTime,
  mandateTime,
  verifyMandate,
  verifyMandateDraft,
} from '../../../contract/trust/mandate-document.ts'
import { type PersonalSignature, verifyPersonalJws } from '../../../contract/trust/personal-jws.ts'

/**
 * Verifies the document of a mandate in the browser, and says in plain words what it says: what `istmo mandates show` does. It does not say whether the
 * mandate is in the authority's log.
 */

/** A document that holds. */
export interface ReadMandate {
  readonly document: MandateDocument
  /** The mandate hash. */
  readonly hash: string
  /** Everything in the document, one member a line. */
  readonly words: string
  readonly signatures: readonly PersonalSignature[]
  /** Whether it is signed by its drafter only, and opens nothing yet. */
  readonly isDraft: boolean
  readonly time: MandateTime
}

/**
 * Verifies the signatures of a document.
 * @param nowMs milliseconds since 1970
 * @throws {DocumentError} if the form or a signature is wrong.
 */
export async function readMandate(text: string, language: Language, nowMs: number): Promise<ReadMandate> {
  const { signatures } = await verifyPersonalJws(text.trim(), MANDATE_TYPE)
  const isDraft = signatures.length === 1
  const kids = new Set(signatures.map(({ kid }) => kid))
  const { document, hash } = isDraft ? await verifyMandateDraft(text.trim()) : await verifyMandate(text.trim(), kids)
  const words = describeMandate(document, hash, language)
  return { document, hash, words, signatures, isDraft, time: mandateTime(document, nowMs) }
}
