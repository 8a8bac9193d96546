import { IstmoError } from '../../contract/errors.ts'
import { checkHitSearch, checkHitSearches } from '../../contract/hit-search.ts'
import { type Identifier, type IdentifierCategory, isIssued, normalIdentifier } from '../../contract/identifiers.ts'
import { checkSearchedIdentifier } from '../../contract/searched-identifier.ts'
import { MAX_NAME_LENGTH } from '../../contract/searched-name.ts'

/**
 * What a search for persons asks (`PersonSearch`, `PersonHitSearch`), and the table of bands that decides its answer.
 *
 * The table depends only on the record and the search, so that each country puts the same person in the same band and gives the same score
 * (docs/design/contract.md, Order and cursors; docs/decisions/0034-names-by-rule.md). If one criterion contradicts a record, the search does
 * not find it, whatever else agrees.
 *
 * ## Name
 *
 * Names are folded (no accents, Ñ as N, no particles, no forms of address). Each searched word is paired with one recorded word at most, the
 * surest pair first. Two words agree, from the surest grade to the least:
 *
 * | grade       | example                                                               |
 * |-------------|-----------------------------------------------------------------------|
 * | SAME        | `perez`, `Pérez`                                                      |
 * | ABBREVIATED | `Ma.`, `María`; `Fco.`, `Francisco`; `Hdez.`, `Hernández`             |
 * | JOINED      | `Juancarlos`, `Juan Carlos`; `Deleón`, `de León`                      |
 * | SOUND       | `Peres`, `Pérez`; `Ximénez`, `Jiménez`; `Vanegas`, `Banegas`        |
 * | SHORT_FORM  | `Chepe`, `José`: given names only (name-lexicon.yaml)                 |
 * | INITIAL     | `J.`, `Juan`                                                          |
 * | SLIP        | `Jaun`, `Juan`: one typing error, one in a name. Two names of the lists are two names, and so are `Silvio` and `Silvia` |
 *
 * The words left over decide. A searched word and a recorded word that are left over and may both be given names, or both surnames,
 * contradict each other. A husband's name («de X», «viuda de X», after a surname) and a nickname may be left over on either side. A name needs a
 * surname that is paired by more than its initial, and a given name or a second surname. One pair at most is a SLIP or a SHORT_FORM. Two
 * faults at most:
 *
 * | fault | counts |
 * |---|---|
 * | the first given name of either side is not paired, or given names are in another order | 2 |
 * | the first surname of either side is not paired, or surnames are in another order        | 2 |
 * | words are left over on both sides                                                       | 1 |
 * | given names and surnames stand mixed                                                    | 1 |
 * | a SLIP                                                                                  | 1 |
 * | a SHORT_FORM, unless the person goes by the name after María or José                    | 1 |
 * | the given names are INITIALs only                                                       | 2 |
 *
 * A name *agrees* if its words are the SAME, ABBREVIATED or JOINED, and no word of the first three faults. It is *alike* if there is a SOUND or a
 * SHORT_FORM too. It is *near* with one of the first three faults, an INITIAL or a SLIP. One word by itself must be SAME, JOINED or
 * SOUND: it agrees (or is alike) if the recorded name has one word too; else it is near if no list has it as a name, and *thin* if one does.
 *
 * ## The other criteria
 *
 * - birthDate: agrees if it is the same. Near: two of year, month and day are the same, or day and month are swapped. Silent:
 *   none is recorded. Near in a hit search: day and month are swapped, or the year is one more or less, and somebody now alive can be born on
 *   the recorded date (near-birth-dates.ts). Any other date contradicts.
 * - identifier: agrees if category, jurisdiction and folded value are those of a recorded identifier; of a telephone, e-mail, VIN, IBAN, IMEI, serial
 *   or handle the jurisdiction is not compared (contract/identifiers.ts). Silent: none of that category and jurisdiction is recorded. Contradicts: it is a
 *   document, and the recorded ones have other values; one person may have several telephones or vehicles. A value without a digit from
 *   1 to 9 (`SIN CEDULA`, `000-0000`), and one that persons of more than ten names have, identifies nobody (migrations/006-no-identifiers.sql):
 *   searched for, it is not asked, or finds nobody if there is no name; recorded, it is silent.
 * - nationality: must be one of the recorded nationalities. It makes no band by itself. Another value, or silence, excludes the
 *   record.
 *
 * ## Bands
 *
 * | identifier        | name      | birthDate                 | band             |
 * |-------------------|-----------|---------------------------|------------------|
 * | agrees, of one person | any   | any                       | EXACT_IDENTIFIER |
 * | agrees, shared    | any       | any                       | STRONG           |
 * | agrees, shared    | not asked | any                       | WEAK             |
 * | silent, not asked | agrees    | agrees, not asked         | STRONG           |
 * | silent, not asked | agrees    | near, silent              | WEAK             |
 * | silent, not asked | alike     | agrees                    | STRONG           |
 * | silent, not asked | alike     | silent, not asked         | WEAK             |
 * | silent, not asked | near      | agrees, silent, not asked | WEAK             |
 * | silent, not asked | thin      | agrees                    | WEAK             |
 * | not asked         | not asked | agrees                    | WEAK             |
 * | not asked         | not asked | not asked (only nationality) | WEAK          |
 *
 * «shared» are telephones, e-mail, plates, accounts, handles and OTHER, which several persons may have. «any» is anything but a contradiction. The search does not find a combination that is in no row. No search finds a protected
 * person.
 *
 * ## Hits
 *
 * A hit search (`PersonHitSearch`) tells only whether the country knows what the caller knows already. So a document is never compared
 * together with what stands beside it, and what several may share only with the name:
 *
 * 1. If somebody has the identifier, and it is of one person, the band is EXACT_IDENTIFIER, whatever name, birthDate and nationality are asked too.
 * 2. Else the better one of: STRONG if somebody who has the identifier has the name too, WEAK if somebody has the identifier; and, if the search has a name
 *    and a birthDate, what these two decide by the table.
 * 3. Else there is no hit.
 *
 * The nationality is not compared.
 *
 * ## Score
 *
 * 1000, less what each pair, each word left over and each missing first name costs (match-names.ts), less 100 if no birth date is recorded and 200
 * if it is only near. A search without a name has 1000, less the same for the birth date.
 */

