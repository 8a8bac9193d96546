import type { Language } from './language.ts'

/** The mark in a text that {@link nameCountryIn} replaces by a country's name. */
const MARK = '{country}'

/** Names that a sentence needs in another form than the Unicode CLDR has them: with an article, or so that the verb is singular. */
const OTHER_NAMES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    DO: 'the Dominican Republic',
    GB: 'the United Kingdom',
    NL: 'the Netherlands',
    UN: 'the United Nations',
    US: 'the United States',
  },
  es: { DO: 'la República Dominicana', UN: 'la ONU' },
}

/** What a sentence says if it is about no certain country. */
const SOME_COUNTRY: Readonly<Record<Language, string>> = { en: 'the country', es: 'el país' }

/** Made when they are first needed: they take a tenth of a second, which each start of a process would wait for. */
const regions = new Map<Language, Intl.DisplayNames>()

/**
 * Puts a country's name at each `{country}` of a text, for example «Honduras did not answer in time.».
 * @param code ISO 3166-1 alpha-2, or `UN`; null for «the country».
 */
export function nameCountryIn(text: string, code: string | null, language: Language): string {
  if (!text.includes(MARK)) return text
  const name = code === null ? SOME_COUNTRY[language] : (OTHER_NAMES[language][code] ?? nameRegion(code, language))
  const named = text.replaceAll(MARK, name)
  // Spanish contracts «de el país», and never «de El Salvador».
  const contracted = language === 'es' ? named.replaceAll(/\b(de|a) el /g, contract) : named
  return contracted.charAt(0).toUpperCase() + contracted.slice(1)
}

function contract(_: string, preposition: string): string {
  return preposition === 'de' ? 'del ' : 'al '
}

/** By language and code. There are not more than two letters can write. */
const names = new Map<string, string>()

/** Returns the CLDR's name of a region, or the code itself if it is not the code of a region. To look one up takes some microseconds. */
function nameRegion(code: string, language: Language): string {
  if (!/^[A-Z]{2}$/.test(code)) return code
  const key = `${language} ${code}`
  const known = names.get(key)
  if (known !== undefined) return known
  const name = regionsIn(language).of(code) ?? code
  names.set(key, name)
  return name
}

function regionsIn(language: Language): Intl.DisplayNames {
  const found = regions.get(language) ?? new Intl.DisplayNames([language], { type: 'region' })
  regions.set(language, found)
  return found
}
