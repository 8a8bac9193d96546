import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CountryMark } from '../../components/country-mark.tsx'
import { Handling } from '../../components/handling.tsx'
import { RecordLink } from '../../components/links.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import type { PersonSearch } from '../../documents/operation-types.ts'
import type { PersonRow } from '../../documents/types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { useFormats } from '../../shell/formats.ts'
import { isHiddenField } from '../../shell/summarize-countries.ts'
import { nameOf } from '../person/name-of.ts'
import { wordMatch } from '../word-match.ts'
import type { PersonGroup } from './group-persons.ts'

/**
 * What the answer says of one person, beside the list, with the records that are the same person side by side. Nothing more is asked: a question is an entry
 * in the countries' logs.
 * @param onClose closes the panel where it lies over the list.
 */
export function ChosenPerson({
  row,
  group,
  search,
  answers,
  onClose,
}: {
  readonly row: PersonRow
  readonly group: PersonGroup
  readonly search: PersonSearch
  readonly answers: readonly SessionAnswer<unknown>[]
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { node } = row
  const at = node.country ?? node.id.slice(0, 2)
  const records = group.kind === 'same' ? group.rows : [row]
  const isDateHidden = node.birthDate === null && isHiddenField(answers, 'Person.birthDate', at)
  const { reason, settle } = wordMatch(t, row, search, isDateHidden)
  const others = node.names?.filter(({ full }) => full !== nameOf(node.names)).map(({ full }) => `«${full}»`) ?? []
  const about = [
    node.nationalities?.map(country).join(', '),
    group.kind === 'same' && t('search.sameRecords', { count: records.length, countries: group.sayers.join(', ') }),
  ]
  return (
    <aside className="chosen" aria-label={t('search.chosen')}>
      <Button className="close" variant="subtle" onClick={onClose}>
        {t('common.close')}
      </Button>
      <h2>
        <ShownText text={nameOf(node.names) ?? t('person.nameUnknown')} />{' '}
        {others.length > 0 && (
          <span className="meta">
            <ShownText text={others.join(', ')} />
          </span>
        )}
      </h2>
      <p className="quiet-text">
        <ShownText text={about.filter(Boolean).join(' · ')} />
      </p>
      <div className="actions">
        <RecordLink to="/person/$id" id={node.id} button="filled">
          {t('search.toDossier')}
        </RecordLink>
        <RecordLink to="/network/$id" id={node.id} button="default">
          {t('person.network')}
        </RecordLink>
      </div>
      <p className="unknown">
        <span>
          <strong>{t('search.notSaid')}</strong> {t('search.notSaidHow')}
        </span>
      </p>
      <Records records={records} answers={answers} />
      <dl className="facts">
        <div>
          <dt>{t('common.band')}</dt>
          <dd>
            {reason}
            {settle !== null && `; ${settle}`}
          </dd>
        </div>
        <div>
          <dt>{t('common.handling')}</dt>
          <dd>
            <Handling provenance={node.provenance} isWorded />
          </dd>
        </div>
      </dl>
    </aside>
  )
}

/** What each record says, a column each; «≠» where the others say something else. */
function Records({
  records,
  answers,
}: {
  readonly records: readonly PersonRow[]
  readonly answers: readonly SessionAnswer<unknown>[]
}) {
  const { t } = useTranslation()
  const { day, country } = useFormats()
  const lines = [
    { field: 'birthDate', term: t('common.birthDate'), read: ({ node }: PersonRow) => day(node.birthDate) },
    {
      ...{ field: 'nationalities', term: t('person.nationalities') },
      read: ({ node }: PersonRow) => node.nationalities?.map(country).join(', '),
    },
    {
      ...{ field: 'provenance', term: t('search.recorded') },
      read: ({ node: { provenance } }: PersonRow) => provenance && day(provenance.recordedAt.slice(0, 10)),
    },
  ]
  return (
    <table className="compare" aria-label={t('search.compare')}>
      <thead>
        <tr>
          <td />
          {records.map(({ node }) => (
            <th key={node.id} scope="col">
              <CountryMark code={node.id.slice(0, 2)} /> <ShownCode text={node.id} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map(({ field, term, read }) => {
          const texts = records.map((record) => read(record) || null)
          const differs = field !== 'provenance' && new Set(texts.filter((text) => text !== null)).size > 1
          return (
            <tr key={field}>
              <th scope="row">{term}</th>
              {records.map(({ node }, index) => {
                const text = texts[index] ?? null
                const isHidden = text === null && isHiddenField(answers, `Person.${field}`, node.id.slice(0, 2))
                return (
                  <td key={node.id} data-differs={(differs && text !== null) || undefined}>
                    {isHidden ? (
                      <span className="hatch">{t('common.hidden')}</span>
                    ) : (
                      <ShownText text={`${differs && text !== null ? '≠ ' : ''}${text ?? t('common.none')}`} />
                    )}
                  </td>
                )
              })}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
