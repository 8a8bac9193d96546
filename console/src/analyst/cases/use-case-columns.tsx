import { useTranslation } from 'react-i18next'
import { CountryMark } from '../../components/country-mark.tsx'
import { Handling } from '../../components/handling.tsx'
import { RecordLink } from '../../components/links.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import type { Column } from '../../components/table.tsx'
import type { CaseRow } from '../../documents/types.ts'
import type { ExportColumn } from '../../export/table-export.ts'
import { useFormats } from '../../shell/formats.ts'
import { useFileWords, wordCodeOf } from '../file-words.ts'
import { writePlace } from '../subdivisions.ts'

/** Returns the columns of a table of cases, for the page and for an export. */
export function useCaseColumns(): {
  readonly shown: readonly Column<CaseRow>[]
  readonly exported: readonly ExportColumn<CaseRow>[]
} {
  const { t } = useTranslation()
  const { day, country } = useFormats()
  const words = useFileWords()
  const offences = ({ offences: all }: CaseRow): string =>
    all === null ? t('common.hidden') : all.map(({ nationalLabel, iccs }) => `${nationalLabel} (${iccs})`).join('; ')
  return {
    shown: [
      {
        title: t('case.filed'),
        show: ({ filedOn }) => <span className="day">{day(filedOn) || t('common.none')}</span>,
      },
      {
        title: t('common.id'),
        isHeader: true,
        show: ({ id }) => (
          <RecordLink to="/case/$id" id={id}>
            {id}
          </RecordLink>
        ),
      },
      { title: t('common.country'), show: ({ id, country: code }) => <CountryMark code={code ?? id.slice(0, 2)} /> },
      { title: t('case.offences'), show: (row) => <ShownText text={offences(row)} /> },
      { title: t('case.status'), show: ({ status }) => wordCodeOf(words, 'status', status) },
      { title: t('case.stage'), show: ({ category }) => wordCodeOf(words, 'stage', category) },
      { title: t('common.handling'), show: ({ provenance }) => <Handling provenance={provenance} /> },
    ],
    exported: [
      { title: t('common.id'), value: ({ id }) => id },
      {
        title: t('common.country'),
        value: ({ country: code }) => code,
        word: ({ id, country: code }) => country(code ?? id.slice(0, 2)),
      },
      { title: t('case.tracking'), value: ({ caseTrackingId }) => caseTrackingId },
      { title: t('case.filed'), value: ({ filedOn }) => filedOn },
      { title: t('case.closed'), value: ({ closedOn }) => closedOn },
      { title: t('case.offences'), value: offences },
      {
        title: t('case.status'),
        value: ({ status }) => status,
        word: ({ status }) => wordCodeOf(words, 'status', status),
      },
      {
        title: t('case.stage'),
        value: ({ category }) => category,
        word: ({ category }) => wordCodeOf(words, 'stage', category),
      },
      {
        title: t('case.place'),
        value: ({ subdivision }) => subdivision,
        word: ({ subdivision }) => (subdivision === null ? t('common.none') : writePlace(subdivision)),
      },
      { title: t('common.handling'), value: ({ provenance }) => provenance?.handling.join(' ') },
    ],
  }
}
