import { NativeSelect } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'
import { remedyOf } from '../../../contract/error-message.ts'
import { EntryList } from '../audit/entry-list.tsx'
import { Failure } from '../audit/failure.tsx'
import { LocalTime } from '../audit/local-time.tsx'
import { type EntryPageData, useEntryPages, useLanguage, useOversight, useViewer } from '../audit/use-oversight.ts'
import { isKnownCode, wordMeaning } from '../audit/word-entry.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { useKeptState } from '../components/use-kept-state.ts'
import { Icon } from '../look/icon.tsx'
import { useWorld } from '../session/use-session.ts'
import { useFormats } from '../shell/formats.ts'
import { NationalPage } from './national-page.tsx'

const DAYS = [1, 7, 30, 90] as const
const DAY_MS = 86_400_000

/** How the own node is, and what it was asked lately, by its own audit log. */
export function NodePage() {
  const { t } = useTranslation()
  const { config } = useWorld()
  const [days, setDays] = useKeptState<number>('national.days', 7)
  const { data, error, refetch } = useViewer()
  const pick = (
    <NativeSelect
      aria-label={t('team.node.days')}
      value={days}
      onChange={({ target }) => setDays(Number(target.value))}
      data={DAYS.map((count) => ({ value: String(count), label: t('team.node.lastDays', { count }) }))}
    />
  )
  return (
    <NationalPage name="node" actions={pick}>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton />}
      {data !== undefined && <Lately key={days} days={days} country={config.country} />}
    </NationalPage>
  )
}

type CountData = { readonly counts: readonly EntryCount[] }

function Lately({ days, country }: { readonly days: number; readonly country: string }) {
  const { t } = useTranslation()
  // The hour stays the same while the page is shown, so that the same question is not asked again.
  const from = useMemo(
    () => new Date(Math.floor((Date.now() - days * DAY_MS) / 3_600_000) * 3_600_000).toISOString(),
    [days],
  )
  const filter = { kind: 'leg', country, from }
  const last = useEntryPages('entries', { filter })
  return (
    <div className="panels two">
      <Health country={country} filter={filter} />
      <Refusals filter={filter} />
      <section className="sheet wide">
        <h2>{t('team.node.last')}</h2>
        <EntryList asked={last} empty={t('team.node.nothingAsked')} />
      </section>
    </div>
  )
}

interface LatelyProps {
  readonly filter: Readonly<Record<string, string>>
}

/** Whether the node's log can be relied on, how many questions came and how they ended, and what only the node's own machine can say. */
function Health({ country, filter }: LatelyProps & { readonly country: string }) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const viewer = useViewer()
  const { data } = useOversight<CountData>('counts', { by: 'outcome', filter, first: 100 })
  const start = useOversight<{ readonly entries: EntryPageData }>('entries', {
    filter: { kind: 'node-start', country },
    first: 1,
  })
  const started = start.data?.data.entries.edges[0]?.node
  const log = viewer.data?.data.logs.find(({ origin }) => origin === started?.log)
  const isWell = log?.problem === null
  return (
    <section className="sheet">
      <h2>{t('team.node.health')}</h2>
      {log !== undefined && (
        <p className={isWell ? 'state-good' : 'state-amber'}>
          <Icon name={isWell ? 'answered' : 'warning'} />{' '}
          {isWell ? t('team.node.well') : t(`auditor.logs.problems.${log.problem ?? 'FAILED'}`)}
        </p>
      )}
      <dl className="facts">
        {data?.data.counts.map(({ key, count }) => (
          <div key={key}>
            <dt>
              <ShownText text={t(`auditor.outcomes.${key}`, { defaultValue: key ?? '' })} />
            </dt>
            <dd>{number(count)}</dd>
          </div>
        ))}
        {started !== undefined && (
          <div>
            <dt>{t('team.node.started')}</dt>
            <dd>
              <LocalTime time={started.time} />
            </dd>
          </div>
        )}
        <div>
          <dt>{t('team.node.version')}</dt>
          <dd>
            <span className="hatch">{t('team.node.notInLog')}</span> {t('team.node.askDoctor')}{' '}
            <code>istmo doctor</code>
          </dd>
        </div>
      </dl>
    </section>
  )
}

/** What was refused or failed, in words, with what helps. Nothing of both is said only if there is nothing of both. */
function Refusals({ filter }: LatelyProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { number } = useFormats()
  const { data, error, refetch } = useOversight<CountData>('counts', { by: 'code', filter, first: 100 })
  const codes = (data?.data.counts ?? []).flatMap(({ key, count }) => (key === null ? [] : [{ code: key, count }]))
  return (
    <section className="sheet">
      <h2>{t('team.node.codes')}</h2>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton />}
      {data !== undefined && codes.length === 0 && <p>{t('team.node.nothingFailed')}</p>}
      <ul className="plain">
        {codes.map(({ code, count }) => (
          <li key={code}>
            <p>
              <Link to="/audit" search={{ ...filter, from: filter.from?.slice(0, 10), code } as never}>
                {t('team.node.times', { count, number: number(count) })}
              </Link>{' '}
              <b>
                <ShownText text={wordMeaning(code, language)} />
              </b>{' '}
              {isKnownCode(code) && t(`team.node.remedies.${code}`, { defaultValue: remedyOf(code, language) })}{' '}
              <span className="meta">
                <ShownCode text={code} />
              </span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
