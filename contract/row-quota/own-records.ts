import { isRecordId } from '../record-id.ts'

/**
 * Finds the records of a country that data of an answer names: each id of the country, once. Ids of other countries do not count. This is
 * what the country's audit log calls the records of a leg, and what a quota of rows counts.
 * @param data what JSON was parsed to.
 * @param country the country's code.
 */
export function listOwnRecords(data: unknown, country: string): Set<string> {
  const ids = new Set<string>()
  collect(data, country, ids)
  return ids
}

const COLON = 0x3a

function collect(value: unknown, country: string, ids: Set<string>): void {
  if (typeof value === 'string') {
    // Most answers name a record several times, and to find an id takes less time than to check its form.
    if (isOf(country, value) && !ids.has(value) && isRecordId(value)) ids.add(value)
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) collect(value[i], country, ids)
  } else if (typeof value === 'object' && value !== null) {
    // Without a list of the values: answers have many objects, and JSON gives them nothing but their own members.
    const members = value as Readonly<Record<string, unknown>>
    for (const name in members) collect(members[name], country, ids)
  }
}

/** Whether a text begins with a country's code and a colon. */
function isOf(country: string, text: string): boolean {
  return (
    text.charCodeAt(2) === COLON &&
    text.charCodeAt(0) === country.charCodeAt(0) &&
    text.charCodeAt(1) === country.charCodeAt(1)
  )
}
