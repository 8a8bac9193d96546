import { z } from 'zod'
import type { PublishedTables } from '../../../contract/audit-log/public-report/tables.ts'
import { LEAST_THRESHOLD } from '../../../contract/audit-log/public-report/withhold-small.ts'
import { isCountryCode } from '../../../contract/country-code.ts'

/** The file of a report for a parliament, as the console writes it (console/src/audit/parliament-report.ts). */

const COUNT = z.int().min(0)

/** Whether each key is there once. A reader might look at the first row of a key, and a program at the last one. */
function hasEachOnce(keys: readonly string[]): boolean {
  return new Set(keys).size === keys.length
}

const TABLE = z
  .strictObject({
    rows: z
      .array(z.strictObject({ key: z.string().nullable(), count: COUNT.nullable() }).readonly())
      .readonly()
      .refine((rows) => hasEachOnce(rows.map(({ key }) => key ?? '')), 'expected each key once'),
    total: COUNT.nullable(),
    withheld: COUNT,
  })
  .readonly()

const PROVED_LOG = z.strictObject({
  kind: z.enum(['PROVEN', 'UNWITNESSED']),
  origin: z.string().min(1),
  size: COUNT,
  root: z.string(),
  checkpoint: z.string(),
  witnesses: z.array(z.strictObject({ name: z.string(), time: z.string().nullable() })).readonly(),
  demandsWitnesses: z.boolean(),
  counted: COUNT,
})

const LOG = z.discriminatedUnion('kind', [
  PROVED_LOG,
  z.strictObject({ kind: z.literal('NOT_PROVEN'), origin: z.string().min(1), reason: z.string(), counted: COUNT }),
])

const REPORT = z
  .strictObject({
    version: z.literal(1),
    from: z.iso.date(),
    until: z.iso.date(),
    threshold: z.int().min(LEAST_THRESHOLD),
    country: z.string().refine(isCountryCode, 'expected the code of a country').nullable(),
    madeAt: z.iso.datetime(),
    tables: z.strictObject({ month: TABLE, purpose: TABLE, outcome: TABLE, actorCountry: TABLE, country: TABLE }),
    logs: z
      .array(LOG)
      .min(1)
      .readonly()
      .refine((logs) => hasEachOnce(logs.map(({ origin }) => origin)), 'expected each log once'),
  })
  .refine(({ from, until }) => from <= until, { message: 'expected a day from `from` on', path: ['until'] })
  .readonly()

/** A log of a report: the state that it was counted in, or why there is no proof of it. `counted`: how many of its entries were counted. */
export type ReportedLog = Readonly<z.output<typeof LOG>>

/** A report for a parliament. */
export interface PublicReport extends Omit<z.output<typeof REPORT>, 'tables' | 'logs'> {
  readonly tables: PublishedTables
  readonly logs: readonly ReportedLog[]
}

/** Reads a report. @throws {Error} that names the member which has another form. */
export function parseReport(text: string): PublicReport {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('expected a report of the console in JSON; came another text')
  }
  const parsed = REPORT.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(
    `expected a report of the console; came another form at ${issue?.path.join('.') || 'its begin'}: ${issue?.message}`,
  )
}
