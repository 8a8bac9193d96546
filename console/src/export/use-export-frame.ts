import { useTranslation } from 'react-i18next'
import type { SessionAnswer } from '../session/session.ts'
import { useSignedIn } from '../session/use-session.ts'
import { type HiddenField, isIncomplete, summarizeCountries } from '../shell/summarize-countries.ts'
import { useFormats } from '../shell/use-formats.ts'
import { wordField } from '../shell/word-field.ts'
import type { ExportFrame } from './table-export.ts'

/** Returns a function that writes what a file says besides its records, with a salt if the export is noted. */
export function useExportFrame(
  answers: readonly SessionAnswer<unknown>[],
  isComplete: boolean,
): (salt: string | null) => ExportFrame {
  const { t } = useTranslation()
  const { country, moment } = useFormats()
  const { officer, mandate } = useSignedIn()
  const summary = summarizeCountries(answers)
  const outcomes = summary.countries.map(({ country: code, standing, flaws }): readonly [string, string] => {
    const codes = flaws.map(({ domain, code: why }) => [domain, why].filter(Boolean).join(' ')).join(', ')
    const text = `${country(code)}: ${t(`line.standing.${standing}`)}${codes === '' ? '' : ` (${codes})`}`
    return [t('export.countries'), text]
  })
  // An empty cell would look like a value that nobody recorded.
  const wordHidden = (place: string, hidden: readonly HiddenField[]): ExportFrame['facts'] =>
    hidden.map(({ coordinate }) => [
      t('export.hidden'),
      t('line.ofCountry', { country: place, text: wordField(t, coordinate) }),
    ])
  return (salt) => ({
    facts: [
      [t('export.about'), t(isComplete && !isIncomplete(summary) ? 'export.complete' : 'export.incomplete')],
      [t('export.at'), moment(Math.max(0, ...answers.map(({ at }) => at)))],
      [t('export.officer'), [officer.role, officer.name, officer.agency].filter(Boolean).join(' · ')],
      [t('bar.mandate'), mandate.taskForce ?? ''],
      [t('export.purpose'), [...new Set(answers.map(({ purpose }) => t(`purpose.${purpose}`)))].join(', ')],
      ...outcomes,
      ...wordHidden(t('line.everywhere'), summary.hiddenEverywhere),
      ...summary.countries.flatMap(({ country: code, hidden }) => wordHidden(country(code), hidden)),
      ...summary.requestIds.map((id): readonly [string, string] => [t('export.requests'), id]),
      salt === null ? [t('export.noEntry'), ''] : [t('export.salt'), salt],
      [t('export.verify'), ''],
    ],
  })
}
