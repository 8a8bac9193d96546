import { useTranslation } from 'react-i18next'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { type Column, Table } from '../components/table.tsx'
import { classOf, wordIn } from '../components/word-in.ts'
import { useFormats } from '../shell/use-formats.ts'
import { fill } from '../words/fill.ts'
import { EntryLink } from './entry-link.tsx'
import { Failure } from './failure.tsx'
import { nameKind } from './name-kind.ts'
import type { ListedEntry } from './shown-entry.ts'
import { type EntryPages, useAuditWords, useLanguage } from './use-oversight.ts'
import type { AuditWords } from './words.ts'

/** Entries of a list, page by page, each with a link to its proof. */
export function EntryTable({ asked, empty }: { readonly asked: EntryPages; readonly empty?: string }) {
  const words = useAuditWords()
  const columns = useEntryColumns()
  const { data, error, isFetching, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = asked
  if (data === undefined && isFetching) return <Skeleton />
  const rows = (data?.pages ?? []).flatMap(({ edges }) => edges.map(({ node }) => node))
  const retry = (): void => void (data === undefined ? refetch() : fetchNextPage())
  return (
    <>
      {error !== null && <Failure error={error} onRetry={retry} />}
      {data !== undefined && rows.length === 0 && (
        <p className="empty">{empty ?? `${words.nothing} ${words.nothingHint}`}</p>
      )}
      {rows.length > 0 && (
        <Table caption={words.room} columns={columns} rows={rows} keyOf={({ log, position }) => `${log} ${position}`} />
      )}
      {data !== undefined && rows.length > 0 && (
        <div className="actions">
          <span role="status">{countFound(words, rows.length, hasNextPage)}</span>
          {hasNextPage && (
            <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {words.more}
            </button>
          )}
        </div>
      )}
    </>
  )
}

/** Writes a time of an entry as the log has it, to the second and in UTC. */
export function showTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}`
}

function useEntryColumns(): readonly Column<ListedEntry>[] {
  const { t } = useTranslation()
  const words = useAuditWords()
  const language = useLanguage()
  const { country } = useFormats()
  return [
    { title: words.columns.time, isHeader: true, show: ({ time }) => showTime(time) },
    {
      title: words.columns.kind,
      show: ({ id, kind }) => <EntryLink id={id} text={nameKind(kind, language)} />,
    },
    {
      title: words.columns.who,
      show: ({ actor }) => (
        <ShownText
          text={actor === null ? '—' : [actor.role, actor.agency ?? actor.country].filter(Boolean).join(', ')}
        />
      ),
    },
    {
      title: words.columns.purpose,
      show: ({ purpose }) => (purpose === null ? '—' : t(`purpose.${purpose}`, { defaultValue: purpose })),
    },
    { title: words.columns.countries, show: ({ countries }) => countries.map(country).join(', ') },
    {
      title: words.columns.outcome,
      show: ({ outcome, codes }) => (
        <>
          <span className={`outcome ${classOf(outcome)}`}>
            <ShownText text={wordIn(words.outcomes, outcome) ?? outcome} />
          </span>{' '}
          <small>
            <ShownText text={codes.join(', ')} />
          </small>
        </>
      ),
    },
  ]
}

/** Says how many entries were found, and whether there are more. */
function countFound(words: AuditWords, count: number, hasMore: boolean): string {
  if (hasMore) return fill(words.foundMore, { count })
  return fill(count === 1 ? words.found_one : words.found_other, { count })
}
