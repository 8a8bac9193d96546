import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'

/**
 * The kinds of identifiers (`IdentificationCategory`), and the normal form in which their values are compared: the same in each country, at the source and
 * in a search.
 */

/** What is known of a category. */
interface Category {
  /** Whether a value belongs to one person, so that a hit by it is EXACT_IDENTIFIER. Several persons may share another one. */
  readonly isOfOnePerson: boolean
  /** Whether the country that issued it tells two equal values apart. */
  readonly isIssued: boolean
  /** Whether it is a document: then the recorded value stays as the country writes it, and a person who has another number of the same kind is another person. */
  readonly isDocument: boolean
  /** The normal form of a value; null for a text that cannot be such a value. */
  readonly normal: (value: string, jurisdiction: string) => string | null
}

const document = { isOfOnePerson: true, isIssued: true, isDocument: true, normal: lettersAndDigits }
const thing = { isOfOnePerson: true, isIssued: false, isDocument: false, normal: lettersAndDigits }

/** The categories, in the order of the contract. */
const CATEGORIES = {
  NATIONAL_ID: document,
  PASSPORT: document,
  TAX_ID: document,
  DRIVER_LICENCE: document,
  RESIDENCE_PERMIT: document,
  TELEPHONE: { isOfOnePerson: false, isIssued: false, isDocument: false, normal: normalTelephone },
  EMAIL: { isOfOnePerson: false, isIssued: false, isDocument: false, normal: normalEmail },
  VEHICLE_PLATE: { isOfOnePerson: false, isIssued: true, isDocument: false, normal: lettersAndDigits },
  VEHICLE_VIN: thing,
  BANK_ACCOUNT: { isOfOnePerson: false, isIssued: true, isDocument: false, normal: lettersAndDigits },
  DEVICE_IMEI: thing,
  FIREARM_SERIAL: thing,
  SOCIAL_HANDLE: { isOfOnePerson: false, isIssued: false, isDocument: false, normal: normalHandle },
  OTHER: { ...document, isOfOnePerson: false },
} satisfies Record<string, Category>

/** A category of {@link IDENTIFIER_CATEGORIES}, `IdentificationCategory` of the schema. */
export type IdentifierCategory = keyof typeof CATEGORIES

/** The names of the categories, in the order of the contract. */
export const IDENTIFIER_CATEGORIES = Object.keys(CATEGORIES) as readonly IdentifierCategory[]

/** Whether a text is the name of a category. */
export function isIdentifierCategory(category: unknown): category is IdentifierCategory {
  return typeof category === 'string' && Object.hasOwn(CATEGORIES, category)
}

/** An identifier as the contract has it. */
export interface Identifier {
  readonly category: IdentifierCategory
  /** The country that issued it, or whose way of writing it follows. */
  readonly jurisdiction: string
  readonly value: string
}

/**
 * Returns the normal form of an identifier's value: E.164 for telephones, which `jurisdiction` completes where the country is left out; e-mail and handles in
 * lower case; of all else only letters and digits, without accents, in upper case.
 * @returns null for a text that cannot be such a value.
 */
export function normalIdentifier({ category, jurisdiction, value }: Identifier): string | null {
  return CATEGORIES[category].normal(value.normalize('NFKC').trim(), jurisdiction)
}

/**
 * Returns the value as a country records it: that of a document as it was written, because people compare it with the paper; else the normal form. A text that
 * has none stays too: it is shown, and no search finds it.
 */
export function recordedIdentifier(identifier: Identifier): string {
  return isDocument(identifier.category) ? identifier.value : (normalIdentifier(identifier) ?? identifier.value)
}

/** Whether this category is a kind of documents. */
export function isDocument(category: IdentifierCategory): boolean {
  return CATEGORIES[category].isDocument
}

/** Whether a value of this category belongs to one person. */
export function isOfOnePerson(category: IdentifierCategory): boolean {
  return CATEGORIES[category].isOfOnePerson
}

/** The normal form of an account that names its country itself; PostgreSQL reads this expression too. */
export const IBAN = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/

/** Whether the country that issued it tells two equal values of this category apart. An IBAN names its country itself. */
export function isIssued({ category, value }: Pick<Identifier, 'category' | 'value'>): boolean {
  return CATEGORIES[category].isIssued && !(category === 'BANK_ACCOUNT' && IBAN.test(lettersAndDigits(value) ?? ''))
}

/** Letters that are not made of another letter and an accent, and how the databases read them (`istmo.fold`). */
const SPECIAL_LETTERS = new Map(Object.entries({ Ø: 'O', Ł: 'L', Đ: 'D', ı: 'I', Œ: 'O', Æ: 'A', ẞ: 'S' }))
for (const [letter, read] of SPECIAL_LETTERS) SPECIAL_LETTERS.set(letter.toLowerCase(), read)

/**
 * What the databases compare as one (`persons.fold_identifier`, which leaves out signs of two ranges that are letters, too) has one form here. Otherwise whoever
 * writes a plate in many ways could try more names for it than the quota allows.
 */
function lettersAndDigits(value: string): string | null {
  const folded = value
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]|[\u02b0-\u02ff\u3000-\u303f]/gu, '')
    .replaceAll(/./gu, (letter) => SPECIAL_LETTERS.get(letter) ?? letter)
    .toUpperCase()
  return folded === '' ? null : folded
}

function normalTelephone(value: string, jurisdiction: string): string | null {
  const country = isSupportedCountry(jurisdiction) ? (jurisdiction satisfies CountryCode) : undefined
  const number = parsePhoneNumberFromString(value.replace(/^00/, '+'), {
    extract: false,
    ...(country && { defaultCountry: country }),
  })
  return number?.isPossible() === true && /[1-9]/.test(number.nationalNumber) ? number.number : null
}

function normalEmail(value: string): string | null {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? value.toLowerCase() : null
}

function normalHandle(value: string): string | null {
  const [, service, handle] = /^([\p{L}\p{N}.]+)\s*:\s*@*(\S+)$/u.exec(value) ?? []
  return service === undefined || handle === undefined ? null : `${service}:${handle}`.toLowerCase()
}
