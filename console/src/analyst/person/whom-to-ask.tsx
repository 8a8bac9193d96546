import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { CountryMark } from '../../components/country-mark.tsx'
import { Failed } from '../../components/failed.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { PERSON_LIST_HITS } from '../../documents/documents.ts'
import type { PersonListHitsQuery } from '../../documents/operation-types.ts'
import type { DossierPerson, HitSearch } from '../../documents/types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { type Asked, useAsk } from '../../session/use-session.ts'
import { ContactPoint } from '../search/hits-of-one.tsx'
import { listAgencies } from './list-dossier-parts.ts'
import { nameOf } from './name-of.ts'
import type { Dossier } from './use-dossier.ts'

/** The offices to ask about a person: the question for them, and what came. */
export interface AskedOffices {
  /** Null if the name or the birth date, by which countries recognise a person, is hidden. */
  readonly search: HitSearch | null
  readonly isAsked: boolean
  readonly asked: Asked<PersonListHitsQuery>
  /** The contact point of each country that any answer of this session named: it is the same for each person. */
  readonly contacts: ReadonlyMap<string, string>
  ask(): void
}

/** Asks each country which office knows the person, once the officer wants to know. */
export function useOffices(
  person: DossierPerson | null | undefined,
  [isAsked, setAsked]: readonly [boolean, (isAsked: boolean) => void],
): AskedOffices {
  const name = nameOf(person?.names)
  const birthDate = person?.birthDate ?? null
  const search = name === null || birthDate === null ? null : { name, birthDate }
  const asked = useAsk(PERSON_LIST_HITS, isAsked && search !== null ? { searches: [search], countries: null } : null)
  const client = useQueryClient()
  const said = client.getQueriesData<SessionAnswer<PersonListHitsQuery>>({
    predicate: ({ queryKey }) => queryKey[2] === PERSON_LIST_HITS.name,
  })
  const hits = said.flatMap(([, answer]) => answer?.data?.personListHits?.hits ?? [])
  const contacts = new Map(hits.flatMap(({ country, contactPoint }) => (contactPoint ? [[country, contactPoint]] : [])))
  return { search, isAsked, asked, contacts, ask: () => setAsked(true) }
}

/** Whom to telephone and write to: who holds a record, and the country's contact point as soon as an answer has named it. */
export function WhomToAsk({ dossier, offices }: { readonly dossier: Dossier; readonly offices: AskedOffices }) {
  const { t } = useTranslation()
  const { search, isAsked, asked, contacts, ask } = offices
  const known = new Set((asked.data?.data?.personListHits?.hits ?? []).map(({ country }) => country))
  return (
    <section aria-labelledby="offices" className="panel no-print">
      <h2 id="offices">{t('person.whom')}</h2>
      <ul className="plain whom">
        {listAgencies(dossier).map(({ country, agency }) => (
          <li key={`${country} ${agency}`}>
            <CountryMark code={country} />
            <div>
              {agency === null ? <span className="hatch">{t('common.hidden')}</span> : <ShownText text={agency} />}
              {contacts.has(country) && (
                <div>
                  <ContactPoint text={contacts.get(country) ?? null} />
                  {known.has(country) && <span className="quiet-text"> · {t('person.knows')}</span>}
                </div>
              )}
            </div>
          </li>
        ))}
      </ul>
      {search !== null && !isAsked && (
        <Button variant="subtle" size="compact-sm" onClick={ask} title={t('person.officesAbout')}>
          {t('person.offices')}
        </Button>
      )}
      {asked.isFetching && <Skeleton />}
      <Failed error={asked.error} again={() => void asked.refetch()} />
      {asked.data !== undefined && known.size === 0 && <p className="quiet-text">{t('person.officesNone')}</p>}
    </section>
  )
}
