import { fromBase64Url, sha256Url } from '../../../clients/base64url.ts'
import type { OfficerMandate } from './session.ts'

/** The case of a mandate, with what shows it to a country. */
export interface DisclosedCase {
  /** The record id. */
  readonly id: string
  /** `[salt, "case", id]` as a disclosure (RFC 9901 section 4.2). */
  readonly disclosure: string
}

/** Reads the file that `istmo mandates draft` writes beside a mandate of one case; null if the text is not such a file. */
export function readCaseFile(text: string): DisclosedCase | null {
  try {
    const file = JSON.parse(text) as { readonly case?: unknown; readonly disclosure?: unknown } | null
    if (typeof file?.disclosure !== 'string') return null
    const { disclosure } = file
    const parts: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(disclosure)))
    if (!Array.isArray(parts) || parts.length !== 3 || parts[1] !== 'case') return null
    const id: unknown = parts[2]
    return typeof id === 'string' && id === file.case ? { id, disclosure } : null
  } catch {
    return null
  }
}

/** Whether a case is the one that a mandate is bound to. The mandate has the digest of its disclosure only. */
export async function isCaseOf(
  { caseDigest }: Pick<OfficerMandate, 'caseDigest'>,
  { disclosure }: DisclosedCase,
): Promise<boolean> {
  return (await sha256Url(disclosure)) === caseDigest
}
