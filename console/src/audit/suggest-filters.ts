import type { TFunction } from 'i18next'
import { PURPOSES } from '../../../contract/access-token.ts'
import type { Language } from '../../../contract/language.ts'
import { type FilterField, type FilterForm, isEntryId } from './entry-filter.ts'
import { nameKind } from './name-kind.ts'

/** Filters that fit what somebody writes into the one field of a search for entries. */

/** A filter that can be chosen: which field it is about, what it says, and how it changes the form. */
export interface FilterChoice {
  readonly label: string
  readonly value: string
  readonly change: FilterForm
}

/** What a filter is chosen from besides words. */
export interface FilterWorld {
  readonly t: TFunction
  readonly language: Language
  readonly nameCountry: (code: string) => string
  /** The countries and the logs that this console knows. */
  readonly countries: readonly string[]
  readonly logs: readonly string[]
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/** The kinds of entries that an auditor looks for most. Any other can be written as text into an address. */
const KINDS = [
  ...['request', 'leg', 'refusals', 'misuse', 'suspension', 'node-suspension'],
  ...['oversight', 'sync', 'import', 'reveal'],
]
const ROLES = ['analyst', 'prosecutor', 'liaison', 'officer', 'auditor']
const OUTCOMES = ['ANSWERED', 'PARTIAL', 'DENIED', 'REFUSED', 'FAILED', 'NOTED']
/** The fields that take any text: they come last, for whoever knows what to look for. */
const FREE_FIELDS = [
  ...['agency', 'taskForce', 'coordinate', 'denied', 'code', 'client', 'operation'],
  ...['domain', 'tokenId', 'caseRef', 'actorRef', 'role', 'kind'],
] as readonly FilterField[]

const DAY_MS = 86_400_000

/** Lists the filters that fit a text, the likeliest first. Without a text: all that can be chosen. */
export function suggestFilters(text: string, world: FilterWorld): readonly FilterChoice[] {
  const { t } = world
  const written = text.trim()
  const label = (field: FilterField): string => t(`auditor.filter.${field}`)
  if (/^\d{4}-\d\d-\d\d$/.test(written)) return [toDays(written, written, written, t)]
  if (isEntryId(written)) return [{ label: label('text'), value: written, change: { text: written } }]
  if (/^\d+\.[\w-]{43}$/.test(written)) {
    return (['actorRef', 'caseRef'] as const).map((field) => toChoice(field, written, written, t))
  }
  const plain = toPlain(written)
  const known = listKnown(world).filter(({ value }) =>
    toPlain(value)
      .split(' ')
      .some((_, at, words) => words.slice(at).join(' ').startsWith(plain)),
  )
  if (written === '') return known
  return [
    ...known,
    { label: label('text'), value: written, change: { text: written } },
    ...FREE_FIELDS.map((field) => toChoice(field, written, written, t)),
  ]
}

/** Says the filters of a form, each with the form without it. The two ends of a span of days are one. */
export function listChosen(form: FilterForm, world: FilterWorld): readonly FilterChoice[] {
  const { from, until, ...others } = form
  const known = listKnown(world)
  const chosen = Object.entries(others).map(([name, code]) => {
    const field = name as FilterField
    const { [field]: _, ...change } = form
    const value = known.find(({ change: each }) => each[field] === code)?.value ?? code
    return { label: world.t(`auditor.filter.${field}`), value, change }
  })
  if (from === undefined && until === undefined) return chosen
  const value = from === until ? (from ?? '') : `${from ?? '…'} – ${until ?? '…'}`
  return [{ label: world.t('auditor.filter.days'), value, change: others }, ...chosen]
}

function listKnown({ t, language, nameCountry, countries, logs, nowMs }: FilterWorld): readonly FilterChoice[] {
  const choose = (field: FilterField, codes: readonly string[], name: (code: string) => string) =>
    codes.map((code) => toChoice(field, code, name(code), t))
  return [
    ...listDays(t, language, nowMs),
    ...choose('outcome', OUTCOMES, (code) => t(`auditor.outcomes.${code}`)),
    ...choose('role', ROLES, (code) => t(`officerRole.${code}`)),
    ...choose('purpose', PURPOSES, (code) => t(`purpose.${code}`)),
    ...choose('actorCountry', countries, nameCountry),
    ...choose('country', countries, nameCountry),
    ...choose('kind', KINDS, (code) => nameKind(code, language).replace(/\.$/, '')),
    ...choose('log', logs, (code) => code),
  ]
}

/** Spans of days that are asked about most, and the last twelve months by their names. All are in UTC, as filters are. */
function listDays(t: TFunction, language: Language, nowMs: number): readonly FilterChoice[] {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  const today = day(nowMs)
  const months = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  const date = new Date(nowMs)
  return [
    toDays(today, today, t('auditor.days.today'), t),
    toDays(day(nowMs - DAY_MS), day(nowMs - DAY_MS), t('auditor.days.yesterday'), t),
    toDays(day(nowMs - 6 * DAY_MS), today, t('auditor.days.week'), t),
    ...Array.from({ length: 12 }, (_, back) => {
      const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back, 1)
      const last = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back + 1, 0)
      return toDays(day(first), day(last), months.format(first), t)
    }),
  ]
}

function toDays(from: string, until: string, value: string, t: TFunction): FilterChoice {
  return { label: t('auditor.filter.days'), value, change: { from, until } }
}

function toChoice(field: FilterField, code: string, value: string, t: TFunction): FilterChoice {
  return { label: t(`auditor.filter.${field}`), value, change: { [field]: code } }
}

/** Makes texts comparable: without capital letters and accents. */
function toPlain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
}
