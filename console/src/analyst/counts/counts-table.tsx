import { useTranslation } from 'react-i18next'
import { Table } from '../../components/table.tsx'
import { useFormats } from '../../shell/use-formats.ts'
import type { CountCell, CountTable } from './tabulate-counts.ts'

/** Returns the words of a cell: its number, or why there is none. */
export function useCellWords(): (cell: CountCell | undefined) => string {
  const { t } = useTranslation()
  const { number } = useFormats()
  return (cell) => {
    if (cell?.kind === 'count') return number(cell.cases)
    return cell?.kind === 'withheld' ? t('counts.withheld') : t('common.none')
  }
}

/** The table of counts. A withheld cell says that it is withheld. */
export function CountsTable({ table: { countries, rows } }: { readonly table: CountTable }) {
  const { t } = useTranslation()
  const { country, number } = useFormats()
  const wordCell = useCellWords()
  return (
    <Table
      caption={t('counts.title')}
      rows={rows}
      keyOf={({ period }) => period}
      columns={[
        { title: t('counts.period'), isHeader: true, show: ({ period }) => period },
        ...countries.map((code, index) => ({
          title: country(code),
          isNumber: true,
          show: ({ cells }: (typeof rows)[number]) => wordCell(cells[index]),
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
