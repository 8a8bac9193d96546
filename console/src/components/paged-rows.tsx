import { Skeleton as Bone, Button } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Unanswered } from '../apart/group-countries.ts'
import type { ApartList } from '../apart/use-ask-apart.ts'
import { wordError } from '../session/word-error.ts'
import { useFormats } from '../shell/formats.ts'
import { isIncomplete, summarizeCountries, wordEmpty } from '../shell/summarize-countries.ts'
import { ShownText } from './shown-text.tsx'

/** After how long an officer who waits is offered not to wait for all countries, in milliseconds. */
const OFFER_AFTER_MS = 3_000

/**
 * What goes around a list: whom it waits for, what came late and is not shown yet, how many rows there are so far, whether there are more, and how to get
 * them.
 */
export function PagedRows<Row>({ asked, children }: { readonly asked: ApartList<Row>; readonly children?: ReactNode }) {
  const { rows, answers, awaited, unanswered } = asked
  const { t } = useTranslation()
  const isMissing = isIncomplete(summarizeCountries(answers)) || awaited.length > 0 || unanswered.length > 0
  const isNothing = answers.length === 0
  // Of a question that nobody was asked there is no end, either.
  const wasAsked = wordEmpty(answers) !== 'common.notAllowed'
  return (
    <>
      <UnansweredNotices unanswered={unanswered} />
      {!isNothing && rows.length > 0 && (
        <>
          <Held asked={asked} />
          {children}
        </>
      )}
      {!isNothing && rows.length === 0 && awaited.length === 0 && (
        <p className="empty">{t(unanswered.length > 0 ? 'common.emptyButMissing' : wordEmpty(answers))}</p>
      )}
      <AwaitedCountries asked={asked} hasRows={rows.length > 0} />
      {!isNothing && wasAsked && <More asked={asked} isMissing={isMissing} />}
    </>
  )
}

/** Which questions have no answer, or a country was too late for them, each with a button that asks it again. */
export function UnansweredNotices({ unanswered }: { readonly unanswered: readonly Unanswered[] }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  return unanswered.map(({ countries, error, again }) => (
    <p key={countries.join(' ')} role="alert" className="notice">
      <ShownText
        text={
          error === null
            ? t('apart.late', { countries: countries.map(country).join(', ') })
            : t('common.failed', { message: wordError(t, error) })
        }
      />{' '}
      <Button onClick={again}>{t('common.again')}</Button>
    </p>
  ))
}

/** The sign that rows came which belong between those that are shown. */
function Held({ asked: { held, showHeld } }: { readonly asked: ApartList<unknown> }) {
  const { t } = useTranslation()
  return (
    <div role="status" className="held">
      {held > 0 && (
        <>
          {t('apart.held', { count: held })}{' '}
          <Button variant="filled" onClick={showHeld}>
            {t('apart.show')}
          </Button>
        </>
      )}
    </div>
  )
}

/** Stands where the rows of countries will be whose answer has not come. */
export function AwaitedCountries({
  asked: { awaited, split },
  hasRows,
}: {
  readonly asked: Pick<ApartList<unknown>, 'awaited' | 'split'>
  readonly hasRows: boolean
}) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const isWaiting = awaited.length > 0
  const isLong = useLong(isWaiting && split !== null)
  if (!isWaiting) return null
  return (
    <>
      {hasRows && <p className="quiet-text">{t('apart.awaited', { countries: awaited.map(country).join(', ') })}</p>}
      {isLong && split !== null && (
        <p className="notice" role="status">
          {t('apart.long')} <Button onClick={split}>{t('apart.split')}</Button>
        </p>
      )}
      <Skeleton />
    </>
  )
}

/** Whether something lasts longer than an officer should wait without a choice. */
function useLong(isWaiting: boolean): boolean {
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    if (!isWaiting) return setLong(false)
    const timer = setTimeout(() => setLong(true), OFFER_AFTER_MS)
    return () => clearTimeout(timer)
  }, [isWaiting])
  return isLong
}

function More({
  asked: { rows, hasMore, more, isAsking, unanswered },
  isMissing,
}: {
  readonly asked: ApartList<unknown>
  /** Whether a country's part is missing, so that the end of the others is not the end of the list. */
  readonly isMissing: boolean
}) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const [isFetchingAll, setFetchingAll] = useState(false)
  const atEnd = isMissing ? 'common.rowsAnswered' : 'common.rowsAll'
  const mayGoOn = hasMore && unanswered.every(({ error }) => error === null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `more` is a new function at each rendering, and is called once an answer has come
  useEffect(() => {
    if (!isFetchingAll || isAsking) return
    if (mayGoOn) more()
    else setFetchingAll(false)
  }, [isFetchingAll, isAsking, mayGoOn, rows.length])
  return (
    <div className="actions">
      <span role="status">
        {isAsking
          ? t('common.rows', { count: rows.length })
          : t(hasMore ? 'common.rowsMore' : atEnd, { count: rows.length, shown: number(rows.length) })}
      </span>
      {hasMore && (
        <>
          <Button disabled={isAsking} onClick={more}>
            {t('common.more')}
          </Button>
          <Button onClick={() => setFetchingAll(!isFetchingAll)}>
            {t(isFetchingAll ? 'common.stop' : 'common.all')}
          </Button>
        </>
      )}
    </div>
  )
}

/** Stands where rows will be. */
export function Skeleton() {
  const { t } = useTranslation()
  return (
    <div className="skeleton" role="status">
      <span className="unseen">{t('common.loading')}</span>
      <Bone height={32} />
      <Bone height={32} />
      <Bone height={32} />
    </div>
  )
}
