import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Fragment, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { saveFile } from '../export/save-file.ts'
import { type ExportColumn, writeCsv, writeRecords } from '../export/table-export.ts'
import { useFormats } from '../shell/formats.ts'
import { type FilterForm, isEntryId } from './entry-filter.ts'
import { Failure } from './failure.tsx'
import { LocalTime, useLocalTime } from './local-time.tsx'
import { nameKind } from './name-kind.ts'
import { ProofMark } from './proof-mark.tsx'
import { groupByQuestion, type ProvedRow, proveRow } from './prove-row.ts'
import type { ListedEntry } from './shown-entry.ts'
import { type EntryPages, useLanguage } from './use-oversight.ts'
import { useTrust } from './use-trust.ts'
import { wordActor, wordAsked, wordRefused } from './word-entry.ts'

interface ListProps {
  readonly asked: EntryPages
  /** What is said if there is none. */
  readonly empty?: string
  /** The entry that is shown beside the list, and the filter that its link keeps. */
  readonly chosen?: string | undefined
  readonly filter?: FilterForm | undefined
}

/** Entries, page by page: each in words, with the state of its proof, and those of one question together. */
export function EntryList({ asked, empty, chosen, filter = {} }: ListProps) {
  const { t } = useTranslation()
  const day = useLocalTime('day')
  const { data, error, isFetching, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = asked
  const rows = listRows(asked)
  const groups = groupByQuestion(useProved(rows))
  if (data === undefined && isFetching) return <Skeleton />
  const retry = (): void => void (data === undefined ? refetch() : fetchNextPage())
  return (
    <>
      {error !== null && <Failure error={error} onRetry={retry} />}
      {data !== undefined && rows.length === 0 && (
        <p className="empty">{empty ?? `${t('auditor.nothing')} ${t('auditor.nothingHint')}`}</p>
      )}
      {rows.length > 0 && (
        <>
          <ul className="entries" aria-label={t('auditor.room')}>
            {groups.map((group, at) => {
              const [{ row }] = group
              const isNewDay = day(row.time) !== day(groups[at - 1]?.[0].row.time ?? '')
              return (
                <Fragment key={`${row.log} ${row.position}`}>
                  {isNewDay && <li className="entry-day">{day(row.time)}</li>}
                  <Group group={group} chosen={chosen} filter={filter} />
                </Fragment>
              )
            })}
          </ul>
          <div className="actions entry-foot">
            <span role="status" className="quiet-text">
              {t(hasNextPage ? 'auditor.foundMore' : 'auditor.found', { count: rows.length })}
            </span>
            {hasNextPage && (
              <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {t('auditor.more')}
              </Button>
            )}
            <SaveEntries rows={rows} hasMore={hasNextPage} />
          </div>
        </>
      )}
    </>
  )
}

/** The entries that came so far. */
export function listRows({ data }: Pick<EntryPages, 'data'>): readonly ListedEntry[] {
  return (data?.pages ?? []).flatMap(({ edges }) => edges.map(({ node }) => node))
}

/** Checks each entry's proof once, under the trust policy in use. */
function useProved(rows: readonly ListedEntry[]): readonly ProvedRow[] {
  const { trust } = useTrust()
  const known = useMemo(() => ({ trust, rows: new Map<ListedEntry, ProvedRow>() }), [trust])
  return rows.map((row) => {
    const proved = known.rows.get(row) ?? proveRow(row, known.trust, Date.now())
    known.rows.set(row, proved)
    return proved
  })
}

/** How many entries stand open below the first one of a question. */
const SHOWN_PARTS = 1

type GroupProps = { readonly group: readonly [ProvedRow, ...ProvedRow[]] } & Pick<ListProps, 'chosen' | 'filter'>

function Group({ group: [first, ...others], chosen, filter }: GroupProps) {
  const { t } = useTranslation()
  const words = useEntryWords()
  const { what, refused } = words(first.row)
  const parts = others.map(({ row, state }) => (
    <EntryLink key={row.id} id={row.id} {...{ chosen, filter }}>
      <span className="entry-head entry-part">
        <span className="entry-who">
          <ShownText
            text={row.kind === 'leg' ? t('auditor.received', { country: row.countries[0] }) : words(row).what}
          />
        </span>
        <ProofMark state={state} />
      </span>
    </EntryLink>
  ))
  return (
    <li className="entry-group">
      <EntryLink id={first.row.id} {...{ chosen, filter }}>
        <span className="entry-head">
          <b>
            <LocalTime time={first.row.time} form="clock" />
          </b>
          <span className="entry-who">
            <ShownText text={wordWho(first.row, wordActor(t, first.row.actor))} />
          </span>
          <ProofMark state={first.state} />
        </span>
        <span className="entry-what">
          <ShownText text={what} />
        </span>
        {refused !== '' && (
          <span className="entry-refused">
            <ShownText text={refused} />
          </span>
        )}
      </EntryLink>
      {others.length > SHOWN_PARTS ? (
        <details className="entry-more" open={others.some(({ row }) => row.id === chosen)}>
          <summary>{t('auditor.together', { count: others.length })}</summary>
          {parts}
        </details>
      ) : (
        parts
      )}
    </li>
  )
}

/** Who asked; of what nobody asked, the log that has it. */
function wordWho({ actor, kind, log }: ListedEntry, who: string): string {
  return actor === null && kind !== 'request' && kind !== 'leg' ? (log.split('/').at(-1) ?? log) : who
}

/** A link to an entry. What is not an id of one leads nowhere. */
function EntryLink({
  id,
  chosen,
  filter,
  children,
}: { readonly id: string; readonly children: React.ReactNode } & Pick<ListProps, 'chosen' | 'filter'>) {
  const link = useRef<HTMLAnchorElement>(null)
  const isChosen = id === chosen
  useEffect(() => {
    if (isChosen) link.current?.scrollIntoView?.({ block: 'nearest' })
  }, [isChosen])
  if (!isEntryId(id)) return <span className="entry-row">{children}</span>
  return (
    <Link
      ref={link}
      className="entry-row"
      to="/audit/entry/$id"
      params={{ id }}
      search={filter as never}
      aria-current={isChosen || undefined}
    >
      {children}
    </Link>
  )
}

/** Returns what an entry asked and what of it was refused, in words. */
function useEntryWords(): (row: ListedEntry) => { readonly what: string; readonly refused: string } {
  const { t } = useTranslation()
  const language = useLanguage()
  const { country } = useFormats()
  return (row) => {
    const isQuestion = row.kind === 'request' || row.kind === 'leg'
    const what = (isQuestion && wordAsked(t, row.coordinates)) || nameKind(row.kind, language)
    return { what, refused: wordRefused(t, row, country, language) }
  }
}

/** Saves the entries of a list as CSV, with the pseudonyms of those who asked. The reading of them is an entry of oversight's own log already. */
function SaveEntries({ rows, hasMore }: { readonly rows: readonly ListedEntry[]; readonly hasMore: boolean }) {
  const { t } = useTranslation()
  const words = useEntryWords()
  const columns: readonly ExportColumn<ListedEntry>[] = [
    { title: t('auditor.columns.time'), value: ({ time }) => time },
    { title: t('auditor.columns.who'), value: ({ actor }) => actor?.role },
    { title: t('common.country'), value: ({ actor }) => actor?.agency ?? actor?.country },
    { title: t('auditor.columns.ref'), value: ({ actor }) => actor?.ref },
    { title: t('auditor.columns.purpose'), value: ({ purpose }) => purpose },
    { title: t('auditor.columns.kind'), value: (row) => words(row).what },
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
