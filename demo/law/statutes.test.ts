import { describe, expect, it } from 'vitest'
import { isRecordId } from '../../contract/record-id.ts'
import { CONDUCTS, chargeFor, LAW_CARD, provisionsIn, statuteRows } from './statutes.ts'

const COUNTRIES = ['GT', 'HN', 'SV'] as const
const TODAY = '2026-06-30'

describe.each([
  ['GT', 'HOMICIDE', 'GT:CP:123', 'Homicidio'],
  ['GT', 'MURDER', 'GT:CP:132', 'Asesinato'],
  ['GT', 'KIDNAPPING', 'GT:CP:201', 'Plagio o secuestro'],
  ['GT', 'EXTORTION', 'GT:CP:261', 'Extorsión'],
  ['GT', 'AGGRAVATED_ROBBERY', 'GT:CP:252', 'Robo agravado'],
  ['GT', 'RAPE', 'GT:CP:173', 'Violación'],
  ['GT', 'DRUG_TRAFFICKING', 'GT:D48-92:38', 'Comercio, tráfico y almacenamiento ilícito'],
  ['GT', 'MONEY_LAUNDERING', 'GT:D67-2001:2', 'Lavado de dinero u otros activos'],
  ['GT', 'CRIMINAL_GROUP', 'GT:D21-2006:4', 'Asociación ilícita'],
  ['GT', 'FIREARM_POSSESSION', 'GT:D15-2009:123', 'Portación ilegal de armas de fuego de uso civil y/o deportivas'],
  ['HN', 'EXTORTION', 'HN:CP:373', 'Extorsión'],
  ['HN', 'DRUG_TRAFFICKING', 'HN:CP:311', 'Tráfico de drogas'],
  ['HN', 'MIGRANT_SMUGGLING', 'HN:CP:297', 'Tráfico ilícito de personas'],
  ['SV', 'HOMICIDE', 'SV:CP:128', 'Homicidio simple'],
  ['SV', 'CRIMINAL_GROUP', 'SV:CP:345', 'Agrupaciones ilícitas'],
  ['SV', 'DRUG_TRAFFICKING', 'SV:D153-2003:33', 'Tráfico ilícito'],
  ['SV', 'EXTORTION', 'SV:D953-2015:2', 'Extorsión'],
] as const)('%s punishes %s', (country, key, statuteId, heading) => {
  it(`under ${statuteId}`, () => {
    expect(chargeFor(country, key, TODAY)).toEqual({ statuteId, heading })
  })
})

it('a charge about a day before Honduras’s code of 2017 rests on the law that was in force then', () => {
  expect(chargeFor('HN', 'HOMICIDE', '2020-06-24')?.statuteId).toBe('HN:CP1983:116')
  expect(chargeFor('HN', 'HOMICIDE', '2020-06-25')?.statuteId).toBe('HN:CP:192')
  expect(chargeFor('HN', 'DRUG_TRAFFICKING', '2019-03-01')?.statuteId).toBe('HN:D126-89:18')
})

it('Guatemala has no article on entering a computer system, so that dual criminality is not always satisfied', () => {
  expect(chargeFor('GT', 'COMPUTER_ACCESS', TODAY)).toBeNull()
  expect(chargeFor('SV', 'COMPUTER_ACCESS', TODAY)).not.toBeNull()
})

describe.each(COUNTRIES)('the law of %s', (country) => {
  it('has one provision for each conduct on each day, and ids that the contract accepts', () => {
    for (const { key } of CONDUCTS) {
      for (const day of ['2019-01-01', TODAY]) {
        const inForce = provisionsIn(country).filter(
          ({ conducts, law }) =>
            conducts.includes(key) &&
            (law.inForceFrom ?? '') <= day &&
            (law.repealedOn === null || day < law.repealedOn),
        )
        expect(inForce.length, `${key} on ${day}`).toBeLessThanOrEqual(1)
      }
    }
    const ids = statuteRows(country).map(({ id }) => String(id))
    expect(ids.filter((id) => !isRecordId(id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('says of each provision where it was seen, or that it was not checked', () => {
    for (const provision of provisionsIn(country)) {
      const source = provision.source ?? provision.law.source
      expect(source).toMatch(/^https?:\/\//)
      if (provision.article === null) expect(provision.checked).toBe('NOTHING')
    }
    for (const { body } of statuteRows(country))
      expect(body).toMatch(new RegExp(`^${LAW_CARD}.*(comprobad|sin comprobar)`))
  })
})

it('a country whose law the demo does not know has an invented law without numbers', () => {
  const rows = statuteRows('NI')
  expect(rows.length).toBeGreaterThan(10)
  expect(rows.every(({ section, body }) => section === null && String(body).endsWith('Todo es inventado.'))).toBe(true)
  expect(chargeFor('NI', 'EXTORTION', TODAY)).toEqual({ statuteId: 'NI:CP:extorsion', heading: 'Extorsión' })
})
