/**
 * The codes of countries: ISO 3166-1 alpha-2, and `UN` for the depositary of the treaties (docs/design/contract.md, Ids).
 * The table has the 249 officially assigned codes of ISO 3166-1 (ISO Online Browsing Platform, https://www.iso.org/obp/ui/#search/code).
 * A test compares it with the package i18n-iso-countries.
 */
const ASSIGNED = (
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
  'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR ' +
  'GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP ' +
  'KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT ' +
  'MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW ' +
  'SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ ' +
  'UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
).split(' ')

/** The code of the depositary of the treaties, the only participant that is not a state. */
export const DEPOSITARY = 'UN'

/** Checks whether `code` is an ISO 3166-1 alpha-2 code or `UN`, and so may begin a record id. It is case-sensitive. */
export function isCountryCode(code: string): boolean {
  return code.length === 2 && beginsWithCountryCode(code)
}

/** Checks whether the first two characters of a text are a country's code. Whoever looks for record ids asks this of each text of an answer. */
export function beginsWithCountryCode(text: string): boolean {
  const [first, second] = [text.charCodeAt(0) - FIRST_LETTER, text.charCodeAt(1) - FIRST_LETTER]
  return first >= 0 && first < LETTERS && second >= 0 && second < LETTERS && IS_CODE[first * LETTERS + second] === 1
}

const FIRST_LETTER = 0x41
const LETTERS = 26

/** By the places of the two letters in the alphabet. */
const IS_CODE = new Uint8Array(LETTERS * LETTERS)
for (const code of [...ASSIGNED, DEPOSITARY]) {
  IS_CODE[(code.charCodeAt(0) - FIRST_LETTER) * LETTERS + code.charCodeAt(1) - FIRST_LETTER] = 1
}
