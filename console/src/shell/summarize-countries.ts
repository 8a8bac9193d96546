import type { Provenance } from '../documents/types.ts'
import type { IconName } from '../look/icon.tsx'
import type { AnswerProblem, CountryReport, SessionAnswer } from '../session/session.ts'

/** How a country stands in what a page shows. */
export type Standing = 'answered' | 'partly' | 'not-published' | 'denied' | 'timed-out' | 'unavailable'

/** From the best to the worst. The worst of a country's reports counts. */
const STANDINGS: readonly Standing[] = ['answered', 'not-published', 'partly', 'denied', 'timed-out', 'unavailable']

/** Why a part of a country is missing. */
export interface Flaw {
  readonly domain: string
  readonly standing: Standing
  readonly code: string | null
}

/** A field that is hidden, and at how many places of the answers. */
export interface HiddenField {
  readonly coordinate: string
  readonly code: string
  readonly message: string
  readonly places: number
}

/** What one country did. */
export interface CountryStanding {
  readonly country: string
  readonly standing: Standing
  /** Each different flaw once, the worst first. */
  readonly flaws: readonly Flaw[]
  /** What this country's own rules hide. */
  readonly hidden: readonly HiddenField[]
}

/** What the line says of the answers that a page shows. */
export interface LineSummary {
  /** By country code. */
  readonly countries: readonly CountryStanding[]
  /** What the mandate does not allow in any country. */
  readonly hiddenEverywhere: readonly HiddenField[]
  /** Errors that are about no country and no field: their messages, each once. */
  readonly others: readonly { readonly code: string; readonly message: string }[]
  /** The ids of the requests in the gateway's audit log, in the order of the answers. */
  readonly requestIds: readonly string[]
}

/** The codes of errors that say that a rule hides a field. */
export const HIDING = new Set(['UNAUTHORIZED_FIELD_OR_TYPE', 'FORBIDDEN_BY_COUNTRY'])

/** Sums up what answers say of countries. The result does not depend on the order of the answers, except for the request ids. */
export function summarizeCountries(answers: readonly SessionAnswer<unknown>[]): LineSummary {
  const reports = answers.flatMap(({ countries }) => countries)
  const problems = answers.flatMap(({ problems: each }) => each)
  const hiding = problems.filter(({ code, coordinate }) => HIDING.has(code) && coordinate !== null)
  const named = [...reports, ...hiding].flatMap(({ country }) => country ?? [])
  const countries = [...new Set(named)].sort().map((country): CountryStanding => {
    const flaws = listFlaws(reports.filter((report) => report.country === country))
    const hidden = listHidden(hiding.filter((problem) => problem.country === country))
    const worst = Math.max(0, ...flaws.map(({ standing }) => STANDINGS.indexOf(standing)))
    const standing = STANDINGS[worst] ?? 'answered'
    return { country, flaws, hidden, standing: standing === 'answered' && hidden.length > 0 ? 'partly' : standing }
  })
  return {
    countries,
    hiddenEverywhere: listHidden(hiding.filter(({ country }) => country === null)),
    others: listOthers(problems),
    requestIds: [...new Set(answers.flatMap(({ requestId }) => requestId ?? []))],
  }
}

/** Counts what is hidden, by rules of countries and by the mandate: the one number that the line and each page say. */
export function countHidden({ countries, hiddenEverywhere }: LineSummary): number {
  const hidden = [...hiddenEverywhere, ...countries.flatMap((each) => each.hidden)]
  return hidden.reduce((sum, { places }) => sum + places, 0)
}

/** Whether a country gave no answer for now, so that it may give one if it is asked again. */
export function isSilent({ reach, code }: Pick<CountryReport, 'reach' | 'code'>): boolean {
  const standing = toStanding(reach, code)
  return standing === 'timed-out' || standing === 'unavailable'
}

/** Whether a part of what was asked is missing: then an empty list does not mean that there is nothing. */
export function isIncomplete({ countries }: LineSummary): boolean {
  return countries.some(({ standing }) => standing !== 'answered' && standing !== 'not-published')
}

/** Lists the countries that gave no answer, or denied it. By code. */
export function listSilent(answers: readonly SessionAnswer<unknown>[]): readonly string[] {
  const isThere = ({ standing }: CountryStanding): boolean => standing === 'answered' || standing === 'partly'
  return summarizeCountries(answers)
    .countries.filter((each) => !isThere(each) && each.standing !== 'not-published')
    .map(({ country }) => country)
}

/** Whether an answer lacks anything that the countries may have: a part, what a rule or the mandate hides, or a country that does not publish it. */
export function isPartial({ countries, hiddenEverywhere }: LineSummary): boolean {
  return hiddenEverywhere.length > 0 || countries.some(({ standing }) => standing !== 'answered')
}

