import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/failed.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { PERSON_LIST_HITS } from '../../documents/documents.ts'
import type { PersonListHitsQuery, PersonSearch } from '../../documents/operation-types.ts'
import { useAsk } from '../../session/use-session.ts'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { wordEmpty } from '../../shell/summarize-countries.ts'

type Hit = NonNullable<PersonListHitsQuery['personListHits']>['hits'][number]

/** Which countries know one person, for an officer who may only ask that. Nobody is asked for a name without a whole date of birth. */
export function HitsOfOne({ search }: { readonly search: PersonSearch }) {
  const { t } = useTranslation()
  const mayAsk = search.identifier != null || search.birthDate != null
  const variables = mayAsk ? { searches: [search], countries: null } : null
  const { data, error, isFetching, refetch } = useAsk(PERSON_LIST_HITS, variables)
  useTellLine([data], isFetching, variables === null ? null : { document: PERSON_LIST_HITS, variables })
  if (!mayAsk) return <p className="empty">{t('search.notAsked')}</p>
  const hits = data?.data?.personListHits?.hits ?? []
  return (
    <>
      {isFetching && <Skeleton />}
      <Failed error={error} again={() => void refetch()} />
      {data !== undefined && (
        <p role="status">{hits.length === 0 ? t(wordEmpty([data])) : t('lists.hits', { count: hits.length })}</p>
      )}
      {hits.length > 0 && <HitsTable hits={hits} />}
    </>
  )
}

/** The countries that know a person, and whom to telephone or to write there. */
export function HitsTable({ hits }: { readonly hits: readonly Hit[] }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  return (
    <Table
      caption={t('lists.contact')}
      rows={hits.toSorted((left, right) => (left.country < right.country ? -1 : 1))}
      keyOf={(hit) => hit.country}
      columns={[
        { title: t('common.country'), isHeader: true, show: (hit) => country(hit.country) },
        { title: t('lists.contact'), show: ({ contactPoint }) => <ContactPoint text={contactPoint} /> },
        { title: t('common.band'), show: ({ band }) => t(`band.${band}`, { defaultValue: band }) },
      ]}
    />
  )
}

/** An e-mail address, or a telephone number with its country's code. */
const REACHED = /([\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d[\d ()-]{6,18}\d)/

/** Whom to ask at a country: its telephone numbers and addresses can be pressed. */
export function ContactPoint({ text }: { readonly text: string | null }) {
  const { t } = useTranslation()
  if (text === null) return t('common.none')
  return text.split(REACHED).map((part, at) => {
    const shown = <ShownText text={part} />
    const key = `${at} ${part}`
    if (at % 2 === 0) return <span key={key}>{shown}</span>
    const href = part.includes('@') ? `mailto:${part}` : `tel:${part.replace(/[^+\d]/g, '')}`
    return (
      <a key={key} href={href}>
        {shown}
      </a>
    )
  })
}
