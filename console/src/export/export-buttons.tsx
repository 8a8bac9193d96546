import { useTranslation } from 'react-i18next'
import type { SessionAnswer } from '../session/session.ts'
import { useSignedIn } from '../session/use-session.ts'
import { isIncomplete, summarizeCountries } from '../shell/summarize-countries.ts'
import { useFormats } from '../shell/use-formats.ts'
import { saveFile } from './save-file.ts'
import { type ExportColumn, type ExportFrame, writeCsv } from './table-export.ts'

/** The buttons that export a table, with what each country answered and the ids by which the questions stand in the audit logs. */
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
  const frame = useFrame(answers, isComplete)
  const at = new Date().toISOString().slice(0, 16).replace(/[-:T]/g, '')
  const fileName = `istmo-${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')}-${at}`
  const saveCsv = (): void => saveFile(`${fileName}.csv`, 'text/csv;charset=utf-8', writeCsv(columns, rows, frame()))
  const saveXlsx = async (): Promise<void> => {
    const { writeXlsx } = await import('./write-xlsx.ts')
    saveFile(`${fileName}.xlsx`, '', await writeXlsx(columns, rows, frame()))
  }
  return (
    <div className="actions no-print">
      <button type="button" onClick={saveCsv}>
        {t('common.export')}
      </button>
      <button type="button" onClick={() => void saveXlsx()}>
        {t('common.exportXlsx')}
      </button>
      <button type="button" onClick={() => print()}>
        {t('common.print')}
      </button>
    </div>
  )
}

function useFrame(answers: readonly SessionAnswer<unknown>[], isComplete: boolean): () => ExportFrame {
  const { t } = useTranslation()
  const { country, moment } = useFormats()
  const { officer, mandate } = useSignedIn()
  return () => {
    const summary = summarizeCountries(answers)
    const isWhole = isComplete && !isIncomplete(summary)
    const purposes = [...new Set(answers.map(({ purpose }) => t(`purpose.${purpose}`)))].join(', ')
    const outcomes = summary.countries.map(({ country: code, standing, flaws }) => {
      const codes = flaws.map(({ domain, code: why }) => [domain, why].filter(Boolean).join(' ')).join(', ')
      return `${country(code)}: ${t(`line.standing.${standing}`)}${codes === '' ? '' : ` (${codes})`}`
    })
    return {
      facts: [
        [t('export.about'), t(isWhole ? 'export.complete' : 'export.incomplete')],
        [t('export.at'), moment(Math.max(0, ...answers.map(({ at }) => at)))],
        [t('export.officer'), [officer.role, officer.name, officer.agency].filter(Boolean).join(' · ')],
        [t('bar.mandate'), mandate.taskForce ?? ''],
        [t('export.purpose'), purposes],
        ...outcomes.map((text): [string, string] => [t('export.countries'), text]),
        ...summary.requestIds.map((id): [string, string] => [t('export.requests'), id]),
        [t('export.verify'), ''],
        [t('export.entry'), ''],
      ],
    }
  }
}
