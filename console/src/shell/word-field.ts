import type { TFunction } from 'i18next'

/** The words of the page for a field of the graph, by coordinate. */
export const FIELD_WORDS: Readonly<Record<string, string>> = {
  'Case.caseTrackingId': 'case.tracking',
  'Case.category': 'case.stage',
  'Case.closedOn': 'case.closed',
  'Case.court': 'case.court',
  'Case.filedOn': 'case.filed',
  'Case.linkedCases': 'case.linked',
  'Case.mlaRequests': 'case.assistance',
  'Case.narrative': 'case.narrative',
  'Case.offences': 'case.offences',
  'Case.participants': 'case.participants',
  'Case.provenance': 'common.handling',
  'Case.status': 'case.status',
  'Case.subdivision': 'case.place',
  'Person.addresses': 'person.addresses',
  'Person.associates': 'person.associates',
  'Person.birthDate': 'common.birthDate',
  'Person.cases': 'person.cases',
  'Person.identifiers': 'person.identifiers',
  'Person.memberships': 'person.groups',
  'Person.names': 'common.name',
  'Person.nationalities': 'person.nationalities',
  'Person.provenance': 'common.handling',
  'Person.sameAs': 'person.identities',
  'Person.sex': 'person.sex',
  'Person.warrants': 'person.warrants',
  'Query.case': 'rooms.case',
  'Query.caseCounts': 'rooms.counts',
  'Query.cases': 'rooms.cases',
  'Query.person': 'rooms.person',
  'Query.personListHits': 'rooms.lists',
  'Query.persons': 'rooms.search',
}

/** Names a field as the page does, with its coordinate. A field that has no words keeps its coordinate. */
export function wordField(t: TFunction, coordinate: string): string {
  const key = FIELD_WORDS[coordinate]
  return key === undefined ? coordinate : `${t(key)} (${coordinate})`
}
