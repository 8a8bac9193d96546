import type { Answer } from '../../clients/client.ts'
import type { CheckedLeg } from '../../clients/evidence.ts'
import type { Language } from '../../contract/language.ts'
import { ALL_COUNTRIES } from '../../contract/trust/question-statement.ts'
import { fillWords } from '../../joining/officer/client-error-words.ts'

type Words = Readonly<Record<Language, string>>

const EVIDENCE = {
  proven: {
    en: 'The logs of the countries prove {held} of {legs} answers.',
    es: 'Las bitácoras de los países prueban {held} de {legs} respuestas.',
  },
  unproven: {
    en: '{country} {domain}: not proven: {reason}',
    es: '{country} {domain}: sin prueba: {reason}',
  },
  unsigned: {
    en: 'No country signed the values at: {places}',
    es: 'Ningún país firmó los valores en: {places}',
  },
} as const satisfies Readonly<Record<string, Words>>

const NOT_STATED: Words = {
  en: 'The question was signed for {stated}, and {country} is not among them: give --country {country} too, or leave --country out.',
  es: 'La pregunta se firmó para {stated}, y {country} no está entre ellos: dé también --country {country}, o quite --country.',
}

/** What to print of an answer. `isComplete`: whether it has no errors and only values that countries signed. */
export function describeAnswer(answer: Answer, asJson: boolean, language: Language) {
  const { data, errors = [], extensions, requestId, evidence, asked, status } = answer
  const isComplete = errors.length === 0 && (evidence === null || evidence.unsigned.length === 0)
  if (asJson) {
    const whole = { status, data, errors, extensions: withoutEvidence(extensions), requestId, asked, evidence }
    return { out: `${JSON.stringify(whole, null, 2)}\n`, err: '', isComplete }
  }
  const missing = readMissing(extensions)
  const lines = [...errors.map(({ message }) => message), ...missing.map(nameMissing)]
  lines.push(...listUnstated(missing, asked.countries, language))
  if (evidence !== null) lines.push(...describeEvidence(evidence.legs, evidence.unsigned, language))
  return {
    out: `${JSON.stringify(data ?? null, null, 2)}\n`,
    err: lines.map((line) => `${line}\n`).join(''),
    isComplete,
  }
}

/** A country and domain that did not answer. */
type Missing = Readonly<Record<'country' | 'domain' | 'reach', string> & { code: string | null }>

function readMissing(extensions: Answer['extensions']): readonly Missing[] {
  const { countries } = extensions ?? {}
  return Array.isArray(countries) ? (countries as readonly Missing[]).filter(({ reach }) => reach !== 'ANSWERED') : []
}

/** Names a country that did not answer with its code: the messages name a country and not the code. */
function nameMissing({ country, domain, reach, code }: Missing): string {
  return [`${country} ${domain}:`, reach, ...(code === null ? [] : [code])].join(' ')
}

/** One line for each country that could not answer, because the officer's own statement leaves it out. */
function listUnstated(missing: readonly Missing[], stated: readonly string[], language: Language): string[] {
  if (stated.includes(ALL_COUNTRIES)) return []
  const unstated = missing.filter(
    ({ country, code }) =>
      (code === 'CALLER_NOT_VERIFIED' || code === 'QUESTION_NOT_SIGNED') && !stated.includes(country),
  )
  return [...new Set(unstated.map(({ country }) => country))].map((country) =>
    fillWords(NOT_STATED[language], { stated: stated.join(', '), country }),
  )
}

/** The bodies of the legs were checked. Printed, they would hide the answer. */
function withoutEvidence(extensions: Answer['extensions']): unknown {
  if (extensions === undefined) return undefined
  const { istmo: _, ...rest } = extensions
  return rest
}

function describeEvidence(legs: readonly CheckedLeg[], unsigned: readonly string[], language: Language): string[] {
  const held = legs.filter(({ reason }) => reason === null).length
  const unproven = legs.filter(({ reason }) => reason !== null)
  return [
    fillWords(EVIDENCE.proven[language], { held, legs: legs.length }),
    ...unproven.map(({ country, domain, reason }) =>
      fillWords(EVIDENCE.unproven[language], { country, domain, reason: reason ?? '' }),
    ),
    ...(unsigned.length === 0 ? [] : [fillWords(EVIDENCE.unsigned[language], { places: unsigned.join(', ') })]),
  ]
}
