import {
  MANDATE_TYPE,
  type MandateDocument,
  verifyMandate,
  verifyMandateDraft,
} from '../../contract/trust/mandate-document.ts'
import { DocumentError, type PersonalJws, verifyPersonalJws } from '../../contract/trust/personal-jws.ts'

/** A draft or a mandate that the log names. */
export interface ReadMandate {
  readonly document: MandateDocument
  readonly hash: string
  readonly jws: PersonalJws
}

/** Reads a draft or a mandate from the content store, and verifies its signatures again. Resolves to null if they are not valid. */
export async function readSigned(text: string): Promise<ReadMandate | null> {
  try {
    const { signatures } = await verifyPersonalJws(text, MANDATE_TYPE)
    if (signatures.length === 1) return await verifyMandateDraft(text)
    // Whether the approver's key still counts is asked on each use.
    return await verifyMandate(text, new Set(signatures.map(({ kid }) => kid)))
  } catch (error) {
    if (error instanceof DocumentError) return null
    throw error
  }
}
