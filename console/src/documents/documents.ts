/**
 * The console's trusted documents. The text that is signed and sent is the file's text without white space at its end, so that gateways can allow
 * exactly these (`console/trusted-documents.json`).
 */
import type { ConsoleDocument } from '../session/session.ts'
import caseCounts from './case-counts.graphql?raw'
import caseFile from './case-file.graphql?raw'
import cases from './cases.graphql?raw'
import dossier from './dossier.graphql?raw'
import iccsTitles from './iccs-titles.graphql?raw'
import lawOfTwo from './law-of-two.graphql?raw'
import personCases from './person-cases.graphql?raw'
import personListHits from './person-list-hits.graphql?raw'
import personNetwork from './person-network.graphql?raw'
import searchPersons from './search-persons.graphql?raw'
import type * as Types from './types.ts'

function documentOf<Data, Variables extends object>(name: string, text: string): ConsoleDocument<Data, Variables> {
  return { name, text: text.trimEnd() }
}

/** Persons of each country whose record fits a search. */
export const SEARCH_PERSONS = documentOf<Types.SearchPersonsData, Types.SearchPersonsVariables>(
  'SearchPersons',
  searchPersons,
)

/** Classes of offences by words of their titles. */
export const ICCS_TITLES = documentOf<Types.IccsTitlesData, { readonly search: string }>('IccsTitles', iccsTitles)

/** One person, with what their country gives. */
export const DOSSIER = documentOf<Types.DossierData, { readonly id: string; readonly first: number }>(
  'Dossier',
  dossier,
)

/** Cases of each country that name a person. */
export const PERSON_CASES = documentOf<Types.PersonCasesData, Types.PersonCasesVariables>('PersonCases', personCases)

/** Cases of each country that fit a filter. */
export const CASES = documentOf<Types.CasesData, Types.CasesVariables>('Cases', cases)

/** One case. */
export const CASE_FILE = documentOf<Types.CaseFileData, { readonly id: string; readonly first: number }>(
  'CaseFile',
  caseFile,
)

/** The cases of a person and the persons in them. */
export const PERSON_NETWORK = documentOf<
  Types.PersonNetworkData,
  { readonly id: string; readonly cases: number; readonly participants: number }
>('PersonNetwork', personNetwork)

/** How many cases each country has, by class and period. */
export const CASE_COUNTS = documentOf<Types.CaseCountsData, Types.CaseCountsVariables>('CaseCounts', caseCounts)

/** Which countries know which persons of a list. */
export const PERSON_LIST_HITS = documentOf<
  Types.PersonListHitsData,
  { readonly searches: readonly Types.HitSearch[]; readonly countries: readonly string[] | null }
>('PersonListHits', personListHits)

/** The treaties that bind two countries, and whether a conduct is an offence in both. */
export const LAW_OF_TWO = documentOf<
  Types.LawOfTwoData,
  { readonly countries: readonly string[]; readonly iccs: string }
>('LawOfTwo', lawOfTwo)
