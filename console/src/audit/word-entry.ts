import type { TFunction } from 'i18next'
import { meaningOf } from '../../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../../contract/errors.ts'
import type { Language } from '../../../contract/language.ts'
import { cleanText } from '../components/clean-text.ts'
import type { ListedEntry, ShownActor } from './shown-entry.ts'

/** Says entries in the words of whoever reads logs: what was asked, who asked, and what was refused. */

/** The fields whose words say what a question was about, in the order in which a person asks. The others are read along with them. */
const ASKED = [
  ...[
    'Query.personHits',
    'Query.personListHits',
    'Query.caseCounts',
    'Query.dualCriminality',
    'Query.legalInstruments',
  ],
  ...['Query.statutes', 'Query.iccsClasses', 'Person.names', 'Person.birthDate', 'Person.birthPlace', 'Person.sex'],
  ...['Person.nationalities', 'Person.identifiers', 'Person.addresses', 'Person.associates', 'Person.memberships'],
  ...['Person.sameAs', 'Person.warrants', 'Person.cases', 'Case.caseTrackingId', 'Case.offences', 'Case.status'],
  ...['Case.participants', 'Case.protectedParticipants', 'Case.prosecutor', 'Case.court', 'Case.narrative'],
  ...['Case.linkedCases', 'Case.mlaRequests', 'Case.warrants', 'Query.warrants', 'Query.mlaRequest'],
] as const
/** What says least: whose records were asked for. It stands where no field of them has words. */
const RECORDS = ['Query.persons', 'Query.person', 'Query.cases', 'Query.case'] as const

/** Names fields as a person says them, each name once. A field that has no words is left out. */
export function wordFields(t: TFunction, coordinates: readonly string[]): readonly string[] {
  const asked = new Set(coordinates)
  const fields = ASKED.filter((each) => asked.has(each))
  const named = fields.length > 0 ? fields : RECORDS.filter((each) => asked.has(each))
  return [...new Set(named.map((each) => t(`auditor.asked.${each}`)))]
}

/** Names a field that was denied. Unlike {@link wordFields}, it has words for each. */
export function wordDenied(t: TFunction, coordinate: string): string {
  const [known] = wordFields(t, [coordinate])
  return known ?? cleanText(coordinate)
}

/** Says what was asked: «Nombres; nacimiento; casos en que figura». Empty if nothing of it has words. */
export function wordAsked(t: TFunction, coordinates: readonly string[]): string {
  const text = wordFields(t, coordinates).join('; ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Says which person asked, by role, institution and country: «Analista, FECO, GT». No log has a name. */
export function wordActor(t: TFunction, actor: ShownActor | null): string {
  if (actor === null) return t('auditor.noActor')
  const { country } = actor
  return [wordRole(t, actor), wordAgency(actor.agency), country].filter(Boolean).join(', ') || t('auditor.unnamed')
}

/** Names a role; as it is if it has no words. */
export function wordRole(t: TFunction, { role }: Pick<ShownActor, 'role'>): string {
  return role === null ? '' : t(`officerRole.${role}`, { defaultValue: cleanText(role) })
}

/** Names an agency such as `GT-MP-FECO` by its last part: its country stands beside it. One that is written otherwise stays whole. */
export function wordAgency(agency: string | null): string {
  return /^[A-Z]{2}(?:-[\p{L}\p{N}]+)*-([\p{L}\p{N}]+)$/u.exec(agency ?? '')?.[1] ?? cleanText(agency ?? '')
}

/** What was refused in an entry: the data that countries denied, or why all of it was refused. Empty if nothing was. */
export function wordRefused(
  t: TFunction,
  { denied, outcome, codes, countries }: Pick<ListedEntry, 'denied' | 'outcome' | 'codes' | 'countries'>,
  nameCountry: (code: string) => string,
  language: Language,
): string {
  const by = countries.length === 1 ? nameCountry(countries[0] ?? '') : t('auditor.refused.countries')
  const fields = [...new Set(denied.map((each) => wordDenied(t, each)))].join('; ')
  if (fields !== '') return t('auditor.refused.fields', { fields, by })
  if (outcome === 'ANSWERED' || outcome === 'NOTED') return ''
  return [
    t(`auditor.refused.${outcome}`, { by, defaultValue: '' }),
    ...codes.map((code) => wordMeaning(code, language)),
  ]
    .filter(Boolean)
    .join(' ')
}

/** Says what a code of the registry means; the code itself if this version does not know it. */
export function wordMeaning(code: string, language: Language): string {
  return isKnownCode(code) ? meaningOf(code, language) : cleanText(code)
}

/** Whether the registry has a code. */
export function isKnownCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}
