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

/** The option `--language`, the older name of `--lang`, of the commands that had it first. */
export const OLDER_LANG_OPTION = {
  flag: 'language',
  value: LANG_OPTION.value,
  expected: LANG_OPTION.expected,
  meaning: 'the same as --lang',
  parse: LANG_OPTION.parse,
} as const satisfies OptionSpec

/** Both options of a command that had `--language` first. */
export const BOTH_LANG_OPTIONS = { lang: LANG_OPTION, language: OLDER_LANG_OPTION } as const

/** Both options of a command that speaks Spanish if nothing names a language. What they mean stands with its other texts. */
export const LANG_OR_SPANISH_OPTIONS = {
  lang: { value: LANG_OPTION.value, expected: LANG_OPTION.expected, parse: LANG_OPTION.parse },
  language: OLDER_LANG_OPTION,
} as const

let spoken: Language | undefined

/**
 * Returns the language of the command that runs: that of its `--lang` or `--language`, else the one that {@link speak} was told.
 * @param otherwise the language if none was named
 */
export function spokenLanguage(otherwise: Language = 'en'): Language {
  return spoken ?? otherwise
}

/** Decides the language of this process: that of `--lang` among its arguments, else that of its environment. */
export function speak(args: readonly string[], env: Readonly<Record<string, string | undefined>>): void {
  const isNamed = VARIABLES.some((name) => (env[name] ?? '') !== '')
  spoken = findLanguage(args) ?? (isNamed ? chooseLanguage(undefined, env) : undefined)
}

/** Runs a command in the language that its `--lang` names, if it has one. Help and messages about arguments are said before these are read. */
export async function speaking<T>(args: readonly string[], work: () => Promise<T>): Promise<T> {
  const before = spoken
  spoken = findLanguage(args) ?? spoken
  try {
    return await work()
  } finally {
    spoken = before
  }
}

function findLanguage(args: readonly string[]): Language | undefined {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  const at = own.findLastIndex((text) => /^--lang(?:uage)?(?:=|$)/.test(text))
  return LANG_OPTION.parse(own[at]?.split('=')[1] ?? own[at + 1] ?? '')
}
