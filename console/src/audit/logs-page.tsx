import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Icon } from '../look/icon.tsx'
import { useFormats } from '../shell/formats.ts'
import { AuditPage } from './audit-page.tsx'
import { checkBundle } from './check-bundle.ts'
import { fillTime } from './counted.ts'
import { TimeBars } from './counts-page.tsx'
import { LocalTime } from './local-time.tsx'
import type { ViewerData } from './shown-entry.ts'
import { policiesFor, type Trust } from './trust.ts'
import { TrustPanel } from './trust-panel.tsx'
import { type EntryPageData, useOversight, useViewer } from './use-oversight.ts'
import { useTrust } from './use-trust.ts'

type ReadLog = ViewerData['logs'][number]
const DAY_MS = 86_400_000

/** The logs that oversight reads: a log that does not add up first. */
export function LogsPage() {
  const { t } = useTranslation()
  const used = useTrust()
  const { data, error } = useViewer()
  const unreadable = new Map(data?.logs.map((log) => [log.origin, log.unreadable]))
  const logs = data?.data.logs.toSorted((one, other) => Number(other.problem !== null) - Number(one.problem !== null))
  return (
    <AuditPage name="logs">
      {(logs === undefined || used.isLoading) && error === null && <Skeleton />}
      <div className="panels">
        {!used.isLoading &&
          logs?.map((log) => (
            <LogPanel key={log.origin} log={log} unreadable={unreadable.get(log.origin) ?? 0} trust={used.trust} />
          ))}
      </div>
      <section className="sheet">
        <h2>{t('auditor.logs.noticed')}</h2>
        <ul>
          {(['altered', 'removed', 'setBack', 'split'] as const).map((name) => (
            <li key={name}>{t(`auditor.logs.notices.${name}`)}</li>
          ))}
        </ul>
        <TrustPanel {...used} />
      </section>
    </AuditPage>
  )
}

interface LogProps {
  readonly log: ReadLog
  /** How many entries this version cannot read. */
  readonly unreadable: number
  readonly trust: Trust
}

function LogPanel({ log: { origin, size, problem, isWitnessed }, unreadable, trust }: LogProps) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const policies = policiesFor(origin, trust)
  const isDemanded = policies.length === 0 || policies.some(({ quorum }) => quorum !== 'none')
  const isWell = problem === null && (isWitnessed || !isDemanded)
  return (
    <section className={problem === null ? 'sheet' : 'sheet alarm'}>
      <h2>
        <ShownText text={origin} />
      </h2>
      <p className={isWell ? 'state-good' : 'state-amber'}>
        <Icon name={isWell ? 'shield' : 'warning'} />{' '}
        {problem === null
          ? t('auditor.logs.well')
          : t(`auditor.logs.problems.${problem}`, { defaultValue: t('auditor.logs.problems.FAILED') })}
      </p>
      <Growth origin={origin} />
      <dl className="facts">
        <div>
          <dt>{t('auditor.logs.size')}</dt>
          <dd>
            {number(size)} {unreadable > 0 && `(${t('auditor.logs.unreadable', { count: unreadable })})`}
          </dd>
        </div>
        <LastEntry origin={origin} trust={trust} />
        <div>
          <dt>{t('auditor.logs.witnessed')}</dt>
          <dd>{t(`auditor.logs.${!isDemanded ? 'notDemanded' : isWitnessed ? 'yes' : 'no'}`)}</dd>
        </div>
        <div>
          <dt>{t('auditor.logs.trusted')}</dt>
          <dd>{t(policies.length > 0 ? 'auditor.logs.named' : 'auditor.logs.notNamed')}</dd>
        </div>
      </dl>
    </section>
  )
}

/** The newest entry of a log, and when each witness saw the log that has it. */
function LastEntry({ origin, trust }: { readonly origin: string; readonly trust: Trust }) {
  const { t } = useTranslation()
  const { data } = useOversight<{ readonly entries: EntryPageData }>('entries', { filter: { log: origin }, first: 1 })
  const last = data?.data.entries.edges[0]?.node
  if (last === undefined) return null
  const checked =
    last.proof == null ? null : checkBundle(last.proof, { trust, log: origin, position: null, nowMs: Date.now() })
  return (
    <>
      <div>
        <dt>{t('auditor.logs.last')}</dt>
        <dd>
          <LocalTime time={last.time} />
        </dd>
      </div>
      {checked?.state?.witnesses.map(({ name, time }) => (
        <div key={name}>
          <dt>
            {t('auditor.logs.witness')} <ShownText text={name} />
          </dt>
          <dd>{time === null ? t('auditor.notWitnessed') : <LocalTime time={time} />}</dd>
        </div>
      ))}
    </>
  )
}

/** How a log grew in the last thirty days. */
function Growth({ origin }: { readonly origin: string }) {
  const { t } = useTranslation()
  const { fromMs, untilMs } = useMemo(() => {
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS
    return { fromMs: today - 29 * DAY_MS, untilMs: today + DAY_MS }
  }, [])
  const filter = { log: origin, from: new Date(fromMs).toISOString() }
  const { data } = useOversight<{ readonly counts: readonly EntryCount[] }>('counts', { by: 'day', filter, first: 100 })
  if (data === undefined || data.data.counts.length === 0) return null
  const rows = fillTime(data.data.counts, 'day', { fromMs, untilMs })
  return (
    <>
      <p className="meta">{t('auditor.logs.grew', { count: rows.at(-1)?.count ?? 0 })}</p>
      <TimeBars rows={rows} form={{ log: origin }} />
    </>
  )
}
