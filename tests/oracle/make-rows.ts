import { iccsLevel, iccsParent } from '../../contract/iccs.ts'
import type { Dice } from './dice.ts'
import { DATES, ICCS_CODES, makeValues } from './plain-values.ts'
import {
  type CaseRow,
  DOMAIN_OF_ROWS,
  type IccsRow,
  type InstrumentRow,
  type MlaRow,
  type PersonRow,
  type ProvenanceValues,
  type Publishers,
  publishersOf,
  type Rows,
  type StatuteRow,
  type WarrantRow,
} from './rows.ts'

/** Few ids, so that they collide across types and countries. The last two sort differently by UTF-8 bytes and by UTF-16 units. */
const LOCAL_IDS = ['1', '2', '3', '10', 'Ñ-4', '\uffa1', '\u{10400}'] as const
/** The classes that each participant publishes, with words that searches find in one title or in both. */
export const ICCS_CLASSES: readonly IccsRow[] = ICCS_CODES.map((code) => ({
  code,
  level: iccsLevel(code) ?? 0,
  parent: iccsParent(code),
  titleEn: code.startsWith('01') ? 'Intentional homicide' : 'Acts of theft',
  titleEs: code.startsWith('01') ? 'Homicidio intencional' : 'Actos de robo',
}))
/** Times of recording, so that a filter by them divides the rows. */
export const TIMES = ['2024-03-14T09:26:52.999Z', '2024-03-14T09:26:53.000Z', '2024-03-15T00:00:00.000Z'] as const
/** Names that are equal after folding. */
export const NAMES = ['José Peña Muñoz', 'Jose Pena', 'María Ángela López', 'Lopez Maria', 'Iñigo Núñez'] as const
/** The codes that the contract's tables list; those of one world are in {@link PUBLISHER_SETS}. */
export const ALL_COUNTRIES = ['GT', 'HN', 'SV', 'PA', 'NI', 'CR', 'UN'] as const

/** What the functions below make rows from: the participants, and ids to refer to. */
interface Making {
  readonly dice: Dice
  readonly countries: readonly string[]
  /** Returns an id of any participant. The row need not exist. */
  anyId(): string
  /** Returns an id of this country. */
  ownId(country: string): string
}

/** Makes random rows of the participants. */
export function makeRows(dice: Dice, publishers: Publishers): Rows {
  const countries = Object.keys(publishers)
  const ownId = (country: string): string =>
    `${country}:${dice.pick(LOCAL_IDS.slice(0, dice.oneIn(2) ? undefined : 3))}`
  const making: Making = { dice, countries, ownId, anyId: () => ownId(dice.pick(countries)) }
  const of = <Row extends { readonly id: string }>(
    type: keyof Rows,
    max: number,
    make: (country: string, making: Making) => Row,
  ): readonly Row[] => {
    const byId = new Map<string, Row>()
    for (const country of publishersOf(publishers, DOMAIN_OF_ROWS[type])) {
      for (const row of dice.many(0, max, () => make(country, making))) byId.set(row.id, row)
    }
    return [...byId.values()]
  }
  const cases = of('cases', 6, makeCase)
  return {
    cases: cases.map((row) => ({
      ...row,
      participants: row.participants.map((one, i) => ({ ...one, rowId: `${row.id}/${i}` })),
    })),
    warrants: of('warrants', 4, (country, using) => makeWarrant(country, using, cases)),
    persons: of('persons', 4, makePerson),
    statutes: of('statutes', 3, makeStatute),
    instruments: of('instruments', 2, makeInstrument),
    mlaRequests: of('mlaRequests', 5, makeMla),
  }
}

function makeCase(country: string, { dice, ownId, anyId }: Making): CaseRow {
  return {
    ...makeValues('cases', dice),
    id: ownId(country),
    category: dice.orNull(3, () => dice.pick(['COMPLAINT', 'COURT'])),
    status: dice.orNull(3, () => dice.pick(['OPEN', 'CHARGED', 'ARCHIVED'])),
    filedOn: dice.orNull(3, () => dice.pick(DATES)),
    subdivision: dice.orNull(3, () => dice.pick(['GT-GU', 'HN-CR'])),
    offences: dice.many(0, 2, () => ({
      iccs: dice.pick(ICCS_CODES),
      nationalLabel: dice.pick(['robo', 'homicidio']),
      statuteId: dice.orNull(4, () => ownId(country)),
      attempted: dice.orNull(3, () => dice.oneIn(2)),
      committedFrom: dice.orNull(3, () => dice.pick(DATES)),
      committedTo: null,
      organisedCrime: dice.orNull(3, () => dice.oneIn(2)),
      disposition: dice.orNull(3, () => dice.pick(['PENDING', 'CONVICTED'])),
    })),
    participants: dice.many(0, 3, () => ({
      rowId: '',
      role: dice.pick(['SUSPECT', 'ACCUSED', 'WITNESS', 'VICTIM']),
      personId: dice.orNull(8, anyId),
      since: dice.orNull(3, () => dice.pick(DATES)),
      until: null,
    })),
    linkedIds: distinct(dice.many(0, 3, anyId)),
    provenance: makeProvenance(dice),
  }
}

function makeWarrant(country: string, { dice, ownId, anyId }: Making, cases: readonly CaseRow[]): WarrantRow {
  const ownCases = cases.filter((row) => row.id.startsWith(`${country}:`))
  return {
    ...makeValues('warrants', dice),
    id: ownId(country),
    caseId: ownCases.length === 0 ? null : dice.orNull(5, () => dice.pick(ownCases).id),
    category: dice.pick(['ARREST', 'SEARCH']),
    status: dice.pick(['ACTIVE', 'EXECUTED']),
    issuedOn: dice.pick(DATES),
    expiresOn: dice.orNull(2, () => dice.pick(DATES)),
    issuingCourt: dice.orNull(3, () => 'Juzgado Primero'),
    subjectId: dice.orNull(5, anyId),
    extraditionRequested: dice.orNull(3, () => dice.oneIn(2)),
    provenance: makeProvenance(dice),
  }
}

