import { isRecordId } from '../record-id.ts'

/**
 * Finds the records of a country that data of an answer names: each id of the country, once. Ids of other countries do not count. This is
 * what the country's audit log calls the records of a leg, and what a quota of rows counts.
 * @param country the country's code.
 */
export function listOwnRecords(data: unknown, country: string): Set<string> {
  const ids = new Set<string>()
  collect(data, `${country}:`, ids)
  return ids
}

function collect(value: unknown, prefix: string, ids: Set<string>): void {
  if (typeof value === 'string') {
    if (value.startsWith(prefix) && isRecordId(value)) ids.add(value)
  } else if (typeof value === 'object' && value !== null) {
    for (const below of Object.values(value)) collect(below, prefix, ids)
  }
}