/** An identifier to search for, as the database compares it. */
export interface SearchedIdentifier {
  readonly category: IdentifierCategory
  /** Null if that of any country counts (contract/identifiers.ts). */
  readonly jurisdiction: string | null
  /** In its normal form. */
  readonly value: string
}

/** A search as graphql-js coerced it. A member that is null is not asked. Days are `YYYY-MM-DD`. */
export interface SearchInput {
  readonly name?: string | null
  readonly birthDate?: string | null
  readonly identifier?: Identifier | null
  readonly nationality?: string | null
}

/** A checked search: at least one member is present. */
export interface PersonSearch {
  readonly name?: string
  readonly birthDate?: string
  readonly identifier?: SearchedIdentifier
  readonly nationality?: string
}

/** The bands, best first. */
export const BANDS = ['EXACT_IDENTIFIER', 'STRONG', 'WEAK'] as const
/** A band of {@link BANDS}, `HitBand` of the schema. */
export type Band = (typeof BANDS)[number]

/**
 * The key of a found person in the order BEST_MATCH: the band, `1` the best, a colon, and what the score lacks to 1000, in four digits. Its
 * order by bytes is the order by band, then by score descending.
 */
export type MatchKey = `${1 | 2 | 3}:${string}`

/** Makes the key of a band and a score. */
export function matchKey(band: Band, score: number): MatchKey {
  return `${(BANDS.indexOf(band) + 1) as 1 | 2 | 3}:${String(1000 - score).padStart(4, '0')}`
}

/** Returns the band of a key. */
export function bandOf(key: MatchKey): Band {
  return BANDS[Number(key.slice(0, 1)) - 1] as Band
}

/** Returns the score of a key: 0 to 1000. */
export function scoreOf(key: MatchKey): number {
  return 1000 - Number(key.slice(2))
}

/** What a recorded date of birth takes from the score. */
export const BIRTH_COST = { same: 0, silent: 100, near: 200 } as const

/**
 * Checks a `PersonSearch`.
 * @param argument what messages call it.
 * @throws {IstmoError} `BAD_USER_INPUT` when nothing is asked, or a text is too long or has no letter and no digit.
 */
export function parseSearch(input: SearchInput, argument = 'search'): PersonSearch {
  const search = {
    ...(isGiven(input.name) && { name: checkText(`${argument}.name`, input.name, MAX_NAME_LENGTH) }),
    ...(isGiven(input.birthDate) && { birthDate: input.birthDate }),
    ...(isGiven(input.identifier) && { identifier: checkIdentifier(input.identifier, argument) }),
    ...(isGiven(input.nationality) && { nationality: input.nationality }),
  }
  if (Object.keys(search).length > 0) return search
  throw new IstmoError(
    'BAD_USER_INPUT',
    `${argument} takes at least one of name, birthDate, identifier and nationality; came none`,
  )
}

/**
 * Checks a `PersonHitSearch`.
 * @throws {IstmoError} `SEARCH_TOO_WIDE` without an identifier, and without a name and a birth date; `BAD_USER_INPUT` as
 * {@link parseSearch}.
 */
export function parseHitSearch(input: SearchInput): PersonSearch {
  checkHitSearch(input)
  return parseSearch(input)
}

/**
 * Checks the list of `Query.personListHits`.
 * @throws {IstmoError} as {@link parseHitSearch}; the message names the item. `BAD_USER_INPUT` for more than 500 items.
 */
export function parseHitSearches(inputs: readonly SearchInput[]): readonly PersonSearch[] {
  checkHitSearches(inputs)
  return inputs.map((input, i) => parseSearch(input, `searches[${i}]`))
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined
}

function checkIdentifier(identifier: Identifier, argument: string): SearchedIdentifier {
  checkSearchedIdentifier(`${argument}.identifier.value`, identifier)
  const { category, jurisdiction, value } = identifier
  return {
    category,
    jurisdiction: isIssued(identifier) ? jurisdiction : null,
    value: normalIdentifier(identifier) ?? value,
  }
}

// The message does not contain the value, because it is personal data.
function checkText(member: string, text: string, longest: number): string {
  if (text.length > longest) {
    throw new IstmoError('BAD_USER_INPUT', `${member} takes at most ${longest} characters; came ${text.length}`)
  }
  // A text in PostgreSQL cannot contain U+0000.
  if (text.includes('\0') || !/[\p{L}\p{N}]/u.test(text)) {
    throw new IstmoError('BAD_USER_INPUT', `${member} takes a text with a letter or a digit; came one without`)
  }
  return text
}
