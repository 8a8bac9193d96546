import type { Answer } from '../../clients/client.ts'
import type { CheckedLeg } from '../../clients/evidence.ts'
import type { Language } from '../../contract/language.ts'
import { ALL_COUNTRIES } from '../../contract/trust/question-statement.ts'
import { wordsOf } from '../../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

const words = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

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
    words(language)('notStated', { stated: stated.join(', '), country }),
  )
}

/** The bodies of the legs were checked. Printed, they would hide the answer. */
function withoutEvidence(extensions: Answer['extensions']): unknown {
  if (extensions === undefined) return undefined
  const { istmo: _, ...rest } = extensions
  return rest
}

function describeEvidence(legs: readonly CheckedLeg[], unsigned: readonly string[], language: Language): string[] {
  const say = words(language)
  const held = legs.filter(({ reason }) => reason === null).length
  const unproven = legs.filter(({ reason }) => reason !== null)
  return [
    say('proven', { held, legs: legs.length }),
    ...unproven.map(({ country, domain, reason }) => say('unproven', { country, domain, reason: reason ?? '' })),
    ...(unsigned.length === 0 ? [] : [say('unsigned', { places: unsigned.join(', ') })]),
  ]
}
