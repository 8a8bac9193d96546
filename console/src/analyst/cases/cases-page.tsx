import { Button } from '@mantine/core'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAskApart } from '../../apart/use-ask-apart.ts'
import { PageHead } from '../../components/page-head.tsx'
import { PagedRows } from '../../components/paged-rows.tsx'
import { Table } from '../../components/table.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { CASES } from '../../documents/documents.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { useAskedPurpose } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useTellLine } from '../../shell/line-context.tsx'
import { OpenableMap } from '../map/openable-map.tsx'
import type { AskedCases } from './case-fields.ts'
import { CaseFilterForm } from './case-filter-form.tsx'
import { useCaseColumns } from './use-case-columns.tsx'

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
  const purpose = useAskedPurpose(asked)
  const ask = (next: AskedCases): void => {
    setOfLink(false)
    setKept(next)
  }
  return (
    <>
      <CaseFilterForm before={asked} onAsk={ask} />
      <CountriesLine />
      {asked === null ? (
        <>
          <PageHead title={t('cases.title')} />
          <div className="empty">
            <p>{t('cases.teach')}</p>
            <Button variant="filled" onClick={() => ask({ filter: {}, countries: null })}>
              {t('cases.newest')}
            </Button>
          </div>
        </>
      ) : (
        <CaseRows key={JSON.stringify([purpose, asked])} asked={asked} />
      )}
    </>
  )
}

function CaseRows({ asked: { filter, countries } }: { readonly asked: AskedCases }) {
  const { t } = useTranslation()
  const { shown, exported } = useCaseColumns()
  const variables = { filter, first: PAGE_ROWS, countries }
  const asked = useAskApart(CASES, variables, ({ cases }) => cases)
  const { answers, awaited, isAsking } = asked
  useTellLine(
    answers,
    isAsking,
    { document: CASES, variables: { ...variables, after: null } },
    awaited,
    asked.askMissing,
  )
  const rows = asked.rows.map(({ node }) => node)
  return (
    <>
      <PageHead
        title={t('cases.title')}
        actions={
          rows.length > 0 && (
            <ExportButtons
              name={t('cases.title')}
              answers={answers}
              isComplete={!asked.hasMore && !isAsking && asked.held === 0 && asked.unanswered.length === 0}
              columns={exported}
              rows={rows}
              provenances={rows.map(({ provenance }) => provenance)}
            />
          )
        }
      />
      <PagedRows asked={asked}>
        <OpenableMap rows={rows} answers={answers} hasMore={asked.hasMore || isAsking || asked.held > 0}>
          <Table caption={t('cases.title')} columns={shown} rows={rows} keyOf={({ id }) => id} />
        </OpenableMap>
      </PagedRows>
    </>
  )
}
