import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/failed.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { PERSON_LIST_HITS } from '../../documents/documents.ts'
import type { PersonListHitsQuery } from '../../documents/operation-types.ts'
import type { DossierPerson, HitSearch } from '../../documents/types.ts'
import { type Asked, useAsk } from '../../session/use-ask.ts'
import { useFormats } from '../../shell/use-formats.ts'
import { nameOf } from './name-of.ts'

/** The offices to ask about a person: the question for them, and what came. */
export interface AskedOffices {
  /** Null if the name or the birth date, by which countries recognise a person, is hidden. */
  readonly search: HitSearch | null
  readonly isAsked: boolean
  readonly asked: Asked<PersonListHitsQuery>
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
  return { search, isAsked, asked, ask: () => setAsked(true) }
}

/** Whom to telephone: the office of each country that knows the person. */
export function WhomToAsk({ search, isAsked, asked: { data, error, isFetching, refetch }, ask }: AskedOffices) {
  const { t } = useTranslation()
  const { country } = useFormats()
  if (search === null) return null
  const hits = [...(data?.data?.personListHits?.hits ?? [])].sort((left, right) =>
    left.country < right.country ? -1 : 1,
  )
  return (
    <section aria-labelledby="offices" className="sheet no-print">
      <h2 id="offices">{t('lists.contact')}</h2>
      {!isAsked && (
        <p className="actions">
          <Button onClick={ask}>{t('person.offices')}</Button>
          <span className="quiet-text">{t('person.officesAbout')}</span>
        </p>
      )}
      {isFetching && <Skeleton />}
      <Failed error={error} again={() => void refetch()} />
      {data !== undefined && hits.length === 0 && <p className="empty">{t('person.officesNone')}</p>}
      {hits.length > 0 && (
        <Table
          caption={t('lists.contact')}
          rows={hits}
          keyOf={(hit) => hit.country}
          columns={[
            { title: t('common.country'), isHeader: true, show: (hit) => country(hit.country) },
            {
              title: t('lists.contact'),
              show: ({ contactPoint }) => <ShownText text={contactPoint ?? t('common.none')} />,
            },
            { title: t('common.band'), show: ({ band }) => t(`band.${band}`, { defaultValue: band }) },
          ]}
        />
      )}
    </section>
  )
}
