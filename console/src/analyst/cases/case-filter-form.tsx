import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CountryChoice } from '../../components/country-choice.tsx'
import { DateField } from '../../components/date-field.tsx'
import { isDay } from '../../components/read-day.ts'
import { Undo } from '../../components/undo.tsx'
import { settleDraft } from '../offence-draft.ts'
import { OffenceField } from '../offence-field.tsx'
import { type AskedCases, type CaseFields, readFields, writeFields } from './case-fields.ts'

const STATUSES = ['OPEN', 'SUSPENDED', 'CHARGED', 'IN_TRIAL', 'ADJUDICATED', 'ARCHIVED'] as const

/** The form in which one says which cases one wants. */
export function CaseFilterForm({
  before,
  onAsk,
}: {
  readonly before: AskedCases | null
  readonly onAsk: (asked: AskedCases) => void
}) {
  const { t } = useTranslation()
  const [fields, setFields] = useState(() => writeFields(before))
  const [isTried, setTried] = useState(false)
  const change = (part: Partial<CaseFields>): void => setFields({ ...fields, ...part })
  // No case was filed in such a time, and the answer would look like a «no».
  const isReversed = isDay(fields.from) && isDay(fields.to) && fields.to < fields.from
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const next = { ...fields, iccs: settleDraft(fields.iccs, false) }
    setFields(next)
    setTried(true)
    const isWhole = next.iccs.text === '' && [next.from, next.to].every((day) => day === '' || isDay(day))
    if (isWhole && !isReversed) onAsk(readFields(next))
  }
  const date = (name: 'from' | 'to', error: string | null) => (
    <DateField
      {...{ label: t(`cases.${name}`), error, value: fields[name] }}
      onChange={(day) => change({ [name]: day })}
    />
  )
  return (
    <form onSubmit={submit} className="form filters" noValidate>
      <OffenceField draft={fields.iccs} isTried={isTried} onChange={(iccs) => change({ iccs })} />
      {date('from', null)}
      {date('to', isTried && isReversed ? t('cases.reversed') : null)}
      <StatusChoice status={fields.status} onChoose={(status) => change({ status })} />
      <Checkbox
        checked={fields.isOrganised}
        onChange={({ target }) => change({ isOrganised: target.checked })}
        label={t('cases.organised')}
      />
      <CountryChoice chosen={fields.countries} onChoose={(countries) => change({ countries })} />
      <Button type="submit" variant="filled">
        {t('cases.apply')}
      </Button>
      <ClearFilters fields={fields} onChange={setFields} />
    </form>
  )
}

function StatusChoice({ status, onChoose }: { readonly status: string; readonly onChoose: (status: string) => void }) {
  const { t } = useTranslation()
  return (
    <NativeSelect
      label={t('cases.status')}
      value={status}
      data={['', ...STATUSES].map((value) => ({
        value,
        label: t(value === '' ? 'cases.anyStatus' : `status.${value}`),
      }))}
      onChange={({ target }) => onChoose(target.value)}
    />
  )
}

const NO_FILTERS = writeFields(null)

/** Empties the form, and fills it again if that was a mistake. What the page shows stays until somebody asks. */
function ClearFilters({
  fields,
  onChange,
}: {
  readonly fields: CaseFields
  readonly onChange: (fields: CaseFields) => void
}) {
  const { t } = useTranslation()
  const [cleared, setCleared] = useState<CaseFields | null>(null)
  const isEmpty = JSON.stringify(fields) === JSON.stringify(NO_FILTERS)
  const clear = (): void => {
    setCleared(fields)
    onChange(NO_FILTERS)
  }
  return (
    <>
      {!isEmpty && <Button onClick={clear}>{t('cases.clear')}</Button>}
      <Undo
        text={isEmpty && cleared !== null ? t('cases.cleared') : null}
        onUndo={() => cleared !== null && onChange(cleared)}
      />
    </>
  )
}
