import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AskedPages } from '../session/use-ask.ts'
import { isIncomplete, summarizeCountries } from '../shell/summarize-countries.ts'
import { useFormats } from '../shell/use-formats.ts'

/** What goes around a list that is asked page by page: how many rows there are so far, whether there are more, and how to get them. */
export function PagedRows<Data>({
  asked,
  count,
  children,
}: {
  readonly asked: AskedPages<Data>
  /** How many rows there are so far. */
  readonly count: number
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const { isPending, isFetching, isError, error, hasNextPage, fetchNextPage, isFetchingNextPage, data } = asked
  const [isFetchingAll, setFetchingAll] = useState(false)
  useEffect(() => {
    if (!isFetchingAll || isFetching) return
    if (hasNextPage && !isError) void fetchNextPage()
    else setFetchingAll(false)
  }, [isFetchingAll, isFetching, isError, hasNextPage, fetchNextPage])
  if (isPending && isFetching) return <Skeleton />
  const isMissing = isIncomplete(summarizeCountries(data?.pages ?? []))
  return (
    <>
      {isError && (
        <p role="alert" className="notice">
          {t('common.failed', { message: error.message })}{' '}
          <button type="button" onClick={() => void (data === undefined ? asked.refetch() : fetchNextPage())}>
            {t('common.again')}
          </button>
        </p>
      )}
      {data !== undefined && (
        <>
          {count > 0 ? children : <p className="empty">{t(isMissing ? 'common.emptyButMissing' : 'common.empty')}</p>}
          <div className="actions">
            <span role="status">{t(hasNextPage ? 'common.rowsMore' : 'common.rowsAll', { count: number(count) })}</span>
            {hasNextPage && (
              <>
                <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                  {t('common.more')}
                </button>
                <button type="button" onClick={() => setFetchingAll(!isFetchingAll)}>
                  {t(isFetchingAll ? 'common.stop' : 'common.all')}
                </button>
              </>
            )}
          </div>
        </>
      )}
    </>
  )
}

/** Stands where rows will be. */
export function Skeleton() {
  const { t } = useTranslation()
  return (
    <div className="skeleton" role="status">
      <span className="unseen">{t('common.loading')}</span>
      <div />
      <div />
      <div />
    </div>
  )
}
