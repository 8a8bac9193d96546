import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ICCS_LEVELS, iccsLevel } from '../../../../contract/iccs.ts'
import type { CaseCountsVariables } from '../../documents/types.ts'
import { draftOf, settleDraft } from '../offence-draft.ts'
import { OffenceField } from '../offence-field.tsx'

/** What is counted, and how it is shown. */
export interface AskedCounts {
  readonly variables: CaseCountsVariables
  /** Whether each class of a period has a row. */
  readonly isByClass: boolean
  /** How many months until now are shown; null for each of the years that were asked for. */
  readonly months: number | null
}

/** What is counted if nothing was asked before: the years, by section. */
const FIRST: CaseCountsVariables = { iccs: null, level: 1, by: 'YEAR', fromYear: null, toYear: null, countries: null }

/** What one press counts: the cases of the last twelve months. */
export function askLastMonths(now: Date): AskedCounts {
  const toYear = now.getUTCFullYear()
  const variables = { ...FIRST, by: 'MONTH' as const, fromYear: toYear - 1, toYear }
  return { variables, isByClass: false, months: 12 }
}

/** Whether a year is one of which there can be cases. Without one, there is no limit. */
function isYear(year: number | null): boolean {
  return year === null || (year >= 1900 && year <= 2100)
}

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
  const [draft, setDraft] = useState(draftOf(before?.variables.iccs == null ? [] : [before.variables.iccs]))
  const [isTried, setTried] = useState(false)
  const { fromYear, toYear } = asked
  // No case was filed in such a time, and the answer would look like zeros.
  const isReversed = fromYear !== null && toYear !== null && toYear < fromYear
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const next = settleDraft(draft, true)
    const iccs = next.codes[0] ?? null
    setDraft(next)
    setTried(true)
    const isWhole = next.text === '' && [fromYear, toYear].every(isYear) && !isReversed
    if (isWhole) onAsk({ variables: { ...asked, iccs, level: chooseLevel(iccs, isByClass) }, isByClass, months: null })
  }
  const year = (name: 'fromYear' | 'toYear', label: string, error: string | null) => (
    <TextInput
      className="year-field"
      {...{ label, error: isTried && !isYear(asked[name]) ? t('counts.yearWrong') : error }}
      inputMode="numeric"
      autoComplete="off"
      maxLength={4}
      value={asked[name] ?? ''}
      onChange={({ target: { value } }) => {
        if (/^\d*$/.test(value)) setAsked({ ...asked, [name]: value === '' ? null : Number(value) })
      }}
    />
  )
  return (
    <form onSubmit={submit} className="form" noValidate>
      <OffenceField draft={draft} isOne isTried={isTried} onChange={setDraft} />
      <NativeSelect
        className="year-field"
        label={t('counts.by')}
        value={asked.by}
        data={['MONTH', 'YEAR'].map((value) => ({ value, label: t(`counts.${value}`) }))}
        onChange={({ target }) => setAsked({ ...asked, by: target.value })}
      />
      {year('fromYear', t('counts.from'), null)}
      {year('toYear', t('counts.to'), isTried && isReversed ? t('counts.reversed') : null)}
      <RowsChoice isByClass={isByClass} onChoose={setByClass} />
      <Button type="submit" variant="filled">
        {t('counts.show')}
      </Button>
    </form>
  )
}

/** For what the table has rows. */
function RowsChoice({
  isByClass,
  onChoose,
}: {
  readonly isByClass: boolean
  readonly onChoose: (isByClass: boolean) => void
}) {
  const { t } = useTranslation()
  return (
    <NativeSelect
      label={t('counts.rows')}
      value={isByClass ? 'class' : 'period'}
      data={[
        { value: 'period', label: t('counts.byPeriod') },
        { value: 'class', label: t('counts.byClass') },
      ]}
      onChange={({ target }) => onChoose(target.value === 'class')}
    />
  )
}
