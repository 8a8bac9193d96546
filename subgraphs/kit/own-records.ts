import { listOwnRecords } from '../../contract/row-quota/own-records.ts'

/** The records of an answer, as long as its data are there. An answer's data do not change: what the quota cuts is a copy. */
const known = new WeakMap<object, { readonly country: string; readonly records: ReadonlySet<string> }>()

/** Finds the country's own records in an answer's data once: the quota counts them, and the audit log notes them. */
export function ownRecordsOf(data: unknown, country: string): ReadonlySet<string> {
  if (typeof data !== 'object' || data === null) return listOwnRecords(data, country)
  const found = known.get(data)
  if (found?.country === country) return found.records
  const records = listOwnRecords(data, country)
  known.set(data, { country, records })
  return records
}
