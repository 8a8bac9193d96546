import { describe, expect, it } from 'vitest'
import type { DossierPerson, Warrant } from '../../documents/types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { findWarrants } from './find-warrants.ts'

const WARRANT: Warrant = {
  ...{ id: 'GT:W-1', country: 'GT', category: 'ARREST', status: 'ACTIVE', issuedOn: '2024-01-02', expiresOn: null },
  ...{ issuingCourt: null, extraditionRequested: null },
}

const PERSON: DossierPerson = {
  ...{ id: 'GT:P-1', country: 'GT', names: null, birthDate: null, birthPlace: null, sex: null, nationalities: null },
  ...{ provenance: null, sameAs: null, identifiers: null, addresses: null, memberships: null, associates: null },
  warrants: null,
}

const listOf = (warrants: readonly Warrant[], hasNextPage = false): DossierPerson => ({
  ...PERSON,
  warrants: {
    edges: warrants.map((node) => ({ cursor: '', node })),
    pageInfo: { hasNextPage, endCursor: null },
    outcomes: [],
  },
})

const answerOf = (country: string, reach: string): SessionAnswer<unknown> => ({
  ...{ operation: 'Dossier', data: {}, problems: [], denied: [], requestId: 'r', at: 0, purpose: 'PROSECUTION' },
  countries: [{ country, domain: 'persons', reach, code: null }],
})

describe('findWarrants', () => {
  it.each([
    ['one that is in force', listOf([WARRANT]), 'ANSWERED', { active: ['GT:W-1'], unknown: [], none: [] }],
    [
      'none, though one was carried out',
      listOf([{ ...WARRANT, status: 'EXECUTED' }]),
      'ANSWERED',
      { active: [], unknown: [], none: ['GT'] },
    ],
    ['that a list without warrants is none', listOf([]), 'ANSWERED', { active: [], unknown: [], none: ['GT'] }],
    ['that a hidden list is not none', PERSON, 'ANSWERED', { active: [], unknown: ['GT'], none: [] }],
    ['that an awaited record is not none', undefined, 'ANSWERED', { active: [], unknown: ['GT'], none: [] }],
    ['that a record that is not there is not none', null, 'ANSWERED', { active: [], unknown: ['GT'], none: [] }],
    [
      'that a country without an answer is not none',
      listOf([]),
      'TIMED_OUT',
      { active: [], unknown: ['GT'], none: [] },
    ],
    ['that a list with more is not none', listOf([], true), 'ANSWERED', { active: [], unknown: ['GT'], none: [] }],
  ])('says %s', (_, person, reach, expected) => {
    const { active, ...countries } = findWarrants({
      persons: new Map([['GT:P-1', person]]),
      answers: [answerOf('GT', reach)],
    })
    expect({ active: active.map(({ id }) => id), ...countries }).toEqual(expected)
  })

  it('counts a warrant once that two records of a person name, and tells the countries apart', () => {
    const persons = new Map([
      ['GT:P-1', listOf([WARRANT])],
      ['GT:P-2', listOf([WARRANT])],
      ['HN:P-1', listOf([])],
      ['SV:P-1', PERSON],
    ])
    const { active, unknown, none } = findWarrants({ persons, answers: [] })
    expect([active.length, unknown, none]).toEqual([1, ['SV'], ['HN']])
  })
})
