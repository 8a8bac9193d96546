import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ICCS_LEVELS, iccsLevel } from '../../../../contract/iccs.ts'
import type { CaseCountsVariables } from '../../documents/types.ts'
import { OffenceField } from '../offence-classes.tsx'

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
  const [sent, setSent] = useState<string | null>(null)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    ask(asked)
  }
  const ask = (next: CaseCountsVariables): void => {
    setAsked(next)
    const iccs = next.iccs?.trim() || null
    const isWord = iccs !== null && iccsLevel(iccs) === null
    setSent(isWord ? iccs : null)
    // No case was filed in such a time, and the answer would look like zeros.
    const isWrong = next.fromYear !== null && next.toYear !== null && next.toYear < next.fromYear
    setReversed(isWrong)
    if (!isWrong && !isWord) onAsk({ variables: { ...next, iccs, level: chooseLevel(iccs, isByClass) }, isByClass })
  }
  const year = (name: 'fromYear' | 'toYear', label: string, error: string | null) => (
    <TextInput
      {...{ label, error, type: 'number', min: 1900, max: 2100 }}
      value={asked[name] ?? ''}
      onChange={({ target }) => setAsked({ ...asked, [name]: target.value === '' ? null : Number(target.value) })}
    />
  )
  return (
    <form onSubmit={submit} className="form">
      <NativeSelect
        label={t('counts.by')}
        value={asked.by}
        data={['YEAR', 'MONTH'].map((value) => ({ value, label: t(`counts.${value}`) }))}
        onChange={({ target }) => setAsked({ ...asked, by: target.value })}
      />
      {year('fromYear', t('counts.from'), null)}
      {year('toYear', t('counts.to'), isReversed ? t('counts.reversed') : null)}
      <OffenceField
        text={asked.iccs ?? ''}
        sent={sent}
        onText={(iccs) => setAsked({ ...asked, iccs: iccs === '' ? null : iccs })}
        onChoose={(iccs) => ask({ ...asked, iccs })}
      />
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
