import { useQuery } from '@tanstack/react-query'
import { type Entry, parseEntry } from '../../../contract/audit-log/entry.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { checkBundle } from './check-bundle.ts'
import { showTime } from './entry-table.tsx'
import { Failure } from './failure.tsx'
import { findApproval, listMandates, type MandateAct, type NamedMandate } from './find-approval.ts'
import type { ShownProof } from './shown-entry.ts'
import type { Trust } from './trust.ts'
import { type AskOversight, useAskOversight, useAuditWords } from './use-oversight.ts'
import { useTrust } from './use-trust.ts'
import type { VerifiedEntry } from './verify-entry.ts'

/** The kinds of entries in which an authority's log tells of mandates. */
const ACTS = ['mandate-draft', 'mandate', 'mandate-revocation'] as const

/** The most acts of a kind that are looked through. An authority has some hundred mandates. */
const MAX_ACTS = 1_000

/** Who approved the mandate that was acted on, by the proved entries of its authority's log. */
export function ApprovalPanel({ verified, time }: { readonly verified: VerifiedEntry; readonly time: string }) {
  const words = useAuditWords()
  const { entry, parts } = verified
  if (entry === null || (entry.kind !== 'request' && entry.kind !== 'leg')) return null
  const mandates = listMandates(entry, parts)
  return (
    <section aria-labelledby="entry-approval">
      <h2 id="entry-approval">{words.approval.title}</h2>
      <p>{mandates.length === 0 ? words.approval.none : words.approval.intro}</p>
      {mandates.map((mandate) => (
        <Approval key={`${mandate.authority} ${mandate.hash}`} mandate={mandate} time={time} />
      ))}
    </section>
  )
}

function Approval({ mandate, time }: { readonly mandate: NamedMandate; readonly time: string }) {
  const words = useAuditWords()
  const ask = useAskOversight()
  const { trust } = useTrust()
  const { data, error, refetch } = useQuery({
    queryKey: ['oversight', 'mandate-acts', trust.names],
    queryFn: () => readActs(ask, trust),
  })
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton />
  const { acts, state } = findApproval(mandate.hash, time, data.entries)
  return (
    <div className="sheet">
      <p>
        {words.approval.mandate} <ShownCode text={mandate.hash} />, <ShownText text={mandate.authority} />
      </p>
      {acts.length === 0 ? (
        <p className="notice">
          <ShownText text={words.approval.noLog(mandate.authority)} />
        </p>
      ) : (
        <>
          <p>
            <strong>{words.approval.states[state]}</strong>
          </p>
          <Table
            caption={words.approval.title}
            columns={[
              { title: words.columns.time, isHeader: true, show: (act: MandateAct) => showTime(act.time) },
              { title: words.columns.kind, show: ({ kind }) => words.approval.acts[kind] },
              { title: words.approval.person, show: ({ person }) => <ShownCode text={person} /> },
              { title: words.approval.key, show: ({ key }) => <ShownCode text={key} /> },
            ]}
            rows={acts}
            keyOf={({ entryId }) => entryId}
          />
        </>
      )}
      {data.unproven > 0 && <p className="notice">{words.approval.unproven(data.unproven)}</p>}
    </div>
  )
}

interface ProvedPage {
  readonly entries: {
    readonly edges: readonly {
      readonly node: { readonly log: string; readonly position: number; readonly proof: ShownProof | null }
    }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

/** Reads the acts on mandates that oversight has, and proves each of them. What is not proved is counted and left out. */
async function readActs(
  ask: AskOversight,
  trust: Trust,
): Promise<{ readonly entries: readonly Entry[]; readonly unproven: number }> {
  const entries: Entry[] = []
  let unproven = 0
  for (const kind of ACTS) {
    let after: string | null = null
    for (let read = 0; read < MAX_ACTS; ) {
      const answer: { readonly data: ProvedPage } = await ask<ProvedPage>('provedEntries', {
        ...{ filter: { kind }, first: 50, after },
      })
      const { edges, pageInfo } = answer.data.entries
      for (const { node } of edges) {
        const { log, position, proof } = node
        const isProven =
          proof !== null && checkBundle(proof, { trust, log, position, nowMs: Date.now() }).faults.length === 0
        if (isProven) entries.push(parseEntry(new TextEncoder().encode(proof.entry)))
        else unproven += 1
      }
      read += edges.length
      after = pageInfo.endCursor
      if (!pageInfo.hasNextPage || edges.length === 0) break
    }
  }
  return { entries, unproven }
}
