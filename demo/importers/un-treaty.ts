import countries from 'i18n-iso-countries'
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' }

/** Parsers of the dates, titles, acts and participants of the UN Treaty Collection. All functions are pure. */

countries.registerLocale(english)

/** Names of the UN Treaty Collection that the library lacks: longer forms, and names of March 2015. */
const ALIASES: Readonly<Record<string, string>> = {
  'Bolivia (Plurinational State of)': 'BO',
  'Cabo Verde': 'CV',
  'Holy See': 'VA',
  'Iran (Islamic Republic of)': 'IR',
  'Micronesia (Federated States of)': 'FM',
  'Republic of Moldova': 'MD',
  'St. Kitts and Nevis': 'KN',
  'St. Lucia': 'LC',
  'St. Vincent and the Grenadines': 'VC',
  Swaziland: 'SZ',
  'The former Yugoslav Republic of Macedonia': 'MK',
  'United Kingdom of Great Britain and Northern Ireland': 'GB',
  'Venezuela (Bolivarian Republic of)': 'VE',
  'Viet Nam': 'VN',
  "Democratic People's Republic of Korea": 'KP',
}

/**
 * Finds the ISO 3166-1 alpha-2 code of a participant by its name in the UN Treaty Collection.
 * @returns undefined for a participant that is not a state, such as the European Union.
 */
export function countryCodeOf(name: string): string | undefined {
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : countries.getAlpha2Code(name, 'en')
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** Parses `14 Dec 2000` or `15 November 2000` to `YYYY-MM-DD`. Returns undefined for another form, or a day that does not exist. */
export function parseUnDate(text: string): string | undefined {
  const [, day = '', word = '', year = ''] = /^(\d{1,2}) ([A-Z][a-z]+) (\d{4})$/.exec(text) ?? []
  const month = MONTHS.findIndex((name) => word === name || (word.length === 3 && name.startsWith(word)))
  if (word === '' || month < 0) return undefined
  const date = new Date(Date.UTC(Number(year), month, Number(day)))
  return date.getUTCMonth() === month ? date.toISOString().slice(0, 10) : undefined
}

/** The act by which a state participates: `ParticipationAction` of the contract. */
export type Action = 'RATIFICATION' | 'ACCESSION' | 'ACCEPTANCE' | 'APPROVAL' | 'SUCCESSION'

/**
 * The letters behind a date in the UN Treaty Collection. A date without a letter is a ratification. `|` marks the column of the
 * states that another instrument binds (VI-18); the table does not name the kind of act there.
 */
const ACTIONS: Readonly<Record<string, Action | null>> = {
  '': 'RATIFICATION',
  a: 'ACCESSION',
  A: 'ACCEPTANCE',
  AA: 'APPROVAL',
  d: 'SUCCESSION',
  '|': null,
}

/** A date with the kind of act that the letters behind it name. */
export interface Act {
  readonly on: string
  readonly action: Action | null
}

/** Reads `24 Sep 2003`, `7 Jun 2004 a`, `19 Feb 2015 |`; undefined for anything else. */
export function parseAct(text: string): Act | undefined {
  const [, date = '', letters = ''] = /^(\d{1,2} [A-Za-z]+ \d{4})(?: (\S{1,2}))?$/.exec(text) ?? []
  const on = parseUnDate(date)
  const action = Object.hasOwn(ACTIONS, letters) ? ACTIONS[letters] : undefined
  return on === undefined || action === undefined ? undefined : { on, action }
}

/** An instrument, as read from its reference and title. */
export interface Instrument {
  /** `UN:XVIII-12`. */
  readonly id: string
  readonly title: string
  readonly kind: 'TREATY' | 'PROTOCOL'
  readonly adopted_on: string
}

/** Reads `XVIII-12` and `… Crime. New York, 15 November 2000`; undefined for anything else. */
export function parseInstrument(reference: string, text: string): Instrument | undefined {
  if (!/^[IVXL]{1,6}-\d{1,2}(-[a-z])?$/.test(reference)) return undefined
  const [, title = '', date = ''] = /^(.+)\. [\p{L} ]+, (\d{1,2} [A-Z][a-z]+ \d{4})$/u.exec(text) ?? []
  const adopted = parseUnDate(date)
  if (adopted === undefined) return undefined
  return {
    id: `UN:${reference}`,
    title,
    kind: title.startsWith('Protocol') ? 'PROTOCOL' : 'TREATY',
    adopted_on: adopted,
  }
}
