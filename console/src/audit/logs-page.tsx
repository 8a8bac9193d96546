import { Skeleton } from '../components/paged-rows.tsx'
import { Table } from '../components/table.tsx'
import { wordIn } from '../components/word-in.ts'
import { useFormats } from '../shell/use-formats.ts'
import { fill } from '../words/fill.ts'
import { AuditPage } from './audit-page.tsx'
import type { ViewerData } from './shown-entry.ts'
import { policiesFor, type Trust } from './trust.ts'
import { TrustPanel } from './trust-panel.tsx'
import { useAuditWords, useViewer } from './use-oversight.ts'
import { useTrust } from './use-trust.ts'

type ReadLog = ViewerData['logs'][number]

/** The logs that oversight reads, and whether the auditor's trust policy names them. */
export function LogsPage() {
  const words = useAuditWords()
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
          caption={words.lead.logs}
          columns={[
            { title: words.logs.origin, isHeader: true, show: ({ origin }: ReadLog) => origin },
            {
              title: words.logs.size,
              isNumber: true,
              show: ({ origin, size }) => {
                const count = unreadable.get(origin) ?? 0
                return count === 0 ? number(size) : `${number(size)} (${fill(words.logs.unreadable, { count })})`
              },
            },
            {
              title: words.logs.state,
              show: ({ problem }) =>
                problem === null
                  ? words.logs.well
                  : (wordIn(words.logs.problems, problem) ?? words.logs.problems.FAILED),
            },
            { title: words.logs.witnessed, show: (log) => words.logs[nameWitnesses(log, used.trust)] },
            {
              title: words.logs.trusted,
              show: ({ origin }) =>
                policiesFor(origin, used.trust).length > 0 ? words.logs.named : words.logs.notNamed,
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
