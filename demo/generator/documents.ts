import { fillTemplate } from './fill-template.ts'
import type { Human } from './humans.ts'
import { profileOf } from './profiles.ts'
import { createRandom } from './random.ts'

/**
 * Numbers of made-up documents, in each country's own style. None can belong to a real person: the check digits are wrong on
 * purpose, and a number without a check digit lies in a range that is not issued.
 */

/** A document's number. */
export type DocumentCategory = 'NATIONAL_ID' | 'PASSPORT' | 'TAX_ID' | 'RESIDENCE_PERMIT'

/** Returns the number of a human's document of `jurisdiction`. It is the same in the records of each country. */
export function documentNumber(seed: number, human: Human, category: DocumentCategory, jurisdiction: string): string {
  const random = createRandom(seed, 'document', human.key, category, jurisdiction)
  const { nationalId } = profileOf(jurisdiction)
  if (category === 'NATIONAL_ID' && nationalId !== undefined) {
    const birthYear = human.birthDate.slice(0, 4)
    const cui = () => withWrongCui(random.digits(8))
    const dui = () => withWrongDui(random.digits(8))
    return fillTemplate(nationalId, { birthYear, cui, dui }, random)
  }
  if (category === 'PASSPORT') return `X${random.digits(8)}`
  if (category === 'TAX_ID') return `${random.digits(8)}-X`
  if (category === 'RESIDENCE_PERMIT') return `RX-${random.digits(7)}`
  return `X-${random.digits(9)}`
}

/** Numbers that are not of documents. */
export type MadeUpNumber = 'TELEPHONE' | 'EMAIL' | 'VEHICLE_PLATE' | 'DEVICE_IMEI' | 'BANK_ACCOUNT'

/** Returns a human's number. None can be a real one: telephones begin with a digit that is not issued, plates have vowels, and IMEI and IBAN fail their check. */
export function madeUpNumber(seed: number, human: Human, category: MadeUpNumber): string {
  const random = createRandom(seed, 'number', human.key, category)
  switch (category) {
    case 'TELEPHONE':
      return `1${random.digits(7)}`
    case 'EMAIL':
      return `persona.${random.digits(6)}@example.org`
    case 'VEHICLE_PLATE':
      return `P${random.digits(3)}AEI`
    case 'DEVICE_IMEI':
      return `00${random.digits(12)}0`
    case 'BANK_ACCOUNT':
      return `${human.home}00TEST${random.digits(16)}`
  }
}

/** Makes a number in the form of Guatemala's CUI: eight digits and a check digit (weights 2 to 9, modulo 11) that is wrong. */
function withWrongCui(digits: string): string {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index + 2), 0)
  return digits + (((sum % 11) + 1) % 10)
}

/** Makes a number in the form of El Salvador's DUI: eight digits and a check digit (weights 9 to 2, modulo 10) that is wrong. */
function withWrongDui(digits: string): string {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (9 - index), 0)
  const right = (10 - (sum % 10)) % 10
  return `${digits}-${(right + 1) % 10}`
}
