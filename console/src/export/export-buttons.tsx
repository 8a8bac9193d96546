import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { ShownText } from '../components/shown-text.tsx'
import type { SessionAnswer } from '../session/session.ts'
import { useWorld } from '../session/use-session.ts'
import { type ExportFormat, noteExport } from './note-export.ts'
import { saveFile } from './save-file.ts'
import { type ExportColumn, type ExportFrame, writeCsv, writeRecords } from './table-export.ts'
import { useExportFrame } from './use-export-frame.ts'

/**
 * The buttons that export a table. Each export is noted in the log of the officer's authority before there is a file, and the file says what each country
 * answered, and by which ids the questions and the export stand in the logs.
 */
export function ExportButtons<Row>({
  name,
  answers,
  isComplete,
  columns,
  rows,
}: {
  /** The name of the file, in words. */
  readonly name: string
  readonly answers: readonly SessionAnswer<unknown>[]
  /** Whether there are no more rows. */
  readonly isComplete: boolean
  readonly columns: readonly ExportColumn<Row>[]
  readonly rows: readonly Row[]
}) {
  const { t } = useTranslation()
  const world = useWorld()
  const frameOf = useExportFrame(answers, isComplete)
  const [printed, setPrinted] = useState<ExportFrame | null>(null)
  const exporting = useMutation({
    mutationFn: async (format: ExportFormat) => {
      const records = writeRecords(columns, rows)
      const requests = [...new Set(answers.flatMap(({ requestId }) => requestId ?? []))]
      const frame = frameOf(await noteExport(world, { requests, format, rows: rows.length, records }))
      const file = nameFile(name)
      if (format === 'csv') saveFile(`${file}.csv`, 'text/csv;charset=utf-8', writeCsv(records, frame))
      else if (format === 'xlsx') {
        const { writeXlsx } = await import('./write-xlsx.ts')
        saveFile(`${file}.xlsx`, '', await writeXlsx(columns, rows, frame))
      } else {
        // The page that is printed has what the file would have.
        flushSync(() => setPrinted(frame))
        print()
      }
    },
  })
  const button = (format: ExportFormat, label: string) => (
    <button type="button" disabled={exporting.isPending} onClick={() => exporting.mutate(format)}>
      {label}
    </button>
  )
  return (
    <>
      <div className="actions no-print">
        {button('csv', t('common.export'))}
        {button('xlsx', t('common.exportXlsx'))}
        {button('pdf', t('common.print'))}
        <span role="status">{exporting.isPending && t('export.noting')}</span>
      </div>
      {exporting.isError && (
        <p role="alert" className="notice">
          {t('export.failed', { message: exporting.error.message })}
        </p>
      )}
      {printed !== null && <PrintedFrame frame={printed} />}
    </>
  )
}

function PrintedFrame({ frame: { facts } }: { readonly frame: ExportFrame }) {
  return (
    <dl className="facts print-only">
      {facts.map(([label, value]) => (
        <div key={`${label} ${value}`} className="fact">
          <dt>{label}</dt>
          <dd>
            <ShownText text={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function nameFile(name: string): string {
  const at = new Date().toISOString().slice(0, 16).replace(/[-:T]/g, '')
  return `istmo-${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')}-${at}`
}
