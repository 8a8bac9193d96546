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
  const { node } = row
  const at = node.country ?? node.id.slice(0, 2)
  const records = group.kind === 'same' ? group.rows : [row]
  const isDateHidden = node.birthDate === null && isHiddenField(answers, 'Person.birthDate', at)
  const { reason, settle } = wordMatch(t, row, search, isDateHidden)
  return (
    <aside className="chosen" aria-label={t('search.chosen')}>
      <Button className="close" variant="subtle" onClick={onClose}>
        {t('common.close')}
      </Button>
      <WhoItIs row={row} group={group} />
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

/** The name of the civil register, the other names, and how many records are the same person. */
function WhoItIs({ row: { node }, group }: { readonly row: PersonRow; readonly group: PersonGroup }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const name = nameOf(node.names)
  const others = node.names?.filter(({ full }) => full !== name).map(({ full }) => `«${full}»`) ?? []
  const about = [
    node.nationalities?.map(country).join(', '),
    group.kind === 'same' && t('search.sameRecords', { count: group.rows.length, countries: group.sayers.join(', ') }),
  ]
  return (
    <>
      <h2>
        <ShownText text={name ?? t('person.nameUnknown')} />{' '}
        {others.length > 0 && (
          <span className="meta">
            <ShownText text={others.join(', ')} />
          </span>
        )}
      </h2>
      <p className="quiet-text">
        <ShownText text={about.filter(Boolean).join(' · ')} />
      </p>
    </>
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
      field: 'nationalities',
      term: t('person.nationalities'),
      read: ({ node }: PersonRow) => node.nationalities?.map(country).join(', '),
    },
    {
      field: 'provenance',
      term: t('search.recorded'),
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
              {records.map(({ node }, index) => (
                <Said
                  key={node.id}
                  text={texts[index] ?? null}
                  differs={differs}
                  isHidden={isHiddenField(answers, `Person.${field}`, node.id.slice(0, 2))}
                />
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** What one record says. */
function Said({
  text,
  differs,
  isHidden,
}: {
  readonly text: string | null
  /** Whether the records say different things. */
  readonly differs: boolean
  readonly isHidden: boolean
}) {
  const { t } = useTranslation()
  if (text === null && isHidden) {
    return (
      <td>
        <span className="hatch">{t('common.hidden')}</span>
      </td>
    )
  }
  const isMarked = differs && text !== null
  return (
    <td data-differs={isMarked || undefined}>
      <ShownText text={`${isMarked ? '≠ ' : ''}${text ?? t('common.none')}`} />
    </td>
  )
}
