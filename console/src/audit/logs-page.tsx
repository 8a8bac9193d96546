import { useTranslation } from 'react-i18next'
import { Skeleton } from '../components/paged-rows.tsx'
import { Table } from '../components/table.tsx'
import { useFormats } from '../shell/formats.ts'
import { AuditPage } from './audit-page.tsx'
import type { ViewerData } from './shown-entry.ts'
import { policiesFor, type Trust } from './trust.ts'
import { TrustPanel } from './trust-panel.tsx'
import { useViewer } from './use-oversight.ts'
import { useTrust } from './use-trust.ts'

type ReadLog = ViewerData['logs'][number]

/** The logs that oversight reads, and whether the auditor's trust policy names them. */
export function LogsPage() {
  const { t } = useTranslation()
  const { number } = useFormats()
  const used = useTrust()
  const { data, error } = useViewer()
  const unreadable = new Map(data?.logs.map((log) => [log.origin, log.unreadable]))
  return (
    <AuditPage name="logs">
      <TrustPanel {...used} />
      {(data === undefined || used.isLoading) && error === null && <Skeleton />}
      {data !== undefined && !used.isLoading && (
        <Table
          caption={t('auditor.lead.logs')}
          columns={[
            { title: t('auditor.logs.origin'), isHeader: true, show: ({ origin }: ReadLog) => origin },
            {
              title: t('auditor.logs.size'),
              isNumber: true,
              show: ({ origin, size }) => {
                const count = unreadable.get(origin) ?? 0
                return count === 0 ? number(size) : `${number(size)} (${t('auditor.logs.unreadable', { count })})`
              },
            },
            {
              title: t('auditor.logs.state'),
              show: ({ problem }) =>
                problem === null
                  ? t('auditor.logs.well')
                  : t(`auditor.logs.problems.${problem}`, { defaultValue: t('auditor.logs.problems.FAILED') }),
            },
            { title: t('auditor.logs.witnessed'), show: (log) => t(`auditor.logs.${nameWitnesses(log, used.trust)}`) },
            {
              title: t('auditor.logs.trusted'),
              show: ({ origin }) =>
                policiesFor(origin, used.trust).length > 0 ? t('auditor.logs.named') : t('auditor.logs.notNamed'),
            },
          ]}
          rows={data.data.logs}
          keyOf={({ origin }) => origin}
        />
      )}
    </AuditPage>
  )
}

/** Whether a log has enough witnesses, if the auditor's trust policy demands any. */
function nameWitnesses({ origin, isWitnessed }: ReadLog, trust: Trust): 'yes' | 'no' | 'notDemanded' {
  const policies = policiesFor(origin, trust)
  if (policies.length > 0 && policies.every(({ quorum }) => quorum === 'none')) return 'notDemanded'
  return isWitnessed ? 'yes' : 'no'
}
