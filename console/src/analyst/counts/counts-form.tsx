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
      <Year label={t('counts.from')} value={asked.fromYear} onChange={(fromYear) => setAsked({ ...asked, fromYear })} />
      <Year label={t('counts.to')} value={asked.toYear} onChange={(toYear) => setAsked({ ...asked, toYear })} />
      <Field label={t('counts.under')}>
        {(attributes) => (
          <input
            {...attributes}
            inputMode="numeric"
            pattern="\d{4,6}|\d{2}"
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

function Year({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: number | null
  readonly onChange: (year: number | null) => void
}) {
  return (
    <Field label={label}>
      {(attributes) => (
        <input
          {...attributes}
          type="number"
          min={1900}
          max={2100}
          value={value ?? ''}
          onChange={({ target }) => onChange(target.value === '' ? null : Number.parseInt(target.value, 10))}
        />
      )}
    </Field>
  )
}
