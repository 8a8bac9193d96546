import { describe, expect, it } from 'vitest'
import type { DossierPerson, PersonCaseRow } from '../../documents/types.ts'
import { toLines } from '../../export/file-line.ts'
import { createFormats } from '../../shell/formats.ts'
import type { FileWords } from '../file-words.ts'
import { groupByQuality } from './case-words.ts'
import { findDifferent } from './compare-facts.ts'
import { type ListedDossier, listDossierParts } from './list-dossier-parts.ts'
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

const list = (dossier: Partial<ListedDossier>, contacts: Readonly<Record<string, string>> = {}) =>
  toLines(
    listDossierParts(
      { persons: new Map(), said: new Map(), cases: [], answers: [], ...dossier },
      new Map(Object.entries(contacts)),
      words,
    ),
  )

const textOf = (lines: ReturnType<typeof list>): string =>
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

describe('listDossierParts', () => {
  const offence = { iccs: '07041', nationalLabel: 'MONEY', organisedCrime: null }
  const row = { ...caseRow, subdivision: 'GT-13', category: 'COURT', offences: [offence, { ...offence, iccs: '0701' }] }

  it('says the warrants first, then all of each identity, who says that they are the same, the cases, the timeline and whom to ask', () => {
    const persons = new Map([
      ['GT:P-1', PERSON],
      ['HN:P-2', null],
    ])
    const said = new Map([['GT:P-1', ['HN:P-2']]])
    const cases = [{ row, identities: ['GT:P-1'], roles: ['ACCUSED'] }]
    const text = textOf(list({ persons, said, cases }, { GT: 'CONTACT' }))
    for (const part of [
      ...[
        'person.same',
        'HN:P-2: Guatemala',
        'NAME',
        '1980',
        'PLACE',
        'sex.M',
        'category.PASSPORT, El Salvador: NUMBER',
      ],
      ...['STREET, Huehuetenango (GT-13), Guatemala', 'GROUP: ROLE', 'common.none (common.hidden): COUSIN'],
      ...['GT:W-1, warrant.ARREST', 'H2', 'AGENCY', 'HN:P-2: person.notFound', 'COURT'],
      ...['GT:MP001-1: case.filed: 2022-01-02', 'MONEY', 'Huehuetenango (GT-13)', 'Stage.COURT', 'Role.ACCUSED'],
      ...['person.event.warrant', '2022-01-02: common.country: Guatemala · person.happened: MONEY, Huehuetenango'],
      'Guatemala: person.agency: AGENCY · lists.contact: CONTACT',
    ]) {
      expect(text).toContain(part)
    }
    expect(text.indexOf('person.warrants:')).toBeLessThan(text.indexOf('person.identities'))
  })

  it('tells what is hidden from what is empty', () => {
    const hidden = {
      ...PERSON,
      ...{ names: null, nationalities: null, provenance: null, identifiers: null, addresses: null },
      ...{ memberships: null, associates: null, warrants: null },
    }
    const of = (person: DossierPerson) => list({ persons: new Map([['GT:P-1', person]]) })
    const folded = of(hidden).filter(({ value }) => value === 'GT:P-1: common.hidden')
    expect(folded.map(({ label }) => label.split(', ').length)).toEqual([10])
    const none = { edges: [], pageInfo: end, outcomes: [] }
    const empty = {
      ...PERSON,
      ...{ names: [], nationalities: [], identifiers: [], addresses: [], memberships: [], associates: none },
      warrants: none,
    }
    expect(textOf(of(empty))).not.toContain('common.hidden')
    // Eight parts of the person, and nobody who says that they are somebody else.
    expect(of(empty).filter(({ value }) => value === 'GT:P-1: common.none')).toHaveLength(9)
  })

  it('says of a record whose country did not answer that nobody knows, and of a date that is hidden that it is', () => {
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
    const text = textOf(list({ persons, answers: [answer] }))
    expect(text).toContain('common.unanswered{"country":"Honduras"}')
    expect(text).toContain('common.birthDate: GT:P-1: common.hidden')
    expect(text).toContain('person.warrantsUnknown')
  })
})

describe('findDifferent', () => {
  it.each([
    ['the one that is not as most are', [['A'], ['B'], ['A']], [false, true, false]],
    ['all, if there is no majority', [['A'], ['B']], [true, true]],
    ['none, if only accents differ', [['Ramírez'], ['Ramirez'], ['RAMIREZ']], [false, false, false]],
    ['none of those that are hidden, empty or not there', [['A'], null, [], undefined], [false, false, false, false]],
  ])('marks %s', (_, cells, marks) => {
    expect(findDifferent(cells)).toEqual(marks)
  })
})

describe('groupByQuality', () => {
  it('counts each open case once, in the weightiest quality in which it names the person', () => {
    const of = (id: string, roles: readonly string[] | null, closedOn: string | null = null) => {
      return { row: { ...caseRow, id, closedOn }, identities: [], roles }
    }
    const cases = [
      of('1', null),
      of('2', ['SUBJECT', 'ACCUSED']),
      of('3', ['SUSPECT']),
      of('4', ['ACCUSED'], '2024-01-01'),
    ]
    expect(groupByQuality(cases).map(({ quality, rows }) => [quality, rows.map(({ id }) => id)])).toEqual([
      ['ACCUSED', ['2']],
      ['SUSPECT', ['3']],
      [null, ['1']],
    ])
  })
})
