import { describe, expect, it } from 'vitest'
import type { DossierPerson, PersonCaseRow } from '../../documents/types.ts'
import { createFormats } from '../../shell/formats.ts'
import type { FileWords } from '../file-words.ts'
import { listDossierLines } from './list-dossier-lines.ts'
import { joinCases } from './use-dossier.ts'

const words: FileWords = {
  t: (key, values) => (values === undefined || 'defaultValue' in values ? key : `${key}${JSON.stringify(values)}`),
  language: 'es',
  formats: createFormats('es', 'UTC'),
}

const end = { hasNextPage: false, endCursor: null }
const PERSON: DossierPerson = {
  ...{ id: 'GT:P-1', country: 'GT', birthDate: '1980-03-04', birthPlace: 'PLACE', sex: 'M', nationalities: ['HN'] },
  names: [{ category: 'LEGAL', full: 'NAME' }],
  provenance: {
    agency: 'AGENCY',
    handling: ['H2'],
    handlingNote: null,
    recordedAt: '2024-02-02T00:00:00Z',
    synthetic: true,
  },
  sameAs: [{ id: 'HN:P-2', country: 'HN', names: null }],
  identifiers: [{ category: 'PASSPORT', jurisdiction: 'SV', value: 'NUMBER', expiresOn: null }],
  addresses: [{ country: 'GT', subdivision: 'GT-13', line: 'STREET' }],
  memberships: [{ group: 'GROUP', role: 'ROLE', since: null, until: null }],
  associates: { edges: [{ cursor: '', node: { relationship: 'COUSIN', person: null } }], pageInfo: end },
  warrants: {
    edges: [
      {
        cursor: '',
        node: {
          ...{
            id: 'GT:W-1',
            country: 'GT',
            category: 'ARREST',
            status: 'ACTIVE',
            issuedOn: '2023-05-06',
            expiresOn: null,
          },
          ...{ issuingCourt: 'COURT', extraditionRequested: null },
        },
      },
    ],
    pageInfo: end,
    outcomes: [],
  },
}
const caseRow = {
  ...{ id: 'GT:MP001-1', country: 'GT', caseTrackingId: null, filedOn: '2022-01-02', closedOn: null, status: 'OPEN' },
  ...{ category: null, subdivision: null, offences: null, provenance: null, participants: null },
}

const textOf = (lines: ReturnType<typeof listDossierLines>): string =>
  lines.map(({ label, value }) => `${label}: ${value}`).join('\n')

describe('joinCases', () => {
  const participants = (...edges: readonly (readonly [role: string, id: string])[]) => ({
    edges: edges.map(([role, id]) => ({ node: { role, person: { id } } })),
  })
  const rolesOf = (row: PersonCaseRow) => joinCases(['GT:P-1', 'HN:P-2'], [[row], []])[0]?.roles

  it('says in what quality a case names the person, under any identity, apart from what is hidden or not said', () => {
    const others = participants(
      ['WITNESS', 'SV:P-9'],
      ['ACCUSED', 'HN:P-2'],
      ['SUBJECT', 'GT:P-1'],
      ['ACCUSED', 'GT:P-1'],
    )
    expect(rolesOf({ ...caseRow, participants: others })).toEqual(['ACCUSED', 'SUBJECT'])
    expect(rolesOf({ ...caseRow, participants: participants(['WITNESS', 'SV:P-9']) })).toEqual([])
    expect(rolesOf(caseRow)).toBeNull()
  })
})

describe('listDossierLines', () => {
  it('says all of each identity, who says that they are the same, the cases and the timeline', () => {
    const text = textOf(
      listDossierLines(
        {
          persons: new Map([
            ['GT:P-1', PERSON],
            ['HN:P-2', null],
          ]),
          said: new Map([['GT:P-1', ['HN:P-2']]]),
          cases: [{ row: caseRow, identities: ['GT:P-1'], roles: ['ACCUSED'] }],
          answers: [],
        },
        words,
      ),
    )
    for (const part of [
      ...['Guatemala · GT:P-1', 'NAME', '1980', 'PLACE', 'sex.M', 'Honduras', 'category.PASSPORT, El Salvador: NUMBER'],
      ...[
        'STREET, Huehuetenango (GT-13), Guatemala',
        'GROUP: ROLE',
        'common.none (common.hidden): COUSIN',
        'GT:W-1, warrant.ARREST',
        'GT:MP001-1: case.role: role.ACCUSED',
      ],
      ...['H2 · common.synthetic', 'AGENCY', 'Honduras · HN:P-2', 'common.id: person.notFound', 'COURT'],
      ...['GT:MP001-1: ', 'common.hidden · GT:P-1 · common.hidden', 'person.event.warrant', 'person.event.born'],
    ]) {
      expect(text).toContain(part)
    }
  })

  it('tells what is hidden from what is empty', () => {
    const hidden = {
      ...PERSON,
      ...{ names: null, nationalities: null, provenance: null, identifiers: null, addresses: null },
      ...{ memberships: null, associates: null, warrants: null },
    }
    const of = (person: DossierPerson) =>
      listDossierLines({ persons: new Map([['GT:P-1', person]]), said: new Map(), cases: [], answers: [] }, words)
    expect(of(hidden).filter(({ value }) => value === 'common.hidden')).toHaveLength(9)
    const none = { edges: [], pageInfo: end, outcomes: [] }
    const empty = {
      ...PERSON,
      ...{
        names: [],
        nationalities: [],
        identifiers: [],
        addresses: [],
        memberships: [],
        associates: none,
        warrants: none,
      },
    }
    const lines = of(empty)
    expect(textOf(lines)).not.toContain('common.hidden')
    // Eight parts of the person, and no case.
    expect(lines.filter(({ value }) => value === 'common.none')).toHaveLength(9)
  })

  it('says of a record whose country did not answer that nobody knows, and of a date that is hidden that it is, beside the place', () => {
    const silent = { country: 'HN', domain: 'persons', reach: 'TIMED_OUT', code: null }
    const problem = {
      code: 'FORBIDDEN_BY_COUNTRY',
      country: 'GT',
      coordinate: 'Person.birthDate',
      message: '',
      path: [],
    }
    const answer = {
      ...{ operation: 'Dossier', data: {}, denied: [], requestId: null, at: 1, purpose: 'INVESTIGATION' },
      ...{ countries: [silent], problems: [problem] },
    }
    const persons = new Map([
      ['GT:P-1', { ...PERSON, birthDate: null }],
      ['HN:P-2', null],
    ])
    const text = textOf(listDossierLines({ persons, said: new Map(), cases: [], answers: [answer] }, words))
    expect(text).toContain('common.id: common.unanswered{"country":"Honduras"}')
    expect(text).toContain('common.birthDate: common.hidden; person.born')
  })
})
