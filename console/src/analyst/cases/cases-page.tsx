import { useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PagedRows, Skeleton } from '../../components/paged-rows.tsx'
import { Table } from '../../components/table.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { CASES } from '../../documents/documents.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { useAskPages } from '../../session/use-ask.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import type { AskedCases } from './case-fields.ts'
import { CaseFilterForm } from './case-filter-form.tsx'
import { useCaseColumns } from './use-case-columns.tsx'

// The shapes of the map are loaded when somebody opens it.
const CaseMap = lazy(async () => ({ default: (await import('../map/case-map.tsx')).CaseMap }))

const PAGE_ROWS = 50

/** The cases of each country that fit a filter, page by page to the end. */
export function CasesPage() {
  const { t } = useTranslation()
  const { iccs } = useSearch({ strict: false }) as { readonly iccs?: unknown }
  const linked: AskedCases | null =
    typeof iccs === 'string' && /^\d{2,6}$/.test(iccs) ? { filter: { iccs: [iccs] }, countries: null } : null
  const [kept, setKept] = useKeptState<AskedCases | null>('cases', null)
  const [isOfLink, setOfLink] = useState(linked !== null)
  const asked = isOfLink ? linked : kept
  return (
    <>
      <h1>{t('cases.title')}</h1>
      <CaseFilterForm
        before={asked}
        onAsk={(next) => {
          setOfLink(false)
          setKept(next)
        }}
      />
      {asked !== null && <CaseRows asked={asked} />}
    </>
  )
}

function CaseRows({ asked: { filter, countries } }: { readonly asked: AskedCases }) {
  const { t } = useTranslation()
  const { shown, exported } = useCaseColumns()
  const [isMapOpen, setMapOpen] = useState(false)
  const variables = { filter, first: PAGE_ROWS, countries }
  const asked = useAskPages(CASES, variables, ({ cases }) => cases?.pageInfo)
  const pages = asked.data?.pages ?? []
  useTellLine(pages, asked.isFetching, { document: CASES, variables: { ...variables, after: null } })
  const rows = pages.flatMap(({ data }) => data?.cases?.edges ?? []).map(({ node }) => node)
  return (
    <PagedRows asked={asked} count={rows.length}>
      <details onToggle={({ currentTarget }) => setMapOpen(currentTarget.open)}>
        <summary>{t('map.open')}</summary>
        {isMapOpen && (
          <Suspense fallback={<Skeleton />}>
            <CaseMap rows={rows} answers={pages} hasMore={asked.hasNextPage} />
          </Suspense>
        )}
      </details>
      <Table caption={t('cases.title')} columns={shown} rows={rows} keyOf={({ id }) => id} />
      <ExportButtons
        name={t('cases.title')}
        answers={pages}
        isComplete={!asked.hasNextPage}
        columns={exported}
        rows={rows}
        provenances={rows.map(({ provenance }) => provenance)}
      />
    </PagedRows>
  )
}
