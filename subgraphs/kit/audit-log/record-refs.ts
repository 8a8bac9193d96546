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
  const known = refsUnder(keys)
  const refs: string[] = []
  for (const id of ownRecordsOf(data, country)) {
    let ref = known.get(id)
    if (ref === undefined) {
      ref = pseudonymOf('record', id, keys)
      if (known.size >= MAX_KNOWN) known.clear()
      known.set(id, ref)
    }
    refs.push(ref)
  }
  refs.sort()
  return { refs, hash: salt && saltedHash(salt, refs.map((ref) => `${ref}\n`).join('')) }
}

/**
 * How many refs are remembered: pages and nested questions name the same records again. An id with its ref takes about 200 bytes. All are forgotten
 * when there are so many, because to know which was used last costs as much as a good part of a ref.
 */
const MAX_KNOWN = 20_000

const refsByKeys = new WeakMap<PseudonymKeys, Map<string, string>>()

/** The refs of records that were made under these keys, by their ids. Other keys, as after a rotation, have refs of their own. */
function refsUnder(keys: PseudonymKeys): Map<string, string> {
  const known = refsByKeys.get(keys)
  if (known !== undefined) return known
  const made = new Map<string, string>()
  refsByKeys.set(keys, made)
  return made
}
