import { z } from 'zod'
import { LEAST_THRESHOLD } from '../../../contract/audit-log/public-report/withhold-small.ts'
import { isCountryCode } from '../../../contract/country-code.ts'

/** The file of a report for a parliament, as the console writes it (console/src/audit/collect-report.ts). */

const DAY_MS = 86_400_000
/** How long after its last day a report must be made, in milliseconds: whoever counts reads logs from time to time. */
const READING_MS = 600_000
const COUNT = z.int().min(0)

/** A reader might look at the first row of a key, and a program at the last one. */
const TABLE = z
  .strictObject({
    rows: z
      .array(z.strictObject({ key: z.string().nullable(), count: COUNT.nullable() }).readonly())
      .readonly()
      .refine((rows) => new Set(rows.map(({ key }) => key)).size === rows.length, 'expected each key once'),
    total: COUNT.nullable(),
    withheld: COUNT,
  })
  .readonly()

/** Version 1 also had the state of each log, which nothing here needs. */
const REPORT = z
  .object({
    version: z.literal([1, 2]),
    from: z.iso.date(),
    until: z.iso.date(),
    threshold: z.int().min(LEAST_THRESHOLD),
    country: z.string().refine(isCountryCode, 'expected the code of a country').nullable(),
    madeAt: z.iso.datetime(),
    tables: z.strictObject({ month: TABLE, purpose: TABLE, outcome: TABLE, actorCountry: TABLE, country: TABLE }),
  })
  .refine(({ from, until }) => from <= until, { message: 'expected a day from `from` on', path: ['until'] })
  .readonly()

/** A report for a parliament. */
export type PublicReport = z.output<typeof REPORT>

/** Returns the day on which a report begins and the one before which it ends, and whether all its requests were known when it was made. */
export function periodOf({ from, until, madeAt }: Pick<PublicReport, 'from' | 'until' | 'madeAt'>): {
  readonly from: string
  readonly end: string
  readonly isOver: boolean
} {
  const endMs = Date.parse(until) + DAY_MS
  return { from, end: new Date(endMs).toISOString().slice(0, 10), isOver: Date.parse(madeAt) >= endMs + READING_MS }
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
