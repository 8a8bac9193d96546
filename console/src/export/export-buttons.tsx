import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ShownText } from '../components/shown-text.tsx'
import { wordError } from '../session/word-error.ts'
import type { NotedExport } from './note-export.ts'
import type { ExportFrame } from './table-export.ts'
import { type ExportAct, type ExportedTable, type OtherForm, useExport } from './use-export.ts'
import { useHandlingFoot } from './use-handling-foot.ts'

/**
 * The buttons that export a table. Each export is noted in the log of the officer's authority before a file is saved. The file says what each country
 * answered, and by which ids the questions stand in the logs; the page says by which the export does.
 */
export function ExportButtons<Row>(table: ExportedTable<Row>) {
  const { rows, provenances, others = {} } = table
  const { t } = useTranslation()
  const wordHandling = useHandlingFoot()
  const { exporting, noted, printed } = useExport(table)
  const button = (act: ExportAct, label: string) => (
    <Button key={act} disabled={exporting.isPending} onClick={() => exporting.mutate(act)}>
      {label}
    </Button>
  )
  return (
    <>
      {provenances !== undefined && rows.length > 0 && (
        <p className="quiet-text">
          <ShownText text={wordHandling(provenances)} />
        </p>
      )}
      <div className="actions no-print">
        {button('csv', t('common.export'))}
        {button('xlsx', t('common.exportXlsx'))}
        {button('pdf', t('common.exportPdf'))}
        {button('print', t('common.print'))}
        {(Object.keys(others) as OtherForm[]).map((form) => button(form, t('export.as', { form: form.toUpperCase() })))}
        <span role="status">{exporting.isPending && t('export.noting')}</span>
      </div>
      {exporting.isError && (
        <p role="alert" className="notice">
          <ShownText text={t('export.failed', { message: wordError(t, exporting.error) })} />
        </p>
      )}
      {noted !== null && <Noted noted={noted} />}
      {printed !== null && <PrintedFrame frame={printed} />}
    </>
  )
}

/** Where the last export was noted: on the page, and on paper. */
function Noted({ noted: { entries, digest } }: { readonly noted: NotedExport }) {
  const { t } = useTranslation()
  return (
    <p className="quiet-text">
      {entries.map((entry) => (
        <ShownText key={entry.id} text={`${t('export.entry')}: ${t('export.entryIs', { ...entry })}. `} />
      ))}
      {t('export.digest')}: <code>{digest}</code>
    </p>
  )
}

function PrintedFrame({ frame: { facts } }: { readonly frame: ExportFrame }) {
  return (
    <dl className="facts print-only">
      {facts.map(([label, value]) => (
        <div key={`${label} ${value}`}>
          <dt>{label}</dt>
          <dd>
            <ShownText text={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
