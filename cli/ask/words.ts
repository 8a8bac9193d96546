import type { Answer } from '../../clients/client.ts'
import type { CheckedLeg } from '../../clients/evidence.ts'
import type { Language } from '../../contract/language.ts'
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

/** What to print of an answer. `isComplete`: whether it has no errors and only values that countries signed. */
export function describeAnswer(answer: Answer, asJson: boolean, language: Language) {
  const { data, errors = [], extensions, requestId, evidence, asked, status } = answer
  const isComplete = errors.length === 0 && (evidence === null || evidence.unsigned.length === 0)
  if (asJson) {
    const whole = { status, data, errors, extensions: withoutEvidence(extensions), requestId, asked, evidence }
    return { out: `${JSON.stringify(whole, null, 2)}\n`, err: '', isComplete }
  }
  const lines = [...errors.map(({ message }) => message), ...listMissing(extensions)]
  if (evidence !== null) lines.push(...describeEvidence(evidence.legs, evidence.unsigned, language))
  return {
    out: `${JSON.stringify(data ?? null, null, 2)}\n`,
    err: lines.map((line) => `${line}\n`).join(''),
    isComplete,
  }
}

/** One line for each country and domain that did not answer, with its code: the messages name a country and not the code. */
function listMissing(extensions: Answer['extensions']): string[] {
  const { countries } = extensions ?? {}
  if (!Array.isArray(countries)) return []
  return (countries as readonly Readonly<Record<'country' | 'domain' | 'reach', string> & { code: string | null }>[])
    .filter(({ reach }) => reach !== 'ANSWERED')
    .map(({ country, domain, reach, code }) =>
      [`${country} ${domain}:`, reach, ...(code === null ? [] : [code])].join(' '),
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
