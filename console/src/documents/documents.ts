/**
 * The console's trusted documents. The text that is signed and sent is the file's text without white space at its end, so that gateways can allow
 * exactly these (`console/trusted-documents.json`).
 */
import type { ConsoleDocument } from '../session/session.ts'
import iccsTitles from './iccs-titles.graphql?raw'
import searchPersons from './search-persons.graphql?raw'
import type { IccsTitlesData, SearchPersonsData, SearchPersonsVariables } from './types.ts'

function documentOf<Data, Variables extends object>(name: string, text: string): ConsoleDocument<Data, Variables> {
  return { name, text: text.trimEnd() }
}

/** Persons of each country whose record fits a search. */
export const SEARCH_PERSONS = documentOf<SearchPersonsData, SearchPersonsVariables>('SearchPersons', searchPersons)

/** Classes of offences by words of their titles. */
export const ICCS_TITLES = documentOf<IccsTitlesData, { readonly search: string }>('IccsTitles', iccsTitles)
