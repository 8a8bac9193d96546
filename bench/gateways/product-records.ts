/**
 * What countries know of the persons in README's question, computed from ids. Each country has two cases about each person, which name a person of the next
 * country, a law of its own, and a request for assistance. The id of a record is `CC:KIND-NUMBER`; the id of anything else says what it belongs to.
 */
import { descendingDateKey, encodeCursor } from '../../contract/cursor.ts'
import type { Records, Ref, Value } from './records.ts'

/** The countries, of which an operation asks the first ones. Each is a code of ISO 3166-1. */
export const ALL_COUNTRIES = [
  ...['GT', 'HN', 'SV', 'NI', 'CR', 'PA', 'MX', 'BZ', 'DO', 'CU'],
  ...['CO', 'VE', 'EC', 'PE', 'BO', 'CL', 'AR', 'UY', 'PY', 'BR'],
  ...['US', 'CA', 'JM', 'HT', 'GY', 'SR', 'TT', 'BB', 'BS', 'GD'],
  ...['ES', 'PT', 'FR', 'IT', 'DE', 'NL', 'BE', 'LU', 'CH', 'AT'],
  ...['GB', 'IE', 'DK', 'SE', 'NO', 'FI', 'IS', 'EE', 'LV', 'LT'],
  ...['PL', 'CZ', 'SK', 'HU', 'RO', 'BG', 'GR', 'HR', 'SI', 'RS'],
  ...['AL', 'MK', 'ME', 'BA', 'CY', 'MT', 'TR', 'UA', 'MD', 'GE'],
  ...['AM', 'AZ', 'KZ', 'UZ', 'KG', 'TJ', 'MN', 'CN', 'JP', 'KR'],
  ...['VN', 'TH', 'LA', 'KH', 'MY', 'SG', 'ID', 'PH', 'IN', 'LK'],
  ...['NP', 'BD', 'PK', 'AU', 'NZ', 'FJ', 'ZA', 'KE', 'NG', 'GH'],
] as const

/** The country that does not let the officers of the dress read its requests for assistance. */
export const STRICT_COUNTRY = 'HN'

/** How many cases each country has about a person. */
const CASES = 2

const ref = (type: string, id: string): Ref => ({ type, id })
const countryOf = (id: string): string => id.slice(0, 2)
const numberOf = (id: string): number => Number(/-(\d+)/.exec(id)?.[1])
const filedOnOf = (id: string): string => {
  const day = (numberOf(id) * 7 + Number(id.at(-1)) * 3 + id.charCodeAt(0) + id.charCodeAt(1)) % 28
  return `2024-0${1 + (numberOf(id) % 9)}-${String(day + 1).padStart(2, '0')}`
}
const cursorOf = (order: string, key: string, id: string): string => encodeCursor({ order, key, id })
const noPage = ref('PageInfo', '')

/** Returns the cases that a country has about a person, the latest first. */
export function listCases(country: string, person: string): readonly string[] {
  const ids = Array.from({ length: CASES }, (_, at) => `${country}:C-${numberOf(person)}-${at}`)
  return ids.sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))
}

/** Returns the place of a case in the order of all cases. */
export function placeOf(id: string): string {
  return `${descendingDateKey(filedOnOf(id))} ${id}`
}

/** Returns the country that comes after another one, among the first `count`. */
function neighbourOf(country: string, count: number): string {
  const at = (ALL_COUNTRIES as readonly string[]).indexOf(country)
  return ALL_COUNTRIES[(at + 1) % count] ?? country
}

type Fields = Readonly<Record<string, (id: string) => Value>>

/** Returns the records of one country, if the first `count` countries take part. */
export function recordsOf(country: string, count: number): Records {
  const fields: Readonly<Record<string, Fields>> = {
    ...personFields(country, count),
    ...caseFields(count),
    ...legalFields(country),
  }
  return {
    rootTypes: { person: 'Person' },
    fieldOf({ type, id }, field) {
      const value = fields[type]?.[field]?.(id)
      if (value === undefined) throw new Error(`expected a field of README's question; came ${type}.${field}`)
      return value
    },
  }
}

function personFields(country: string, count: number): Readonly<Record<string, Fields>> {
  return {
    Person: {
      country: countryOf,
      names: (id) => [ref('PersonName', id)],
      sameAs: (id) => [ref('Person', `${neighbourOf(countryOf(id), count)}:P-${numberOf(id)}`)],
      cases: (id) => ref('CaseConnection', id),
    },
    PersonName: { category: () => 'LEGAL', full: (id) => `Nombre de ${id}` },
    CaseConnection: {
      edges: (id) => listCases(country, id).map((one) => ref('CaseEdge', one)),
      pageInfo: () => noPage,
      outcomes: () => [],
    },
    CaseEdge: {
      cursor: (id) => cursorOf('FILED_ON_DESC', descendingDateKey(filedOnOf(id)), id),
      node: (id) => ref('Case', id),
    },
    PageInfo: {
      hasNextPage: () => false,
      hasPreviousPage: () => false,
      startCursor: () => null,
      endCursor: () => null,
    },
  }
}

function caseFields(count: number): Readonly<Record<string, Fields>> {
  return {
    Case: {
      country: countryOf,
      caseTrackingId: (id) => `Expediente ${id}`,
      filedOn: filedOnOf,
      offences: (id) => [ref('Offence', id)],
      participants: (id) => ref('ParticipantConnection', id),
      mlaRequests: (id) => ref('MlaConnection', id),
    },
    Offence: {
      iccs: () => '0703',
      nationalLabel: (id) => `Cohecho, ${id}`,
      statute: (id) => ref('Statute', `${countryOf(id)}:S-${numberOf(id) % 50}`),
    },
    ParticipantConnection: { edges: (id) => [ref('ParticipantEdge', id)], pageInfo: () => noPage },
    ParticipantEdge: { cursor: (id) => cursorOf('ROW_ASC', '', id), node: (id) => ref('Participant', id) },
    Participant: {
      role: () => 'ACCUSED',
      person: (id) => ref('Person', `${neighbourOf(countryOf(id), count)}:P-${numberOf(id) + 1_000}`),
    },
  }
}

function legalFields(country: string): Readonly<Record<string, Fields>> {
  return {
    Statute: { heading: (id) => `Artículo ${id}`, untocSeriousCrime: (id) => numberOf(id) % 2 === 0 },
    MlaConnection: {
      edges: (id) => (countryOf(id) === country ? [ref('MlaEdge', id)] : []),
      pageInfo: () => noPage,
      outcomes: () => [],
    },
    MlaEdge: {
      cursor: (id) => cursorOf('ID_ASC', requestOf(id), requestOf(id)),
      node: (id) => ref('MutualLegalAssistanceRequest', requestOf(id)),
    },
    MutualLegalAssistanceRequest: {
      status: () => 'GRANTED',
      legalBasis: (id) => ref('LegalInstrument', `${countryOf(id)}:I-${numberOf(id) % 20}`),
    },
    LegalInstrument: { title: (id) => `Tratado ${id}` },
  }
}

const requestOf = (id: string): string => id.replace(':C-', ':A-')
