import { rememberByText } from './remember-by-text.ts'

/** The languages of texts that a person reads. English is the default. */
export const LANGUAGES = ['en', 'es'] as const

/** One of {@link LANGUAGES}, as a BCP 47 tag. */
export type Language = (typeof LANGUAGES)[number]

/** A weight as RFC 9110 section 12.4.2 writes it: 0 to 1 with at most three decimals. */
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i

/** A language range (RFC 4647 section 2.1), or `*`. */
const RANGE = /^(?:[a-z]{1,8}(?:-[a-z\d]{1,8})*|\*)$/i

/** One item of the header: the first subtag of its range in small letters, or `*`, and its weight. */
interface Preference {
  readonly subtag: string
  readonly weight: number
}

/**
 * Chooses the language of an answer by the header `Accept-Language` (RFC 9110 section 12.5.4). It looks ranges up as RFC 4647 section 3.4
 * does, so that `es-GT` is answered in `es`. Between equal weights, the range that comes first is preferred. `*` stands for the languages
 * that no other range names. An item that is malformed is left out.
 * @param header the value as it came; undefined if the request has none.
 * @returns English if nothing that the header accepts is in {@link LANGUAGES}.
 */
export function chooseLanguage(header: string | undefined): Language {
  return header === undefined ? LANGUAGES[0] : choose(header)
}

const choose = rememberByText((header): Language => {
  const preferences = header.split(',').flatMap(readPreference)
  const star = preferences.find(({ subtag }) => subtag === '*')
  let best: { language: Language; weight: number; place: number } | null = null
  for (const language of LANGUAGES) {
    const named = preferences.filter(({ subtag }) => subtag === language)
    const weight = named.length === 0 ? (star?.weight ?? 0) : Math.max(...named.map((each) => each.weight))
    // A language that only `*` accepts comes after each language of the same weight that has a name.
    const found = preferences.findIndex((each) => each.subtag === language && each.weight === weight)
    const place = found === -1 ? Number.POSITIVE_INFINITY : found
    const isBetter = best === null || weight > best.weight || (weight === best.weight && place < best.place)
    if (weight > 0 && isBetter) best = { language, weight, place }
  }
  return best?.language ?? LANGUAGES[0]
})

function readPreference(item: string): readonly Preference[] {
  const [range = '', weight, ...others] = item.split(';').map((part) => part.trim())
  const read = weight === undefined ? '1' : WEIGHT.exec(weight)?.[1]
  if (!RANGE.test(range) || read === undefined || others.length > 0) return []
  const [subtag = ''] = range.toLowerCase().split('-', 1)
  return [{ subtag, weight: Number(read) }]
}
