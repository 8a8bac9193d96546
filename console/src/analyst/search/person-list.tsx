import { Table } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CountryMark } from '../../components/country-mark.tsx'
import { RecordLink } from '../../components/links.tsx'
import { isolate, ShownCode, ShownText } from '../../components/shown-text.tsx'
import type { PersonSearch } from '../../documents/operation-types.ts'
import type { PersonRow } from '../../documents/types.ts'
import { Icon } from '../../look/icon.tsx'
import type { SessionAnswer } from '../../session/session.ts'
import { useFormats } from '../../shell/formats.ts'
import { isHiddenField } from '../../shell/summarize-countries.ts'
import { nameOf } from '../person/name-of.ts'
import { splitByMatch, wordMatch } from '../word-match.ts'
import type { PersonGroup } from './group-persons.ts'

/** What the rows of the list need beside themselves. */
interface ListContext {
  readonly search: PersonSearch
  readonly answers: readonly SessionAnswer<unknown>[]
  readonly chosen: PersonRow | undefined
  readonly onChoose: (row: PersonRow) => void
  /** Told when a row is pressed beside its link: where the panel lies over the list, it opens. */
  readonly onOpen: () => void
}

const COLUMNS = ['common.country', 'common.name', 'common.birthDate', 'common.band', 'common.id'] as const

/** The persons who were found: first those whose records countries hold to be one person, then those that may be one, then those whom nothing links. */
export function PersonList({ groups, ...context }: ListContext & { readonly groups: readonly PersonGroup[] }) {
  const { t } = useTranslation()
  return (
    <Table className="rows found">
      <Table.Caption className="unseen">{t('search.title')}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          {COLUMNS.map((title) => (
            <Table.Th key={title} scope="col">
              {t(title)}
              {title === 'common.name' && context.search.name != null && (
                <span>
                  {' '}
                  · <span className="differing">{t('search.differing')}</span>
                </span>
              )}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      {groups.map((group) => (
        <Table.Tbody key={group.rows[0]?.node.id} data-kind={group.kind}>
          <GroupHead group={group} />
          {group.rows.map((row) => (
            <Row key={row.node.id} row={row} {...context} />
          ))}
        </Table.Tbody>
      ))}
    </Table>
  )
}

function GroupHead({ group: { kind, rows, sayers } }: { readonly group: PersonGroup }) {
  const { t } = useTranslation()
  return (
    <Table.Tr className="group">
      <Table.Th scope="rowgroup" colSpan={COLUMNS.length}>
        {kind !== 'alone' && <Icon name="two" />} <span>{t(`search.group.${kind}`)}</span>{' '}
        <span className="meta">
          {t('search.records', { count: rows.length })}
          {kind === 'maybe' && ` · ${t('search.nobodySays')}`}
          {kind === 'same' && ` · ${t('search.sameBy', { count: sayers.length, countries: sayers.join(', ') })}`}
        </span>
      </Table.Th>
    </Table.Tr>
  )
}

function Row({ row, search, answers, chosen, onChoose, onOpen }: ListContext & { readonly row: PersonRow }) {
  const { t } = useTranslation()
  const { day } = useFormats()
  const { node, band, matchedName } = row
  const country = node.country ?? node.id.slice(0, 2)
  const isHidden = node.birthDate === null && isHiddenField(answers, 'Person.birthDate', country)
  const { reason, settle } = wordMatch(t, { band, matchedName }, search, isHidden)
  return (
    <Table.Tr
      data-chosen={row === chosen || undefined}
      onClick={({ target }) => {
        onChoose(row)
        if (target instanceof Element && target.closest('a') === null) onOpen()
      }}
      onFocus={() => onChoose(row)}
    >
      <Table.Td className="at">
        <CountryMark code={country} />
      </Table.Td>
      <Table.Th scope="row">
        <RecordLink to="/person/$id" id={node.id}>
          <PersonName name={nameOf(node.names)} sought={search.name ?? ''} />
        </RecordLink>
        {matchedName !== null && matchedName !== nameOf(node.names) && (
          <>
            {' '}
            <span className="meta">{isolate(matchedName)}</span>
          </>
        )}
      </Table.Th>
      <Table.Td className="born">
        {isHidden ? (
          <span className="hatch">{t('common.hidden')}</span>
        ) : (
          isolate(day(node.birthDate) || t('common.none'))
        )}
      </Table.Td>
      <Table.Td className="match">
        <Meter band={band} /> {isolate(t(`band.${band}`, { defaultValue: band ?? t('common.none') }))}{' '}
        <span className="meta">{isolate(settle === null ? reason : `${reason}; ${settle}`)}</span>
      </Table.Td>
      <Table.Td className="id">
        <ShownCode text={node.id} />
      </Table.Td>
    </Table.Tr>
  )
}

/** A name in which the letters that differ from what was sought are dotted. A screen reader reads it whole. */
export function PersonName({ name, sought }: { readonly name: string | null; readonly sought: string }) {
  const { t } = useTranslation()
  if (name === null) return t('person.nameUnknown')
  // The pieces of a name that changes direction or mixes alphabets would hide that.
  if (sought === '' || !/^[\p{Script=Latin}\p{M}\s.'’-]+$/u.test(name)) return <ShownText text={name} />
  return splitByMatch(name, sought).map(({ text, differs }, at) =>
    differs ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a name's pieces have no other key, and never move
      <span key={at} className="differing">
        {text}
      </span>
    ) : (
      text
    ),
  )
}

const BARS: Readonly<Record<string, number>> = { EXACT_IDENTIFIER: 3, STRONG: 3, WEAK: 1 }

function Meter({ band }: { readonly band: string | null }) {
  return (
    <span className="meter" data-bars={BARS[band ?? ''] ?? 0} aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  )
}
