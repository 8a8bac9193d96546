import type { ClientError } from '../../clients/client-error.ts'
import type { Language } from '../../contract/language.ts'
import { type Say, wordsOf } from '../../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

const words = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** The codes of an authority that gave no token, for which a text says what helps. */
const REFUSALS = ['AUDIENCE_NOT_ALLOWED', 'MANDATE_NONE', 'MANDATE_AMBIGUOUS', 'UNAVAILABLE'] as const

/** What an error has for the holes of its text. */
type Facts = Parameters<Say<Keys>>[1]

/** Words why there is no answer. */
export function wordClientError({ code, facts }: ClientError, language: Language): string {
  const say = words(language)
  const text = say(`errors.${code}`, facts as NonNullable<Facts>)
  if (code !== 'TOKEN_REFUSED') return text
  // What the authority answered, such as `invalid_target AUDIENCE_NOT_ALLOWED`.
  const known = REFUSALS.find((refusal) => String(facts.error).split(' ').includes(refusal))
  return `${text} ${known === undefined ? say('logInAgain') : say(`tokenRemedies.${known}`)}`
}
