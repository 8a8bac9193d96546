/**
 * What the holder of a valid token does that the token does not allow. No honest tool does it, so the audit log has an entry about it, and
 * auditors look for it.
 */
export const MISUSES = [
  /** The stated purpose is not in the mandate. */
  'PURPOSE_NOT_IN_MANDATE',
  /** The stated case is not that of the mandate. */
  'CASE_NOT_IN_MANDATE',
  /** The stated legal basis is not in the mandate. */
  'BASIS_NOT_IN_MANDATE',
  /** Grounds are stated, and the token has no mandate. */
  'TOKEN_WITHOUT_MANDATE',
  /** The proof of the token's key was used before: somebody may have copied it. */
  'PROOF_REPLAYED',
  /** The sender does not prove to have the key or the certificate of the token: somebody may have copied the token. */
  'PROOF_NOT_VALID',
  /** The statement of a signed question was used before: somebody may have copied it. */
  'QUESTION_REPLAYED',
  /** The statement is of another key, access token or gateway, or of another document or other values than those of the request. */
  'QUESTION_OF_OTHER',
  /** The sender, or what the token stands for, is suspended. */
  'SUSPENDED',
] as const
/** One of {@link MISUSES}. */
export type Misuse = (typeof MISUSES)[number]
