import { useTranslation } from 'react-i18next'
import { Table } from '../../components/table.tsx'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { wordEmpty } from '../../shell/word-empty.ts'
import { useCaseColumns } from '../cases/use-case-columns.tsx'
import type { Dossier } from './use-dossier.ts'

/** The cases of each country that name the person, under any identity. */
export function CasesOfPerson({ dossier }: { readonly dossier: Dossier }) {
  const { t } = useTranslation()
  const { shown, exported } = useCaseColumns()
  const { cases, answers, isAsking, isWhole } = dossier
  const rows = cases.map(({ row, identities }) => ({ ...row, identities }))
  return (
    <section aria-labelledby="cases">
      <h2 id="cases">{t('person.cases')}</h2>
      {rows.length === 0 && !isAsking && <p className="empty">{t(wordEmpty(answers))}</p>}
      {rows.length > 0 && (
        <>
          <Table
            caption={t('person.cases')}
            columns={[
              ...shown,
              { title: t('person.identities'), show: (row) => (row as (typeof rows)[number]).identities.join(', ') },
            ]}
            rows={rows}
            keyOf={({ id }) => id}
          />
          <ExportButtons
            name={t('person.cases')}
            answers={answers}
            isComplete={isWhole && !isAsking}
            columns={exported}
            rows={rows}
            provenances={rows.map(({ provenance }) => provenance)}
          />
        </>
      )}
    </section>
  )
}
