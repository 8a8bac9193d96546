import { type UseMutationResult, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { toBase64Url } from '../../../clients/base64url.ts'
import type { Provenance } from '../documents/types.ts'
import type { SessionAnswer } from '../session/session.ts'
import { useSignedIn, useWorld } from '../session/use-session.ts'
import { useFormats } from '../shell/formats.ts'
import { type HiddenField, isPartial, listMadeUp, summarizeCountries } from '../shell/summarize-countries.ts'
import { wordField } from '../shell/word-field.ts'
import { loadMaker, type TableForm } from './load-maker.ts'
import { type ExportFormat, type NotedExport, noteExport } from './note-export.ts'
import { saveFile } from './save-file.ts'
import type { ExportColumn, ExportFact, ExportFrame, ExportPart } from './table-export.ts'
import { useHandlingFoot } from './use-handling-foot.ts'

/** How other forms are noted: a picture is for people, as paper is, and a graph is for programs. */
const NOTED_AS = { print: 'pdf', png: 'pdf', svg: 'pdf', graphml: 'json' } as const

/** A form in which a page exports something besides its table. */
export type OtherForm = Exclude<keyof typeof NOTED_AS, 'print'>

/** What an officer can do with a table. What is printed is noted as PDF. */
export type ExportAct = 'csv' | 'xlsx' | 'pdf' | 'print' | OtherForm

/** A table that can be exported. */
export interface ExportedTable<Row> {
  /** The name of the file, in words. */
  readonly name: string
  /** What stands at the head of a document, which the name of a file need not tell. Default: the name. */
  readonly title?: string
  readonly answers: readonly SessionAnswer<unknown>[]
  /** Whether there are no more rows. */
  readonly isComplete: boolean
  /** The countries that withhold small numbers. By code. */
  readonly withheld?: readonly string[]
  /** What makes the other forms that the page offers. */
  readonly others?: Readonly<Partial<Record<OtherForm, (frame: ExportFrame) => Blob | Promise<Blob>>>>
  readonly columns: readonly ExportColumn<Row>[]
  readonly rows: readonly Row[]
  /** What a document and a workbook have instead of the table. */
  readonly parts?: readonly ExportPart[]
  /** Where the records come from and how they may be used; null for one that hides it. Without it, the rows do not stand for records: counts, hits. */
  readonly provenances?: readonly (Provenance | null)[] | undefined
}

/** Exports a table: the file is made, the export is noted in the log of the officer's authority with the file's digest, and then the file is saved. */
export function useExport<Row>({
  name,
  title = name,
  answers,
  isComplete,
  withheld = [],
  others = {},
  columns,
  rows,
  parts,
  provenances = [],
}: ExportedTable<Row>): {
  readonly exporting: UseMutationResult<void, Error, ExportAct>
  /** Where the last export was noted; null if there was none, or the authority notes none. */
  readonly noted: NotedExport | null
  /** What the printed page says besides the table; null if nothing was printed yet. */
  readonly printed: ExportFrame | null
} {
  const { t, i18n } = useTranslation()
  const wordHandling = useHandlingFoot()
  const world = useWorld()
  const { day } = useFormats()
  const frameOf = useExportFrame(answers, isComplete, withheld)
  const [noted, setNoted] = useState<NotedExport | null>(null)
  const [printed, setPrinted] = useState<ExportFrame | null>(null)
  const exporting = useMutation({
    mutationFn: async (act: ExportAct): Promise<void> => {
      const requests = [...new Set(answers.flatMap(({ requestId }) => requestId ?? []))]
      const format = act in NOTED_AS ? NOTED_AS[act as keyof typeof NOTED_AS] : (act as ExportFormat)
      const frame = frameOf(world.config.exports === null ? null : newSalt())
      const words = {
        foot: wordHandling(provenances),
        answered: t('export.answered'),
        verify: t('export.verifyTitle'),
        sheet: t('export.sheet'),
        day,
        language: i18n.language,
        atLeast: (number: string): string => t('export.atLeast', { number }),
        page: (page: number, pages: number): string => t('export.page', { page, pages }),
      }
      // Paper has no digest: what is noted is that of the CSV file with the same content.
      const picture = act === 'pdf' ? await others.png?.({ facts: [] }) : undefined
      const makeTable = async (form: TableForm) =>
        (await loadMaker(form))({ title, columns, rows, parts, frame, words, picture })
      const other = others[act as OtherForm]
      const file =
        other === undefined ? await makeTable(act === 'print' ? 'csv' : (act as TableForm)) : await other(frame)
      const entries = await noteExport(world, { requests, format, rows: rows.length, file })
      // The page that is printed has what the file would have, and names the entry.
      flushSync(() => {
        setNoted(entries)
        if (act === 'print') setPrinted(frame)
      })
      if (act === 'print') print()
      else saveFile(`${nameFile(name)}.${act}`, '', file)
    },
  })
  return { exporting, noted, printed }
}

/** 128 bits, so that nobody guesses a file from its digest. */
function newSalt(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(16)))
}

