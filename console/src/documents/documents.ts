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
import type * as Types from './operation-types.ts'
import personCases from './person-cases.graphql?raw'
import personListHits from './person-list-hits.graphql?raw'
import personNetwork from './person-network.graphql?raw'
import searchPersons from './search-persons.graphql?raw'
import treatyArticles from './treaty-articles.graphql?raw'

/** Each variable is given, if only as null: what is signed says what was not asked. */
function documentOf<Data, Variables extends object>(
  name: string,
  text: string,
): ConsoleDocument<Data, Required<Variables>> {
  return { name, text: text.trimEnd() }
}

/** Persons of each country whose record fits a search. */
export const SEARCH_PERSONS = documentOf<Types.SearchPersonsQuery, Types.SearchPersonsQueryVariables>(
  'SearchPersons',
  searchPersons,
)

/** Classes of offences by words of their titles. */
export const ICCS_TITLES = documentOf<Types.IccsTitlesQuery, Types.IccsTitlesQueryVariables>('IccsTitles', iccsTitles)

/** One person, with what their country gives. */
export const DOSSIER = documentOf<Types.DossierQuery, Types.DossierQueryVariables>('Dossier', dossier)

/** Cases of each country that name a person. */
export const PERSON_CASES = documentOf<Types.PersonCasesQuery, Types.PersonCasesQueryVariables>(
  'PersonCases',
  personCases,
)

/** Cases of each country that fit a filter. */
export const CASES = documentOf<Types.CasesQuery, Types.CasesQueryVariables>('Cases', cases)

/** One case. */
export const CASE_FILE = documentOf<Types.CaseFileQuery, Types.CaseFileQueryVariables>('CaseFile', caseFile)

/** The cases of a person and the persons in them. */
export const PERSON_NETWORK = documentOf<Types.PersonNetworkQuery, Types.PersonNetworkQueryVariables>(
  'PersonNetwork',
  personNetwork,
)

/** How many cases each country has, by class and period. */
export const CASE_COUNTS = documentOf<Types.CaseCountsQuery, Types.CaseCountsQueryVariables>('CaseCounts', caseCounts)

/** Which countries know which persons of a list. */
export const PERSON_LIST_HITS = documentOf<Types.PersonListHitsQuery, Types.PersonListHitsQueryVariables>(
  'PersonListHits',
  personListHits,
)

/** The treaties that bind two countries, and whether a conduct is an offence in both. */
export const LAW_OF_TWO = documentOf<Types.LawOfTwoQuery, Types.LawOfTwoQueryVariables>('LawOfTwo', lawOfTwo)

/** The articles of a treaty, by their numbers and headings. */
export const TREATY_ARTICLES = documentOf<Types.TreatyArticlesQuery, Types.TreatyArticlesQueryVariables>(
  'TreatyArticles',
  treatyArticles,
)
