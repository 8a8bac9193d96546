import { useTranslation } from 'react-i18next'
import { Table } from '../../components/table.tsx'
import { useFormats } from '../../shell/use-formats.ts'
import type { CountTable } from './tabulate-counts.ts'
import { useCellWords, useClassName } from './use-cell-words.ts'

/** The table of counts. A withheld cell says that it is withheld, and a number that may be a part has a sign. */
export function CountsTable({ table: { countries, rows, isByClass } }: { readonly table: CountTable }) {
  const { t } = useTranslation()
  const { country, number } = useFormats()
  const wordCell = useCellWords()
  const nameClass = useClassName()
  type Row = (typeof rows)[number]
  const ofClass = { title: t('counts.class'), show: ({ iccs }: Row) => nameClass(iccs ?? '') }
  return (
    <Table
      caption={t('counts.title')}
      rows={rows}
      keyOf={({ period, iccs }) => `${period} ${iccs}`}
      columns={[
        { title: t('counts.period'), isHeader: true, show: ({ period }) => period },
        ...(isByClass ? [ofClass] : []),
        ...countries.map((code, index) => ({
          title: country(code),
          isNumber: true,
          show: ({ cells }: Row) => wordCell(cells[index]),
        })),
        {
          title: t('counts.total'),
          isNumber: true,
          show: ({ known, isTotal }) => `${isTotal ? '' : '≥ '}${number(known)}`,
        },
      ]}
    />
  )
}
