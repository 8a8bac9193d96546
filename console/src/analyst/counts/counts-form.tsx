import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../components/field.tsx'
import type { CaseCountsVariables } from '../../documents/types.ts'

/** What is counted if nothing was asked before: the years, by section. */
const FIRST: CaseCountsVariables = { iccs: null, level: 1, by: 'YEAR', fromYear: null, toYear: null, countries: null }

/** The form in which one says what to count. */
export function CountsForm({
  before,
  onAsk,
}: {
  readonly before: CaseCountsVariables | null
  readonly onAsk: (asked: CaseCountsVariables) => void
}) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(before ?? FIRST)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onAsk(asked)
  }
  const year = (label: string, member: 'fromYear' | 'toYear') => (
    <Field label={label}>
      {(attributes) => (
        <input
          {...attributes}
          type="number"
          min={1900}
          max={2100}
          value={asked[member] ?? ''}
          onChange={({ target: { value } }) =>
            setAsked({ ...asked, [member]: value === '' ? null : Number.parseInt(value, 10) })
          }
        />
      )}
    </Field>
  )
  return (
    <form onSubmit={submit} className="form">
      <Field label={t('counts.by')}>
        {(attributes) => (
          <select
            {...attributes}
            value={asked.by}
            onChange={({ target }) => setAsked({ ...asked, by: target.value === 'MONTH' ? 'MONTH' : 'YEAR' })}
          >
            <option value="YEAR">{t('counts.YEAR')}</option>
            <option value="MONTH">{t('counts.MONTH')}</option>
          </select>
        )}
      </Field>
      {year(t('counts.from'), 'fromYear')}
      {year(t('counts.to'), 'toYear')}
      <Field label={t('counts.under')}>
        {(attributes) => (
          <input
            {...attributes}
            inputMode="numeric"
            pattern="\d{2}|\d{4,6}"
            value={asked.iccs ?? ''}
            onChange={({ target }) => setAsked({ ...asked, iccs: target.value.trim() || null })}
          />
        )}
      </Field>
      <button type="submit" className="main">
        {t('counts.show')}
      </button>
    </form>
  )
}
