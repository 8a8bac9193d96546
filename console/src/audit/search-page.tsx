import { useNavigate, useSearch } from '@tanstack/react-router'
import { AuditPage } from './audit-page.tsx'
import { readFilterForm, toEntryFilter } from './entry-filter.ts'
import { EntryTable } from './entry-table.tsx'
import { FilterFields } from './filter-fields.tsx'
import { useEntryPages } from './use-oversight.ts'

/** The search for entries. The filter is in the address, so that a search can be kept and come back to. */
export function SearchPage() {
  const navigate = useNavigate()
  const form = readFilterForm(useSearch({ strict: false }) as Readonly<Record<string, unknown>>)
  const { filter } = toEntryFilter(form)
  const asked = useEntryPages('entries', filter === null ? null : { filter })
  return (
    <AuditPage name="search">
      <FilterFields
        key={JSON.stringify(form)}
        form={form}
        onSearch={(next) => void navigate({ to: '/audit', search: next })}
      />
      <EntryTable asked={asked} />
    </AuditPage>
  )
}
