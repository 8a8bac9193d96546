import { describe, expect, it } from 'vitest'
import type { CaseFile } from '../../documents/types.ts'
import { createFormats } from '../../shell/formats.ts'
import type { FileWords } from '../file-words.ts'
import { listCaseLines } from './list-case-lines.ts'

/** Words that are their keys, so that the test sees which one is there. */
const words: FileWords = {
  t: (key, values) => (values === undefined || 'defaultValue' in values ? key : `${key}${JSON.stringify(values)}`),
  language: 'es',
  formats: createFormats('es', 'UTC'),
}

const CASE: CaseFile = {
  ...{ id: 'GT:MP001-1', country: 'GT', caseTrackingId: 'TRACK', filedOn: '2024-02-01', closedOn: null },
  ...{ status: 'OPEN', category: 'COURT', subdivision: 'GT-13', court: 'COURT-ROOM', narrative: 'NARRATIVE' },
  offences: [
    {
      ...{ iccs: '0701', nationalLabel: 'LABEL', organisedCrime: true, attempted: true, disposition: null },
      statute: { id: 'GT:ART-1', heading: 'HEADING', untocSeriousCrime: true },
    },
  ],
  participants: {
    edges: [
      {
        cursor: '',
        node: {
          role: 'ACCUSED',
          since: null,
          person: { id: 'HN:P-9', country: 'HN', names: [{ category: 'LEGAL', full: 'NAME' }] },
        },
      },
      { cursor: '', node: { role: 'WITNESS', since: null, person: null } },
    ],
    pageInfo: { hasNextPage: true, endCursor: 'x' },
  },
  linkedCases: [{ id: 'SV:1', country: 'SV' }],
  mlaRequests: {
    edges: [
      {
        cursor: '',
        node: {
          ...{ id: 'GT:MLA-1', status: 'GRANTED', requestedCountry: 'SV', legalBasisArticle: '18' },
          legalBasis: { id: 'UN:1', title: 'TREATY', titleEs: null },
        },
      },
    ],
    pageInfo: { hasNextPage: false, endCursor: null },
    outcomes: [],
  },
  provenance: {
    agency: 'MP',
    handling: ['H1', 'H2'],
    handlingNote: 'NOTE',
    recordedAt: '2024-02-02T00:00:00Z',
    synthetic: false,
  },
}

/** An answer in which no rule hides anything. */
const ANSWER = { problems: [] }

describe('listCaseLines', () => {
  it('says all that the case says, under its headings', () => {
    const text = listCaseLines(CASE, ANSWER, words)
      .map(({ label, value }) => `${label}: ${value}`)
      .join('\n')
    for (const part of [
      ...[
        'GT:MP001-1',
        'TRACK',
        '2024',
        'status.OPEN',
        'stage.COURT',
        'Huehuetenango (GT-13)',
        'COURT-ROOM',
        'NARRATIVE',
        '0701: LABEL',
      ],
      ...[
        'GT:ART-1 HEADING',
        'law.serious',
        'case.organised',
        'case.attempted',
        'role.ACCUSED: NAME · HN:P-9 · Honduras',
      ],
      ...[
        'role.WITNESS: common.hidden',
        'common.rowsMore{"count":2,"shown":2}',
        'SV:1',
        'GT:MLA-1: mla.GRANTED',
        'TREATY, case.article{"number":"18"}',
      ],
      ...['El Salvador', 'H1 · H2 · NOTE'],
    ]) {
      expect(text).toContain(part)
    }
  })

  it('tells what is hidden from what is empty', () => {
    const hidden = listCaseLines(
      { ...CASE, offences: null, participants: null, mlaRequests: null, linkedCases: null, provenance: null },
      ANSWER,
      words,
    )
    expect(hidden.filter(({ label, value }) => `${label}${value}`.includes('common.hidden'))).toHaveLength(5)
    const none = { edges: [], pageInfo: { hasNextPage: false, endCursor: null }, outcomes: [] }
    const empty = listCaseLines(
      { ...CASE, offences: [], participants: none, mlaRequests: none, linkedCases: [] },
      ANSWER,
      words,
    )
    expect(empty.filter(({ label, value }) => `${label}${value}`.includes('common.hidden'))).toEqual([])
    expect(empty.filter(({ label }) => label.startsWith('common.none'))).toHaveLength(3)
  })

  it('says that a rule hides the narrative, and not that there is none', () => {
    const hiding = {
      message: 'm',
      path: [],
      code: 'UNAUTHORIZED_FIELD_OR_TYPE',
      country: null,
      coordinate: 'Case.narrative',
    }
    const of = (problems: readonly (typeof hiding)[]) =>
      listCaseLines({ ...CASE, narrative: null, court: null }, { problems }, words).flatMap(({ label, value }) =>
        label === 'case.narrative' || label === 'case.court' ? [value] : [],
      )
    expect(of([hiding])).toEqual(['common.none', 'common.hidden'])
    expect(of([])).toEqual(['common.none', 'common.none'])
  })
})
