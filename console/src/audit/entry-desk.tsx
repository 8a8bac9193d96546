import '../styles/audit.css'
import { useMediaQuery } from '@mantine/hooks'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { LogProblems, ViewerNote } from './audit-page.tsx'
import { readFilterForm, toEntryFilter } from './entry-filter.ts'
import { EntryList, listRows } from './entry-list.tsx'
import { EntryView } from './entry-view.tsx'
import { FilterChips } from './filter-chips.tsx'
import { useEntryPages } from './use-oversight.ts'

/**
 * The entries, and the one that was chosen beside them. The filter is in the address, so that a search can be kept and come back to.
 * @param id of the entry; null: the newest one, where there is room for both.
 */
export function EntryDesk({ id }: { readonly id: string | null }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const isWide = useMediaQuery('(min-width: 1000px)', undefined, { getInitialValueInEffect: false })
  const form = readFilterForm(useSearch({ strict: false }) as Readonly<Record<string, unknown>>)
  const { filter } = toEntryFilter(form)
  const asked = useEntryPages('entries', filter === null ? null : { filter })
  // The newest of them are often the readings of this page.
  const first = listRows(asked).find(({ kind }) => kind !== 'oversight')?.id
  const shown = id ?? (isWide === true ? first : undefined)
  return (
    <div className="desk" data-chosen={id !== null || undefined}>
      <section className="desk-list" aria-label={t('audit.search')}>
        {id === null && <h1 className="unseen">{t('audit.search')}</h1>}
        <LogProblems />
        <FilterChips form={form} onSearch={(next) => void navigate({ to: '/audit', search: next })} />
        <EntryList asked={asked} chosen={shown} filter={form} />
        <ViewerNote />
      </section>
      <article className="desk-entry">
        {id !== null && (
          <Link className="desk-back" to="/audit" search={form as never}>
            {t('auditor.back')}
          </Link>
        )}
        {shown !== undefined && <EntryView key={shown} id={shown} level={id === null ? 'h2' : 'h1'} />}
      </article>
    </div>
  )
}
