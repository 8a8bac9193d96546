/**
 * The categories of identifiers in the order of the contract, and whether each is a kind of documents. `contract/identifiers.ts` has them too, with a library for
 * telephones that a browser need not load; a test compares both.
 */
const IS_DOCUMENT = {
  NATIONAL_ID: true,
  PASSPORT: true,
  TAX_ID: true,
  DRIVER_LICENCE: true,
  RESIDENCE_PERMIT: true,
  TELEPHONE: false,
  EMAIL: false,
  VEHICLE_PLATE: false,
  VEHICLE_VIN: false,
  BANK_ACCOUNT: false,
  DEVICE_IMEI: false,
  FIREARM_SERIAL: false,
  SOCIAL_HANDLE: false,
  OTHER: true,
} as const

/** A category of identifiers (`IdentificationCategory`). */
export type IdentifierCategory = keyof typeof IS_DOCUMENT

/** The categories, in the order of the contract. */
export const CATEGORIES = Object.keys(IS_DOCUMENT) as readonly IdentifierCategory[]

/** Whether a text is a category that this console knows. */
export function isCategory(text: string): text is IdentifierCategory {
  return Object.hasOwn(IS_DOCUMENT, text)
}

/** Whether several persons may share a number of this category, as a telephone or a car. An unknown category counts as a document. */
export function isShared(category: string): boolean {
  return isCategory(category) && !IS_DOCUMENT[category]
}
