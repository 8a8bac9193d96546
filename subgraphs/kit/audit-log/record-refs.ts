import { type PseudonymKeys, pseudonymOf } from '../../../audit/pseudonym/pseudonym.ts'
import { saltedHash } from '../../../contract/leg-salt.ts'
import { ownRecordsOf } from '../own-records.ts'

/**
 * The refs of the records that an answer names, each once, sorted; and the hash of the refs, each followed by a newline, under the leg's salt.
 * Without the salt, equal hashes of two legs would tell that they returned the same records.
 */
export interface RecordRefs {
  readonly refs: readonly string[]
  /** Null for a leg without a salt. */
  readonly hash: string | null
}

/**
 * Makes the refs of the country's own records in an answer's data, under the country's key. It finds each id of the country in the
 * data, and ignores the ids of other countries, because this country does not make refs of their records.
 */
export function recordRefs(data: unknown, country: string, keys: PseudonymKeys, salt: Uint8Array | null): RecordRefs {
  const refs = [...ownRecordsOf(data, country)].map((id) => pseudonymOf('record', id, keys)).sort()
  return { refs, hash: salt && saltedHash(salt, refs.map((ref) => `${ref}\n`).join('')) }
}
