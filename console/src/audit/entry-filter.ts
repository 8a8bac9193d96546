/** The filter of a search for entries: as a form and an address hold it, and as oversight takes it. */

/** The fields of the form that oversight takes as they are. */
export const PLAIN_FIELDS = [
  'log',
  'kind',
  'country',
  'actorCountry',
  'agency',
  'role',
  'actorRef',
  'client',
  'tokenId',
  'taskForce',
  'purpose',
  'caseRef',
  'operation',
  'domain',
  'coordinate',
  'denied',
  'outcome',
  'code',
] as const

/** All fields of the form. `from` and `until` are days in UTC, both included. */
export const FILTER_FIELDS = ['text', ...PLAIN_FIELDS, 'from', 'until'] as const
/** One of {@link FILTER_FIELDS}. */
export type FilterField = (typeof FILTER_FIELDS)[number]

/** The form: what somebody wrote into its fields. An absent field accepts everything. */
export type FilterForm = Readonly<Partial<Record<FilterField, string>>>

/** Why a field cannot be used (words-*.ts, `filterProblems`). */
export type FilterProblem = 'TEXT_LENGTH' | 'DAY_WRONG' | 'DAYS_REVERSED' | 'TOO_LONG'

/** A filter as oversight takes it, or what is wrong with the form. */
export type ReadFilter =
  | { readonly filter: Readonly<Record<string, string>>; readonly problems: null }
  | { readonly filter: null; readonly problems: Readonly<Partial<Record<FilterField, FilterProblem>>> }

const DAY_MS = 86_400_000
/** The longest value of a field, in characters. */
const MAX_LENGTH = 300

/** Reads the form out of the search part of an address. Unknown and empty members are left out. */
export function readFilterForm(search: Readonly<Record<string, unknown>>): FilterForm {
  const form: Partial<Record<FilterField, string>> = {}
  for (const field of FILTER_FIELDS) {
    const value = search[field]
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
    if (text !== '') form[field] = text
  }
  return form
}

/** Makes the filter of a form. */
export function toEntryFilter(form: FilterForm): ReadFilter {
  const problems: Partial<Record<FilterField, FilterProblem>> = {}
  const filter: Record<string, string> = {}
  for (const field of PLAIN_FIELDS) {
    const value = form[field]
    if (value === undefined) continue
    if (value.length > MAX_LENGTH) problems[field] = 'TOO_LONG'
    filter[field] = value
  }
  if (form.text !== undefined) {
    if (!/^\P{Cc}{2,100}$/u.test(form.text) || !form.text.isWellFormed()) problems.text = 'TEXT_LENGTH'
    filter.text = form.text
  }
  const [from, until] = [readDay(form.from), readDay(form.until)]
  if (from === null) problems.from = 'DAY_WRONG'
  if (until === null) problems.until = 'DAY_WRONG'
  if (from != null && until != null && from > until) problems.until = 'DAYS_REVERSED'
  if (from != null) filter.from = new Date(from).toISOString()
  // The last day counts whole, and oversight leaves out what `until` names.
  if (until != null) filter.until = new Date(until + DAY_MS).toISOString()
  return Object.keys(problems).length > 0 ? { filter: null, problems } : { filter, problems: null }
}

/** Reads a day of the calendar: milliseconds since 1970; undefined if there is none, null if it is not a day. */
function readDay(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text)) return null
  return ms
}

/** Whether a text has the form of an entry's id. */
export function isEntryId(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text)
}
