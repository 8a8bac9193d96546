import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { classOf } from '../components/class-of.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { type Column, Table } from '../components/table.tsx'
import { saveFile } from '../export/save-file.ts'
import { type ExportColumn, writeCsv, writeRecords } from '../export/table-export.ts'
import { useFormats } from '../shell/formats.ts'
import { Failure } from './failure.tsx'
import { nameKind } from './name-kind.ts'
import type { ListedEntry } from './shown-entry.ts'
import { type EntryPages, useLanguage } from './use-oversight.ts'

/** Entries of a list, page by page, each with a link to its proof. */
export function EntryTable({ asked, empty }: { readonly asked: EntryPages; readonly empty?: string }) {
  const { t } = useTranslation()
  const columns = useEntryColumns()
  const { data, error, isFetching, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = asked
  if (data === undefined && isFetching) return <Skeleton />
  const rows = (data?.pages ?? []).flatMap(({ edges }) => edges.map(({ node }) => node))
  const retry = (): void => void (data === undefined ? refetch() : fetchNextPage())
  return (
    <>
      {error !== null && <Failure error={error} onRetry={retry} />}
      {data !== undefined && rows.length === 0 && (
        <p className="empty">{empty ?? `${t('auditor.nothing')} ${t('auditor.nothingHint')}`}</p>
      )}
      {rows.length > 0 && (
        <Table
          caption={t('auditor.room')}
          columns={columns}
          rows={rows}
          keyOf={({ log, position }) => `${log} ${position}`}
        />
      )}
      {data !== undefined && rows.length > 0 && (
        <div className="actions">
          <span role="status">{t(hasNextPage ? 'auditor.foundMore' : 'auditor.found', { count: rows.length })}</span>
          {hasNextPage && (
            <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {t('auditor.more')}
            </Button>
          )}
          <SaveEntries rows={rows} hasMore={hasNextPage} />
        </div>
      )}
    </>
  )
}

/** Saves the entries of a list as CSV, with the pseudonyms of those who asked. The reading of them is an entry of oversight's own log already. */
function SaveEntries({ rows, hasMore }: { readonly rows: readonly ListedEntry[]; readonly hasMore: boolean }) {
  const { t } = useTranslation()
  const columns: readonly ExportColumn<ListedEntry>[] = [
    { title: t('auditor.columns.time'), value: ({ time }) => time },
    { title: t('auditor.columns.who'), value: ({ actor }) => actor?.role },
    { title: t('common.country'), value: ({ actor }) => actor?.agency ?? actor?.country },
    { title: t('auditor.columns.ref'), value: ({ actor }) => actor?.ref },
    { title: t('auditor.columns.purpose'), value: ({ purpose }) => purpose },
    { title: t('auditor.columns.countries'), value: ({ countries }) => countries.join(' ') },
    { title: t('auditor.columns.outcome'), value: ({ outcome, codes }) => [outcome, ...codes].join(' ') },
    { title: t('audit.entry'), value: ({ id }) => id },
    { title: t('audit.logs'), value: ({ log, position }) => `${log} ${position}` },
  ]
  const save = (): void => {
    const said = t(hasMore ? 'auditor.foundMore' : 'auditor.found', { count: rows.length })
    saveFile(
      'istmo-audit.csv',
      'text/csv;charset=utf-8',
      writeCsv(writeRecords(columns, rows), { facts: [[said, '']] }),
    )
  }
  return <Button onClick={save}>{t('common.export')}</Button>
}

/** Writes a time of an entry as the log has it, to the second and in UTC. */
export function showTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}`
}

function useEntryColumns(): readonly Column<ListedEntry>[] {
  const { t } = useTranslation()
  const language = useLanguage()
  const { country } = useFormats()
  return [
    { title: t('auditor.columns.time'), isHeader: true, show: ({ time }) => showTime(time) },
    {
      title: t('auditor.columns.kind'),
      show: ({ id, kind }) => <EntryLink id={id} text={nameKind(kind, language)} />,
    },
    {
      title: t('auditor.columns.who'),
      show: ({ actor }) => (
        <ShownText
          text={actor === null ? '—' : [actor.role, actor.agency ?? actor.country].filter(Boolean).join(', ')}
        />
      ),
    },
    {
      title: t('auditor.columns.purpose'),
      show: ({ purpose }) => (purpose === null ? '—' : t(`purpose.${purpose}`, { defaultValue: purpose })),
    },
    { title: t('auditor.columns.countries'), show: ({ countries }) => countries.map(country).join(', ') },
    {
      title: t('auditor.columns.outcome'),
      show: ({ outcome, codes }) => (
        <>
          <span className={`outcome ${classOf(outcome)}`}>
            <ShownText text={t(`auditor.outcomes.${outcome}`, { defaultValue: outcome })} />
          </span>{' '}
          <small>
            <ShownText text={codes.join(', ')} />
          </small>
        </>
      ),
    },
  ]
}

/** A link to an entry. What is not an id of one leads nowhere. */
function EntryLink({ id, text }: { readonly id: string; readonly text: string }) {
  const shown = <ShownText text={text} />
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) return shown
  return (
    <Link to="/audit/entry/$id" params={{ id }}>
      {shown}
    </Link>
  )
}
