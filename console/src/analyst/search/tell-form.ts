import { isRecordId } from '../../../../contract/record-id.ts'
import type { IdentifierCategory } from '../identifier-categories.ts'
import offenceWords from './offence-words.json' with { type: 'json' }

/** What somebody looks for: a person by a name or an identifier, a case by its number, or an offence. */
export type Sought = 'name' | 'case' | 'offence' | IdentifierCategory

/** Words with which the title of an offence begins, without accents; none of them is a name in the region. */
const OFFENCES = new Set(offenceWords.first)

/** The forms by which a number is told apart, the narrowest first. Blanks are left out, and letters are upper case. */
const FORMS: readonly (readonly [Sought, RegExp])[] = [
  ['EMAIL', /^[^@]+@[^@]+\.[^@]+$/],
  ['SOCIAL_HANDLE', /^[\p{L}\p{N}.]{3,}:@*[^:]+$/u],
  ['case', /^\p{L}*\d*-(?:19|20)\d{2}-\d+$/u],
  ['VEHICLE_VIN', /^(?=.*\d)(?=.*[A-Z])[A-HJ-NPR-Z\d]{17}$/],
  ['BANK_ACCOUNT', /^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/],
  ['TELEPHONE', /^(?:\+|00)[\d().-]{7,20}$/],
  ['TELEPHONE', /^[2-9]\d{3}-?\d{4}$/],
  ['DEVICE_IMEI', /^\d{15}$/],
  ['VEHICLE_PLATE', /^[A-Z]{1,3}-?\d{3}(?:[A-Z]{1,3}|\d|-\d{3})$/],
  ['PASSPORT', /^[A-Z]{1,2}\d{6,9}$/],
  ['offence', /^(?:0[1-9]|1[01])(?:\d{2,4})?$/],
  ['NATIONAL_ID', /^(?=(?:.*\d){6})[\d-]+[A-Z]?$/],
]

/** Tells by its form what a text is; a name if it has no other form. The officer can choose otherwise. */
export function tellForm(text: string): Sought {
  if (isRecordId(toRecordId(text))) return 'case'
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '')
  const [first = ''] = plain.trim().toLowerCase().split(/\s+/)
  if (OFFENCES.has(first)) return 'offence'
  const packed = plain.replace(/\s+/g, '').toUpperCase()
  return FORMS.find(([, form]) => form.test(packed))?.[0] ?? 'name'
}

/** Reads an id as somebody types it: a telephone writes the country's code in lower case, and puts blanks around the colon. */
export function toRecordId(text: string): string {
  const [country = '', ...rest] = text
    .trim()
    .normalize('NFC')
    .split(/\s*:\s*/)
  return [country.toUpperCase(), ...rest].join(':')
}
