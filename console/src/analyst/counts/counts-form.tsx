import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ICCS_LEVELS, iccsLevel } from '../../../../contract/iccs.ts'
import { Field } from '../../components/field.tsx'
import type { CaseCountsVariables } from '../../documents/types.ts'

/** What is counted, and how it is shown. */
export interface AskedCounts {
  readonly variables: CaseCountsVariables
  /** Whether each class of a period has a row. */
  readonly isByClass: boolean
}

/** What is counted if nothing was asked before: the years, by section. */
const FIRST: CaseCountsVariables = { iccs: null, level: 1, by: 'YEAR', fromYear: null, toYear: null, countries: null }

/** How fine the classes of the answer are: sections, or the classes one level below the one that was named. */
function chooseLevel(iccs: string | null, isByClass: boolean): number {
  if (iccs === null || !isByClass) return 1
  return Math.min((iccsLevel(iccs) ?? 0) + 1, ICCS_LEVELS.length)
}

/** The form in which one says what to count. */
export function CountsForm({
  before,
  onAsk,
}: {
  readonly before: AskedCounts | null
  readonly onAsk: (asked: AskedCounts) => void
}) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(before?.variables ?? FIRST)
  const [isByClass, setByClass] = useState(before?.isByClass ?? false)
  const [isReversed, setReversed] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    // No case was filed in such a time, and the answer would look like zeros.
    const isWrong = asked.fromYear !== null && asked.toYear !== null && asked.toYear < asked.fromYear
    setReversed(isWrong)
    if (!isWrong) onAsk({ variables: { ...asked, level: chooseLevel(asked.iccs, isByClass) }, isByClass })
  }
  return (
    <form onSubmit={submit} className="form">
      <Period by={asked.by} onChange={(by) => setAsked({ ...asked, by })} />
      <Year label={t('counts.from')} value={asked.fromYear} onChange={(fromYear) => setAsked({ ...asked, fromYear })} />
      <Year
        label={t('counts.to')}
        problem={isReversed ? t('counts.reversed') : null}
        value={asked.toYear}
        onChange={(toYear) => setAsked({ ...asked, toYear })}
      />
      <Field label={t('counts.under')} help={t('cases.iccsHelp')}>
        {(attributes) => (
          <input
            {...attributes}
            inputMode="numeric"
            pattern="\d{4,6}|\d{2}"
            title={t('cases.iccsHelp')}
            value={asked.iccs ?? ''}
            onChange={({ target }) => setAsked({ ...asked, iccs: target.value.trim() || null })}
          />
        )}
      </Field>
      <Field label={t('counts.rows')}>
        {(attributes) => (
          <select
            {...attributes}
            value={isByClass ? 'class' : 'period'}
            onChange={({ target }) => setByClass(target.value === 'class')}
          >
            <option value="period">{t('counts.byPeriod')}</option>
            <option value="class">{t('counts.byClass')}</option>
          </select>
        )}
      </Field>
      <button type="submit" className="main">
        {t('counts.show')}
      </button>
    </form>
  )
}

function Period({
  by,
  onChange,
}: {
  readonly by: CaseCountsVariables['by']
  readonly onChange: (by: CaseCountsVariables['by']) => void
}) {
  const { t } = useTranslation()
  return (
    <Field label={t('counts.by')}>
      {(attributes) => (
        <select
          {...attributes}
          value={by}
          onChange={({ target }) => onChange(target.value === 'MONTH' ? 'MONTH' : 'YEAR')}
        >
          <option value="YEAR">{t('counts.YEAR')}</option>
          <option value="MONTH">{t('counts.MONTH')}</option>
        </select>
      )}
    </Field>
  )
}

function Year({
  label,
  problem = null,
  value,
  onChange,
}: {
  readonly label: string
  readonly problem?: string | null
  readonly value: number | null
  readonly onChange: (year: number | null) => void
}) {
  return (
    <Field label={label} problem={problem}>
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
