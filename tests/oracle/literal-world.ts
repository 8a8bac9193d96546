import { makeNothing } from './plain-values.ts'
import type {
  CaseRow,
  IdentifierRow,
  InstrumentRow,
  MlaRow,
  PersonRow,
  ProvenanceValues,
  StatuteRow,
  WarrantRow,
  World,
} from './rows.ts'

/**
 * A world written by hand. In it each order has ties between countries, absent values, and ids that sort differently by UTF-8 bytes and by
 * UTF-16 units. orders.ts lists the expected order of its rows, row by row. The oracle and the gateway share their definition of an
 * order, so comparing them cannot find a wrong order.
 */

const PROVENANCE: ProvenanceValues = {
  agency: 'MP',
  handling: ['H0'],
  handlingNote: null,
  sourceReliability: null,
  informationAccuracy: null,
  recordedAt: '2024-03-14T09:26:53.000Z',
  reviewBy: null,
  synthetic: true,
}

function caseOf(id: string, filedOn: string | null, more: Partial<CaseRow> = {}): CaseRow {
  return {
    ...makeNothing('cases'),
    id,
    filedOn,
    category: null,
    status: null,
    subdivision: null,
    offences: [],
    participants: [],
    linkedIds: [],
    provenance: PROVENANCE,
    ...more,
  }
}

const participant = (rowId: string, personId: string, role = 'SUSPECT'): CaseRow['participants'][number] => ({
  rowId,
  role,
  personId,
  since: null,
  until: null,
})

const offence = (iccs: string): CaseRow['offences'][number] => ({
  iccs,
  nationalLabel: 'robo',
  statuteId: null,
  attempted: null,
  committedFrom: null,
  committedTo: null,
  organisedCrime: null,
  disposition: null,
})

function warrantOf(id: string, issuedOn: string): WarrantRow {
  return {
    id,
    issuedOn,
    caseId: null,
    category: 'ARREST',
    status: 'ACTIVE',
    expiresOn: null,
    issuingCourt: null,
    subjectId: 'GT:1',
    extraditionRequested: null,
    provenance: PROVENANCE,
  }
}

function personOf(id: string, full: string, more: Partial<PersonRow> = {}): PersonRow {
  return {
    id,
    names: [{ category: 'LEGAL', full, givenNames: null, surnames: null }],
    birthDate: '1990-01-01',
    birthPlace: null,
    sex: null,
    nationalities: null,
    identifiers: [],
    addresses: [],
    associates: [],
    memberships: [],
    sameAsIds: [],
    provenance: PROVENANCE,
    ...more,
  }
}

const passport: IdentifierRow = {
  category: 'PASSPORT',
  jurisdiction: 'GT',
  value: 'A-1 23',
  issuedOn: null,
  expiresOn: null,
}

function statuteOf(id: string): StatuteRow {
  return {
    id,
    code: null,
    section: null,
    heading: null,
    text: null,
    iccs: ['0101'],
    maxPenaltyMonths: 48,
    inForceFrom: '2020-02-29',
    repealedOn: null,
  }
}

function instrumentOf(id: string, numbers: readonly string[]): InstrumentRow {
  const bound = (country: string): InstrumentRow['participations'][number] => ({
    country,
    signedOn: null,
    boundOn: '2020-02-29',
    action: 'RATIFICATION',
  })
  return {
    id,
    title: null,
    kind: 'TREATY',
    adoptedOn: null,
    articles: numbers.map((number) => ({ number, heading: null, text: 'texto' })),
    participations: ['SV', 'GT', 'HN'].map(bound),
  }
}

function requestOf(id: string): MlaRow {
  return {
    id,
    requestedCountry: 'GT',
    requestingAuthority: null,
    legalBasisId: null,
    legalBasisArticle: null,
    caseId: null,
    concernIds: ['GT:10'],
    measures: [],
    urgency: 'ROUTINE',
    status: 'GRANTED',
    provenance: PROVENANCE,
  }
}

/** The hand-written world. U+FFA1 comes before U+10400 by bytes, and after it by JavaScript's `<`. */
export const LITERAL_WORLD: World = {
  publishers: {
    SV: ['cases', 'persons', 'legal'],
    GT: ['cases', 'persons', 'legal'],
    HN: ['cases', 'persons', 'legal'],
    UN: ['legal'],
  },
  rows: {
    cases: [
      caseOf('GT:10', '2024-01-01', {
        offences: [offence('0201'), offence('0101')],
        linkedIds: ['HN:\u{10400}', 'HN:\uffa1', 'GT:9', 'GT:10'],
        participants: [participant('GT/9', 'GT:1'), participant('GT/10', 'HN:2'), participant('GT/1', 'SV:3')],
      }),
      caseOf('GT:9', null, { participants: [participant('GT/9/0', 'GT:1')] }),
      caseOf('HN:\u{10400}', '2024-01-02', { offences: [offence('0101')] }),
      caseOf('HN:\uffa1', '2024-01-02', { participants: [participant('HN/0', 'GT:1')] }),
      caseOf('HN:1', '1969-12-31', {
        offences: [offence('0502')],
        participants: [participant('HN/1', 'GT:1', 'VICTIM')],
      }),
      caseOf('SV:a', '2024-01-01', { offences: [offence('01')], participants: [participant('SV/0', 'GT:1')] }),
      caseOf('SV:A', '2024-01-01'),
      caseOf('SV:Ñ', null),
    ],
    warrants: [
      warrantOf('GT:2', '1969-12-31'),
      warrantOf('HN:2', '2024-01-02'),
      warrantOf('HN:10', '2024-01-02'),
      warrantOf('SV:1', '2024-01-02'),
      warrantOf('GT:1', '2024-01-01'),
    ],
    persons: [
      personOf('SV:1', 'José Peña'),
      personOf('HN:2', 'José Peña', { identifiers: [passport] }),
      personOf('GT:3', 'José Peña', { identifiers: [passport] }),
      personOf('GT:1', 'José Peña', {
        sameAsIds: ['SV:2', 'HN:10', 'HN:2'],
        associates: [
          { rowId: 'GT/b', personId: 'HN:2', relationship: 'socio', provenance: PROVENANCE },
          { rowId: 'GT/B', personId: 'GT:3', relationship: 'hermano', provenance: PROVENANCE },
          { rowId: 'GT/a', personId: 'SV:1', relationship: 'primo', provenance: PROVENANCE },
        ],
      }),
    ],
    statutes: [statuteOf('SV:CP:9'), statuteOf('GT:CP:10'), statuteOf('GT:CP:9'), statuteOf('HN:CP:1')],
    instruments: [instrumentOf('UN:b', ['1', '2', '10']), instrumentOf('UN:B', []), instrumentOf('GT:z', [])],
    mlaRequests: [requestOf('SV:2'), requestOf('SV:10'), requestOf('HN:3')],
  },
}
