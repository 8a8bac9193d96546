import { hash } from 'node:crypto'
import { type PseudonymKeys, pseudonymOf } from '../../../audit/pseudonym/pseudonym.ts'
import { isRecordId } from '../../../contract/record-id.ts'

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
  const ids = new Set<string>()
  collect(data, `${country}:`, ids)
  const refs = [...ids].map((id) => pseudonymOf('record', id, keys)).sort()
  return { refs, hash: hash('sha256', refs.map((ref) => `${ref}\n`).join('')) }
}

function collect(value: unknown, prefix: string, ids: Set<string>): void {
  if (typeof value === 'string') {
    if (value.startsWith(prefix) && isRecordId(value)) ids.add(value)
  } else if (typeof value === 'object' && value !== null) {
    for (const below of Object.values(value)) collect(below, prefix, ids)
  }
}
