import { parseKeys, pseudonymsOf } from '../../../audit/pseudonym/pseudonym.ts'
import { isRecordId } from '../../../contract/record-id.ts'

/**
 * Makes the pseudonyms of a record in the browser, with the country's key of refs out of a file. Only the pseudonyms are sent to oversight. The key
 * stays in memory while they are made.
 */

/** The most pseudonyms in one question (auditors/oversight/resolvers.ts). A record has one in each epoch of the key. */
const MAX_REFS = 100

/** Pseudonyms of a record, or why there are none. */
export type RecordRefs =
  | {
      readonly refs: readonly string[]
      /** The first epoch and the last one, with the time since which it counts (RFC 3339). */
      readonly epochs: { readonly first: number; readonly last: number; readonly since: string }
      /** How many older epochs were left out. */
      readonly leftOut: number
    }
  | { readonly problem: 'RECORD_WRONG' | 'KEY_WRONG' | 'OTHER_COUNTRY'; readonly reason: string }

/**
 * Makes the pseudonyms of a record under all epochs of a key file, the newest first.
 * @param record a record's id, such as `GT:P-000001`
 * @param keyFile the text of the file
 * @param country the auditor's country, whose records the key is for; null: any
 */
export function makeRecordRefs(record: string, keyFile: string, country: string | null): RecordRefs {
  const id: string = record.trim()
  const isId: boolean = isRecordId(id)
  if (!isId) return { problem: 'RECORD_WRONG', reason: id.slice(0, 60) }
  const owner = id.slice(0, 2)
  // Another country’s record has no pseudonym under this key, and «nobody saw it» would be a wrong answer.
  if (country !== null && owner !== country) return { problem: 'OTHER_COUNTRY', reason: owner }
  try {
    const { epochs } = parseKeys(keyFile)
    const kept = epochs.slice(-MAX_REFS)
    const [first, last] = [kept[0], kept.at(-1)]
    if (first === undefined || last === undefined) return { problem: 'KEY_WRONG', reason: '0' }
    return {
      refs: pseudonymsOf('record', id, { epochs: kept }),
      epochs: { first: first.epoch, last: last.epoch, since: first.since },
      leftOut: epochs.length - kept.length,
    }
  } catch (error) {
    // The message names what is wrong with the file, and has no key in it.
    return { problem: 'KEY_WRONG', reason: (error as Error).message }
  }
}