function listFlaws(reports: readonly CountryReport[]): readonly Flaw[] {
  const flaws = new Map<string, Flaw>()
  for (const { domain, reach, code } of reports) {
    const standing = toStanding(reach, code)
    if (standing !== 'answered') flaws.set(JSON.stringify([domain, standing, code]), { domain, standing, code })
  }
  const rank = ({ standing }: Flaw): number => -STANDINGS.indexOf(standing)
  return [...flaws]
    .sort(([leftKey, left], [rightKey, right]) => rank(left) - rank(right) || (leftKey < rightKey ? -1 : 1))
    .map(([, flaw]) => flaw)
}

/** A reach that this console does not know counts as an answer that did not come. */
function toStanding(reach: string, code: string | null): Standing {
  if (reach === 'ANSWERED') return code === null ? 'answered' : 'partly'
  if (reach === 'DENIED') return 'denied'
  if (reach === 'NOT_PUBLISHED') return 'not-published'
  return reach === 'TIMED_OUT' ? 'timed-out' : 'unavailable'
}

function listHidden(problems: readonly AnswerProblem[]): readonly HiddenField[] {
  const fields = Map.groupBy(problems, ({ coordinate, code }) => `${coordinate} ${code}`)
  return [...fields.keys()].sort().flatMap((key) => {
    const same = fields.get(key) ?? []
    const [first] = same
    if (first === undefined) return []
    const { coordinate, code, message } = first
    return [{ coordinate: coordinate ?? '', code, message, places: same.length }]
  })
}

function listOthers(problems: readonly AnswerProblem[]): LineSummary['others'] {
  const others = problems.filter(({ code, country, coordinate }) => {
    const isHiding = HIDING.has(code) && coordinate !== null
    return !isHiding && country === null
  })
  return [...new Map(others.map(({ code, message }) => [`${code} ${message}`, { code, message }])).values()].sort(
    (left, right) => (left.code < right.code ? -1 : 1),
  )
}

/** An icon for each standing, so that color is never the only difference. */
export const SIGNS: Readonly<Record<Standing, IconName>> = {
  answered: 'answered',
  partly: 'partly',
  'not-published': 'not-published',
  denied: 'lock',
  'timed-out': 'clock',
  unavailable: 'stop',
}

/**
 * Whether a rule hides a field of a country's records, so that an empty value is not said to be empty.
 * @param coordinate such as `Case.narrative`.
 */
export function isHiddenField(
  answers: readonly Pick<SessionAnswer<unknown>, 'problems'>[],
  coordinate: string,
  country: string,
): boolean {
  return answers.some(({ problems }) =>
    problems.some(
      (problem) =>
        problem.coordinate === coordinate &&
        HIDING.has(problem.code) &&
        (problem.country === null || problem.country === country),
    ),
  )
}

/** The key of the words for an empty list: nobody has anything, nobody answered, somebody is missing, or the mandate did not allow to ask anybody. */
export function wordEmpty(
  answers: readonly SessionAnswer<unknown>[],
): 'common.empty' | 'common.emptyButMissing' | 'common.nobody' | 'common.notAllowed' {
  const summary = summarizeCountries(answers)
  if (summary.countries.length === 0 && summary.hiddenEverywhere.length > 0) return 'common.notAllowed'
  const isNobody = summary.countries.every(({ standing }) => standing === 'timed-out' || standing === 'unavailable')
  if (isNobody && summary.countries.length > 0) return 'common.nobody'
  return isIncomplete(summary) ? 'common.emptyButMissing' : 'common.empty'
}

/**
 * Says why a record is not there, as a key of the words; null if its country answered, so that it has none or keeps it back. If its country did not answer,
 * nobody knows whether the record exists, and nothing may say that it does not.
 */
export function wordAbsent(
  id: string,
  answers: readonly SessionAnswer<unknown>[],
): 'common.notAllowed' | 'common.unanswered' | null {
  if (wordEmpty(answers) === 'common.notAllowed') return 'common.notAllowed'
  const owner = summarizeCountries(answers).countries.find(({ country }) => country === id.slice(0, 2))
  const isAnswered = owner === undefined || owner.standing === 'answered' || owner.standing === 'partly'
  return isAnswered ? null : 'common.unanswered'
}

/** Lists the countries whose records in an answer are made up, and those whose records are real. By code. */
export function listMadeUp(answers: readonly SessionAnswer<unknown>[]): {
  readonly madeUp: readonly string[]
  readonly real: readonly string[]
} {
  const [madeUp, real] = [new Set<string>(), new Set<string>()]
  const open: unknown[] = answers.map(({ data }) => data)
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (typeof part !== 'object' || part === null) continue
    const { id, provenance } = part as { readonly id?: unknown; readonly provenance?: Partial<Provenance> | null }
    const { synthetic } = provenance ?? {}
    if (typeof id === 'string' && typeof synthetic === 'boolean') (synthetic ? madeUp : real).add(id.slice(0, 2))
    open.push(...Object.values(part).filter((each) => each != null))
  }
  return { madeUp: [...madeUp].sort(), real: [...real].sort() }
}
