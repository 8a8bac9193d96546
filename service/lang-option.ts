/** The option `--lang` of the commands that bring a country in and keep its node, and the language that a terminal asks for. */
import { LANGUAGES, type Language } from '../contract/language.ts'
import type { OptionSpec } from './command-spec.ts'

/** The option `--lang`. */
export const LANG_OPTION = {
  flag: 'lang',
  value: 'code',
  expected: `one of ${LANGUAGES.join(', ')}`,
  meaning: 'the language of what is printed: en or es; without it, that of LC_ALL, LC_MESSAGES or LANG, else en',
  parse: (text: string): Language | undefined => LANGUAGES.find((each) => each === text),
} as const satisfies OptionSpec

/** The variables that name the language of messages, the strongest first (POSIX.1-2024, Base Definitions, section 8.2). */
const VARIABLES = ['LC_ALL', 'LC_MESSAGES', 'LANG'] as const

/**
 * Chooses the language of what a command prints.
 * @param given the value of `--lang`; undefined if it was not given.
 * @param env the environment. The first of LC_ALL, LC_MESSAGES and LANG that is not empty decides, such as `es_NI.UTF-8`.
 * @returns English if nothing names a language of ours.
 */
export function chooseLanguage(
  given: Language | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Language {
  if (given !== undefined) return given
  const locale = VARIABLES.map((name) => env[name]).find((value) => value !== undefined && value !== '')
  const [subtag = ''] = (locale ?? '').toLowerCase().split(/[_.@-]/, 1)
  return LANGUAGES.find((each) => each === subtag) ?? 'en'
}
