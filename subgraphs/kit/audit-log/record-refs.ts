import { hash } from 'node:crypto'
import { type PseudonymKeys, pseudonymOf } from '../../../audit/pseudonym/pseudonym.ts'
import { listOwnRecords } from '../../../contract/row-quota/own-records.ts'

/** The refs of the records that an answer names, each once, sorted; and the SHA-256, in hex, of the refs, each followed by a newline. */
export interface RecordRefs {
  readonly refs: readonly string[]
  readonly hash: string
}

/**
 * Makes the refs of the country's own records in an answer's data, under the country's key. It finds each id of the country in the
 * data, and ignores the ids of other countries, because this country does not make refs of their records.
 */
export function recordRefs(data: unknown, country: string, keys: PseudonymKeys): RecordRefs {
  const refs = [...listOwnRecords(data, country)].map((id) => pseudonymOf('record', id, keys)).sort()
  return { refs, hash: hash('sha256', refs.map((ref) => `${ref}\n`).join('')) }
}
