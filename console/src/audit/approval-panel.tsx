import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Entry, parseEntry } from '../../../contract/audit-log/entry.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import type { AskOversight } from './ask-oversight.ts'
import { checkBundle } from './check-bundle.ts'
import { showTime } from './entry-table.tsx'
import { Failure } from './failure.tsx'
import { findApproval, listMandates, type MandateAct, type NamedMandate } from './find-approval.ts'
import type { ShownProof } from './shown-entry.ts'
import type { Trust } from './trust.ts'
import { useAskOversight } from './use-oversight.ts'
import { useTrust } from './use-trust.ts'
import type { VerifiedEntry } from './verify-entry.ts'

/** Who approved the mandate that was acted on, by the proved entries of its authority's log. */
export function ApprovalPanel({ verified, time }: { readonly verified: VerifiedEntry; readonly time: string }) {
  const { t } = useTranslation()
  const { entry, parts } = verified
  if (entry === null || (entry.kind !== 'request' && entry.kind !== 'leg')) return null
  const mandates = listMandates(entry, parts)
  return (
    <section aria-labelledby="entry-approval">
      <h2 id="entry-approval">{t('auditor.approval.title')}</h2>
      <p>{mandates.length === 0 ? t('auditor.approval.none') : t('auditor.approval.intro')}</p>
      {mandates.map((mandate) => (
        <Approval key={`${mandate.authority} ${mandate.hash}`} mandate={mandate} time={time} />
      ))}
    </section>
  )
}

function Approval({ mandate, time }: { readonly mandate: NamedMandate; readonly time: string }) {
  const { t } = useTranslation()
  const ask = useAskOversight()
  const { trust } = useTrust()
  const { data, error, refetch } = useQuery({
    queryKey: ['oversight', 'mandateActs', mandate.hash, trust.names],
    queryFn: () => readActs(ask, mandate.hash, trust),
  })
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton />
  const { acts, state } = findApproval(mandate.hash, time, data.entries)
  return (
    <div className="sheet">
      <p>
        {t('auditor.approval.mandate')} <ShownCode text={mandate.hash} />, <ShownText text={mandate.authority} />
      </p>
      {acts.length === 0 ? (
        <p className="notice">
          <ShownText text={t('auditor.approval.noLog', { authority: mandate.authority })} />
        </p>
      ) : (
        <>
          <p>
            <strong>{t(`auditor.approval.states.${state}`)}</strong>
          </p>
          <Table
            caption={t('auditor.approval.title')}
            columns={[
              { title: t('auditor.columns.time'), isHeader: true, show: (act: MandateAct) => showTime(act.time) },
              { title: t('auditor.columns.kind'), show: ({ kind }) => t(`auditor.approval.acts.${kind}`) },
              { title: t('auditor.approval.person'), show: ({ person }) => <ShownCode text={person} /> },
              { title: t('auditor.approval.key'), show: ({ key }) => <ShownCode text={key} /> },
            ]}
            rows={acts}
            keyOf={({ entryId }) => entryId}
          />
        </>
      )}
      {data.unproven > 0 && <p className="notice">{t('auditor.approval.unproven', { count: data.unproven })}</p>}
    </div>
  )
}

interface ProvedActs {
  readonly mandateActs: readonly {
    readonly log: string
    readonly position: number
    readonly proof: ShownProof | null
  }[]
}

/** Reads the acts on a mandate that oversight has, and proves each of them. What is not proved is counted and left out. */
async function readActs(
  ask: AskOversight,
  mandate: string,
  trust: Trust,
): Promise<{ readonly entries: readonly Entry[]; readonly unproven: number }> {
  const { data } = await ask<ProvedActs>('mandateActs', { mandate })
  const entries = data.mandateActs.flatMap(({ log, position, proof }) => {
    if (proof === null) return []
    const { faults } = checkBundle(proof, { trust, log, position, nowMs: Date.now() })
    return faults.length === 0 ? [parseEntry(new TextEncoder().encode(proof.entry))] : []
  })
  return { entries, unproven: data.mandateActs.length - entries.length }
}
