import { useSignedIn } from '../session/use-session.ts'
import { SearchPage } from './search/search-page.tsx'
import { WhoKnowsPage } from './who-knows-page.tsx'

/** The page on which an officer begins: who may ask only which countries know a person has a page made for that. */
export function BeginPage() {
  const { scopes } = useSignedIn().officer
  const asksOnlyHits = scopes?.includes('person:hit') === true && !scopes.includes('person:read')
  return asksOnlyHits ? <WhoKnowsPage /> : <SearchPage />
}