function nameFile(name: string): string {
  const at = new Date().toISOString().slice(0, 16).replace(/[-:T]/g, '')
  return `istmo-${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')}-${at}`
}

/** Returns a function that writes what a file says besides its records, with a salt if the export is noted. */
function useExportFrame(
  answers: readonly SessionAnswer<unknown>[],
  isComplete: boolean,
  withheld: readonly string[],
): (salt: string | null) => ExportFrame {
  const { t } = useTranslation()
  const { country, moment } = useFormats()
  const { officer, mandate } = useSignedIn()
  const summary = summarizeCountries(answers)
  const asked = (label: string, value: string): ExportFact => [label, value, 'asked']
  const answered = (label: string, value: string): ExportFact => [label, value, 'answered']
  const outcomes = summary.countries.map(({ country: code, standing, flaws }) => {
    const wordDomain = (domain: string): string => t(`line.domain.${domain}`, { defaultValue: domain })
    const codes = flaws.map(({ domain, code: why }) => [wordDomain(domain), why].filter(Boolean).join(' ')).join(', ')
    const text = `${country(code)}: ${t(`line.standing.${standing}`)}${codes === '' ? '' : ` (${codes})`}`
    return answered(t('export.countries'), text)
  })
  // An empty cell would look like a value that nobody recorded.
  const wordHidden = (place: string, hidden: readonly HiddenField[]): readonly ExportFact[] => {
    const text = hidden.map(({ coordinate }) => wordField(t, coordinate)).join(', ')
    return text === '' ? [] : [answered(t('export.hidden'), t('line.ofCountry', { country: place, text }))]
  }
  const { madeUp } = listMadeUp(answers)
  return (salt) => ({
    facts: [
      answered(
        t('export.about'),
        t(isComplete && !isPartial(summary) && withheld.length === 0 ? 'export.complete' : 'export.incomplete'),
      ),
      ...withheld.map((code) => answered(t('export.withheld'), country(code))),
      asked(t('export.at'), moment(Math.max(0, ...answers.map(({ at }) => at)))),
      asked(
        t('export.officer'),
        [t(`officerRole.${officer.role}`, { defaultValue: officer.role ?? '' }), officer.name]
          .filter(Boolean)
          .join(' · '),
      ),
      asked(t('export.agency'), officer.agency ?? ''),
      asked(t('bar.mandate'), mandate.taskForce ?? ''),
      asked(t('export.purpose'), [...new Set(answers.map(({ purpose }) => t(`purpose.${purpose}`)))].join(', ')),
      ...outcomes,
      ...wordHidden(t('line.everywhere'), summary.hiddenEverywhere),
      ...summary.countries.flatMap(({ country: code, hidden }) => wordHidden(country(code), hidden)),
      ...(madeUp.length > 0 ? [answered(t('export.madeUp'), madeUp.map(country).join(', '))] : []),
      ...summary.requestIds.map((id): ExportFact => [t('export.requests'), id]),
      salt === null ? [t('export.noEntry'), ''] : [t('export.salt'), salt],
      [t('export.verify'), ''],
    ],
  })
}
