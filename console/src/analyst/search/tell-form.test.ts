import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalIdentifier } from '../../../../contract/identifiers.ts'
import { isCategory } from '../identifier-categories.ts'
import { tellForm } from './tell-form.ts'

describe('what a text is by its form', () => {
  it.each([
    ['Erik Ramires Gusman', 'name'],
    ['Castillo Armas', 'name'],
    ['GT:MP001-2026-1234', 'case'],
    ['gt : MP001-2026-1234', 'case'],
    ['MP001-2026-1234', 'case'],
    ['extorsión', 'offence'],
    ['Trata de personas', 'offence'],
    ['0701', 'offence'],
    ['+502 5512-3456', 'TELEPHONE'],
    ['5512 3456', 'TELEPHONE'],
    ['0050255123456', 'TELEPHONE'],
    ['2547 81234 0101', 'NATIONAL_ID'],
    ['01234567-8', 'NATIONAL_ID'],
    ['001-010180-0001A', 'NATIONAL_ID'],
    ['E123456', 'PASSPORT'],
    ['P-123ABC', 'VEHICLE_PLATE'],
    ['HAA 1234', 'VEHICLE_PLATE'],
    ['P123-456', 'VEHICLE_PLATE'],
    ['1HGCM82633A004352', 'VEHICLE_VIN'],
    ['GT82 TRAJ 0102 0000 0012 1002 9690', 'BANK_ACCOUNT'],
    ['490154203237518', 'DEVICE_IMEI'],
    ['juan.perez@example.org', 'EMAIL'],
    ['facebook:juan.perez', 'SOCIAL_HANDLE'],
  ])('«%s» is %s', (text, form) => {
    expect(tellForm(text)).toBe(form)
  })

  it('does not depend on blanks around it, or on upper and lower case', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[\w:+@. -]{1,30}$/))
    fc.assert(
      fc.property(texts, (text) => {
        expect(tellForm(`  ${text} `)).toBe(tellForm(text))
        if (/^[\x20-\x7e]*$/.test(text)) expect(tellForm(text.toLowerCase())).toBe(tellForm(text.toUpperCase()))
      }),
    )
  })

  it('is an identifier only if the countries can compare it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z\d@:+.-]{4,24}$/), (text) => {
        const form = tellForm(text)
        // How many digits a telephone has is for each country to say: a wrong one is asked, and found nowhere.
        fc.pre(isCategory(form) && form !== 'TELEPHONE')
        expect(normalIdentifier({ category: form, jurisdiction: 'GT', value: text })).not.toBeNull()
      }),
    )
  })

  it('of letters and blanks is a name or an offence', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-ZñÑáéíóú ]{1,40}$/), (text) => {
        expect(['name', 'offence']).toContain(tellForm(text))
      }),
    )
  })
})
