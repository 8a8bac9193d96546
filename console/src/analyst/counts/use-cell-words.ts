import { useTranslation } from 'react-i18next'
import { useFormats } from '../../shell/formats.ts'
import type { CountCell } from './tabulate-counts.ts'

/** Returns the words of a cell: its number, or why there is none. */
export function useCellWords(): (cell: CountCell | undefined) => string {
  const { t } = useTranslation()
  const { number } = useFormats()
  return (cell) => {
    if (cell?.kind === 'count') return `${cell.isPart ? '≥ ' : ''}${number(cell.cases)}`
    return t(`counts.cell.${cell?.kind ?? 'missing'}`)
  }
}

/** Returns the name of a class: its code, and the title if it is a section of the classification. */
export function useClassName(): (code: string) => string {
  const { t } = useTranslation()
  return (code) => {
    if (code === '') return t('counts.allClasses')
    const title = t(`section.${code}`, { defaultValue: '' })
    return title === '' ? code : t('counts.className', { code, title })
  }
}
