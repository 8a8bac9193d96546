import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PURPOSES } from '../../../contract/access-token.ts'
import { cleanText } from '../components/clean-text.ts'
import { DateField } from '../components/date-field.tsx'
import { FILTER_FIELDS, type FilterField, type FilterForm, readFilterForm, toEntryFilter } from './entry-filter.ts'
import { nameKind } from './name-kind.ts'
import { useLanguage, useViewer } from './use-oversight.ts'

/** The fields that are shown at once. The others are below «more filters». */
const FIRST_FIELDS: readonly FilterField[] = [
  'text',
  'from',
  'until',
  'kind',
  'purpose',
  'outcome',
  'country',
  'agency',
]
const FURTHER_FIELDS = FILTER_FIELDS.filter((field) => !FIRST_FIELDS.includes(field))

/** The kinds of entries that an auditor looks for most. Any other can be written as text into an address. */
const KINDS = [
  'request',
  'leg',
  'refusals',
  'misuse',
  'suspension',
  'node-suspension',
  'oversight',
  'sync',
  'import',
  'reveal',
]
const OUTCOMES = ['ANSWERED', 'PARTIAL', 'DENIED', 'REFUSED', 'FAILED', 'NOTED']

/** The form of a filter. It tells `onSearch` only what can be asked. */
export function FilterFields({
  form,
  onSearch,
}: {
  readonly form: FilterForm
  readonly onSearch: (form: FilterForm) => void
}) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(form)
  const [isTried, setTried] = useState(false)
  const problems = toEntryFilter(draft).problems ?? {}
  const set = (field: FilterField, value: string): void => setDraft(readFilterForm({ ...draft, [field]: value }))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(problems).length === 0) onSearch(draft)
  }
  const show = (field: FilterField) => {
    const problem = problems[field]
    const error = isTried && problem !== undefined ? t(`auditor.filterProblems.${problem}`) : null
    return <FilterInput key={field} {...{ field, error, value: draft[field] ?? '', set }} />
  }
  const isFurtherUsed = FURTHER_FIELDS.some((field) => form[field] !== undefined)
  return (
    <search>
      <form onSubmit={submit} className="form" noValidate>
        {FIRST_FIELDS.map(show)}
        <details className="further" open={isFurtherUsed}>
          <summary>{t('auditor.moreFilters')}</summary>
          <div className="form">{FURTHER_FIELDS.map(show)}</div>
        </details>
        <div className="actions">
          <Button type="submit" variant="filled">
            {t('auditor.search')}
          </Button>
          <Button
            onClick={() => {
              setDraft({})
              onSearch({})
            }}
          >
            {t('auditor.clear')}
          </Button>
        </div>
      </form>
    </search>
  )
}

interface FilterInputProps {
  readonly field: FilterField
  readonly error: string | null
  readonly value: string
  readonly set: (field: FilterField, value: string) => void
}

function FilterInput({ field, error, value, set }: FilterInputProps) {
  const { t } = useTranslation()
  const options = useOptions(field)
  const shared = { label: t(`auditor.filter.${field}`), error, value }
  if (options !== null) {
    return (
      <NativeSelect {...shared} onChange={({ target }) => set(field, target.value)}>
        <option value="">{t('auditor.any')}</option>
        {options.map(([key, label]) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </NativeSelect>
    )
  }
  if (field === 'from' || field === 'until') return <DateField {...shared} onChange={(day) => set(field, day)} />
  return (
    <TextInput {...shared} autoComplete="off" spellCheck={false} onChange={({ target }) => set(field, target.value)} />
  )
}

/** Returns what a field can be chosen from, with labels; null for a field that takes any text. */
function useOptions(field: FilterField): readonly (readonly [string, string])[] | null {
  const { t } = useTranslation()
  const language = useLanguage()
  const { data } = useViewer()
  if (field === 'purpose') return PURPOSES.map((each) => [each, t(`purpose.${each}`, { defaultValue: each })])
  if (field === 'outcome') return OUTCOMES.map((each) => [each, t(`auditor.outcomes.${each}`, { defaultValue: each })])
  if (field === 'kind') return KINDS.map((each) => [each, `${nameKind(each, language).replace(/\.$/, '')} (${each})`])
  if (field === 'log') return (data?.data.logs ?? []).map(({ origin }) => [origin, cleanText(origin)])
  return null
}
