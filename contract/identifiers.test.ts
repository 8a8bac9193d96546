import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  IDENTIFIER_CATEGORIES,
  type IdentifierCategory,
  isIssued,
  isOfOnePerson,
  normalIdentifier,
  recordedIdentifier,
} from './identifiers.ts'

const normal = (category: IdentifierCategory, value: string, jurisdiction = 'GT') =>
  normalIdentifier({ category, jurisdiction, value })

describe('the normal form of an identifier', () => {
  it.each<[IdentifierCategory, string, string, string | null]>([
    ['TELEPHONE', '5555-1234', 'GT', '+50255551234'],
    ['TELEPHONE', '+502 5555 1234', 'HN', '+50255551234'],
    ['TELEPHONE', '00502 (55) 55-1234', 'SV', '+50255551234'],
    ['TELEPHONE', '+1 (305) 555-0123', 'GT', '+13055550123'],
    ['TELEPHONE', '55551234', 'UN', null],
    ['TELEPHONE', 'no tiene', 'GT', null],
    ['TELEPHONE', '5555-1234 / 4444-5678', 'GT', null],
    ['TELEPHONE', '+502 0000-0000', 'GT', null],
    ['EMAIL', ' Juan.Perez@Example.ORG ', 'GT', 'juan.perez@example.org'],
    ['EMAIL', 'juan.perez', 'GT', null],
    ['VEHICLE_PLATE', 'p-123 abc', 'GT', 'P123ABC'],
    ['VEHICLE_PLATE', 'P1ˆ23〇 Øßł', 'GT', 'P123OSL'],
    ['VEHICLE_VIN', '1hgcm82633a-004352', 'GT', '1HGCM82633A004352'],
    ['BANK_ACCOUNT', 'gt82 trax 0102 0000 0012 1002 9690', 'GT', 'GT82TRAX01020000001210029690'],
    ['DEVICE_IMEI', '49-015420-323751-8', 'GT', '490154203237518'],
    ['FIREARM_SERIAL', 'ab 12/34', 'GT', 'AB1234'],
    ['SOCIAL_HANDLE', 'Facebook: @Juan.Perez', 'GT', 'facebook:juan.perez'],
    ['SOCIAL_HANDLE', 'x:@@juan', 'GT', 'x:juan'],
    ['SOCIAL_HANDLE', '@juan.perez', 'GT', null],
    ['NATIONAL_ID', '0801-1990-12345', 'HN', '0801199012345'],
    ['OTHER', 'Núm. 7-ñ', 'GT', 'NUM7N'],
    ['PASSPORT', '---', 'GT', null],
  ])('of %s «%s» of %s is %s', (category, value, jurisdiction, expected) => {
    expect(normal(category, value, jurisdiction)).toBe(expected)
  })

  it('is its own normal form, in the country that it was made in and in each other', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.stringMatching(/^[+\d ()-]{3,16}$/))
    const jurisdiction = fc.constantFrom('GT', 'HN', 'SV', 'US', 'MX', 'UN')
    fc.assert(
      fc.property(
        fc.constantFrom(...IDENTIFIER_CATEGORIES),
        value,
        jurisdiction,
        jurisdiction,
        (category, text, one, other) => {
          const made = normal(category, text, one)
          if (made !== null) expect(normal(category, made, other)).toBe(made)
        },
      ),
    )
  })

  it('is what a country records, but for documents and for texts that have none', () => {
    const recorded = (category: IdentifierCategory, value: string) =>
      recordedIdentifier({ category, jurisdiction: 'GT', value })
    expect(recorded('TELEPHONE', '5555-1234')).toBe('+50255551234')
    expect(recorded('TELEPHONE', 'no tiene')).toBe('no tiene')
    expect(recorded('NATIONAL_ID', '2345 67890 0101')).toBe('2345 67890 0101')
  })
})

describe('a category', () => {
  it('is of one person for the first five documents, and for IMEI, VIN and serial', () => {
    expect(IDENTIFIER_CATEGORIES.filter(isOfOnePerson)).toEqual([
      ...['NATIONAL_ID', 'PASSPORT', 'TAX_ID', 'DRIVER_LICENCE', 'RESIDENCE_PERMIT'],
      ...['VEHICLE_VIN', 'DEVICE_IMEI', 'FIREARM_SERIAL'],
    ])
  })

  it('is told apart by the country that issued it if it is a document, a plate or an account that is no IBAN', () => {
    const issued = IDENTIFIER_CATEGORIES.filter((category) => isIssued({ category, value: '123' }))
    expect(issued).toEqual([
      ...['NATIONAL_ID', 'PASSPORT', 'TAX_ID', 'DRIVER_LICENCE', 'RESIDENCE_PERMIT'],
      ...['VEHICLE_PLATE', 'BANK_ACCOUNT', 'OTHER'],
    ])
    expect(isIssued({ category: 'BANK_ACCOUNT', value: 'GT82 TRAX 0102 0000 0012 1002 9690' })).toBe(false)
  })
})