function makePerson(country: string, { dice, countries, ownId, anyId }: Making): PersonRow {
  const id = ownId(country)
  const foreign = (): string => anyId()
  return {
    ...makeValues('persons', dice),
    id,
    names: dice.many(0, 2, () => ({
      category: dice.pick(['LEGAL', 'ALIAS']),
      full: dice.pick(NAMES),
      givenNames: dice.orNull(3, () => ['José']),
      surnames: dice.orNull(3, () => ['Peña', 'Muñoz']),
    })),
    birthDate: dice.orNull(3, () => dice.pick(DATES)),
    birthPlace: dice.orNull(3, () => 'Cobán'),
    sex: dice.orNull(3, () => dice.pick(['F', 'M', 'X', 'U'])),
    nationalities: dice.orNull(3, () => dice.many(0, 2, () => dice.pick(['GT', 'HN']))),
    identifiers: dice.many(0, 2, () => ({
      ...dice.pick([
        { category: 'PASSPORT' as const, value: 'A-1 23' },
        { category: 'NATIONAL_ID' as const, value: 'B9' },
        { category: 'TELEPHONE' as const, value: '+50255551234' },
        { category: 'VEHICLE_PLATE' as const, value: 'B9' },
      ]),
      jurisdiction: dice.pick(['GT', 'HN']),
      issuedOn: null,
      expiresOn: dice.orNull(2, () => dice.pick(DATES)),
    })),
    addresses: dice.many(0, 1, () => ({
      line: dice.orNull(3, () => '1a avenida 2-3'),
      subdivision: null,
      country: dice.pick(['GT', 'HN']),
    })),
    associates: dice.many(0, 2, (i) => ({
      rowId: `${id}/${i}`,
      personId: dice.orNull(6, anyId),
      relationship: dice.pick(['hermano', 'socio']),
      provenance: makeProvenance(dice),
    })),
    memberships: dice.many(0, 1, () => ({
      group: 'grupo',
      role: dice.orNull(2, () => 'jefe'),
      since: null,
      until: null,
    })),
    sameAsIds:
      countries.length > 1
        ? distinct(dice.many(0, 3, foreign)).filter((other) => !other.startsWith(`${country}:`))
        : [],
    provenance: makeProvenance(dice),
  }
}

function makeStatute(country: string, { dice, ownId }: Making): StatuteRow {
  return {
    ...makeValues('statutes', dice),
    id: ownId(country),
    code: dice.orNull(3, () => 'CP'),
    section: dice.orNull(3, () => '407'),
    heading: dice.orNull(3, () => 'Robo'),
    text: dice.orNull(3, () => 'Quien …'),
    iccs: dice.orNull(5, () => distinct(dice.many(0, 3, () => dice.pick(ICCS_CODES)))),
    maxPenaltyMonths: dice.orNull(4, () => dice.pick([0, 47, 48, 120])),
    inForceFrom: dice.orNull(3, () => dice.pick(DATES)),
    repealedOn: dice.oneIn(4) ? dice.pick(DATES) : null,
  }
}

function makeInstrument(country: string, { dice, ownId }: Making): InstrumentRow {
  return {
    ...makeValues('instruments', dice),
    id: ownId(country),
    title: dice.orNull(3, () => 'Convención'),
    kind: dice.orNull(3, () => dice.pick(['TREATY', 'BILATERAL'])),
    adoptedOn: dice.orNull(3, () => dice.pick(DATES)),
    articles: dice.many(0, 3, (i) => ({
      number: String(i + 9),
      heading: dice.orNull(2, () => 'Objeto'),
      text: 'Los Estados …',
    })),
    participations: dice.subset(ALL_COUNTRIES).map((country) => ({
      country,
      signedOn: dice.orNull(2, () => dice.pick(DATES)),
      boundOn: dice.orNull(3, () => dice.pick(DATES)),
      action: dice.orNull(2, () => dice.pick(['RATIFICATION', 'ACCESSION'])),
    })),
  }
}

function makeMla(country: string, { dice, countries, ownId, anyId }: Making): MlaRow {
  return {
    ...makeValues('mlaRequests', dice),
    id: ownId(country),
    requestedCountry: dice.pick(countries),
    requestingAuthority: dice.orNull(3, () => 'MP'),
    legalBasisId: dice.orNull(3, anyId),
    legalBasisArticle: dice.orNull(2, () => '18'),
    caseId: dice.orNull(3, () => ownId(country)),
    concernIds: distinct(dice.many(0, 2, anyId)).filter((other) => !other.startsWith(`${country}:`)),
    measures: dice.many(0, 2, () => dice.pick(['TAKE_EVIDENCE', 'BANK_RECORDS'])),
    urgency: dice.pick(['ROUTINE', 'URGENT']),
    status: dice.pick(['DRAFT', 'TRANSMITTED', 'GRANTED']),
    provenance: makeProvenance(dice),
  }
}

function makeProvenance(dice: Dice): ProvenanceValues {
  return {
    agency: 'MP',
    handling: dice.subset(['H0', 'H2']),
    handlingNote: dice.orNull(2, () => 'nota'),
    sourceReliability: dice.orNull(2, () => dice.pick(['A', 'X'])),
    informationAccuracy: dice.orNull(2, () => dice.pick(['ONE', 'FOUR'])),
    recordedAt: dice.pick(TIMES),
    reviewBy: dice.orNull(2, () => dice.pick(DATES)),
    synthetic: true,
  }
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Set(items)]
}
