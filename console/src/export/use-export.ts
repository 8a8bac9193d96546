import { type UseMutationResult, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import type { Provenance } from '../documents/types.ts'
import type { SessionAnswer } from '../session/session.ts'
import { useWorld } from '../session/use-session.ts'
import { loadMaker } from './load-maker.ts'
import { type ExportFormat, noteExport } from './note-export.ts'
import { saveFile } from './save-file.ts'
import { type ExportColumn, type ExportFrame, writeRecords } from './table-export.ts'
import { useExportFrame } from './use-export-frame.ts'
import { useHandlingFoot } from './use-handling-foot.ts'

/** What an officer can do with a table. What is printed is noted as PDF. */
export type ExportAct = ExportFormat | 'print'

/** A table that can be exported. */
export interface ExportedTable<Row> {
  /** The name of the file, in words. */
  readonly name: string
  readonly answers: readonly SessionAnswer<unknown>[]
  /** Whether there are no more rows. */
  readonly isComplete: boolean
  readonly columns: readonly ExportColumn<Row>[]
  readonly rows: readonly Row[]
  /** Where the records come from and how they may be used; null for one that hides it. Without it, the rows do not stand for records: counts, hits. */
  readonly provenances?: readonly (Provenance | null)[] | undefined
}

/** Exports a table: the export is noted in the log of the officer's authority, and then the file is made. */
export function useExport<Row>({ name, answers, isComplete, columns, rows, provenances = [] }: ExportedTable<Row>): {
  readonly exporting: UseMutationResult<void, Error, ExportAct>
  /** What the printed page says besides the table; null if nothing was printed yet. */
  readonly printed: ExportFrame | null
} {
  const { t, i18n } = useTranslation()
  const wordHandling = useHandlingFoot()
  const world = useWorld()
  const frameOf = useExportFrame(answers, isComplete)
  const [printed, setPrinted] = useState<ExportFrame | null>(null)
  const exporting = useMutation({
    mutationFn: async (act: ExportAct): Promise<void> => {
      const records = writeRecords(columns, rows)
      const requests = [...new Set(answers.flatMap(({ requestId }) => requestId ?? []))]
      const format = act === 'print' ? 'pdf' : act
      // What writes the file is loaded first: an entry for which no file can be made would only puzzle auditors.
      const makeFile = act === 'print' ? null : await loadMaker(act)
      const frame = frameOf(await noteExport(world, { requests, format, rows: rows.length, records }))
      if (makeFile === null) {
        // The page that is printed has what the file would have.
        flushSync(() => setPrinted(frame))
        print()
        return
      }
      const wordPage = (page: number, pages: number): string => t('export.page', { page, pages })
      const words = { title: name, foot: wordHandling(provenances), wordPage, language: i18n.language }
      saveFile(`${nameFile(name)}.${act}`, '', await makeFile({ columns, rows, frame, ...words }))
    },
  })
  return { exporting, printed }
}

function nameFile(name: string): string {
  const at = new Date().toISOString().slice(0, 16).replace(/[-:T]/g, '')
  return `istmo-${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')}-${at}`
}
