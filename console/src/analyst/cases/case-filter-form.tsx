import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CountryChoice } from '../../components/country-choice.tsx'
import { Undo } from '../../components/undo.tsx'
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
  const [isReversed, setReversed] = useState(false)
  const change = (part: Partial<CaseFields>): void => setFields({ ...fields, ...part })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    // No case was filed in such a time, and the answer would look like a «no».
    const isWrong = fields.from !== '' && fields.to !== '' && fields.to < fields.from
    setReversed(isWrong)
    if (!isWrong) onAsk(readFields(fields))
  }
  const date = (name: 'from' | 'to', error: string | null) => (
    <TextInput
      {...{ label: t(`cases.${name}`), error, type: 'date' }}
      value={fields[name]}
      onChange={({ target }) => change({ [name]: target.value })}
    />
  )
  return (
    <form onSubmit={submit} className="form">
      {date('from', null)}
      {date('to', isReversed ? t('cases.reversed') : null)}
      <TextInput
        label={t('cases.iccs')}
        description={t('cases.iccsHelp')}
        title={t('cases.iccsHelp')}
        pattern="[0-9\s,;]*"
        inputMode="numeric"
        value={fields.iccs}
        onChange={({ target }) => change({ iccs: target.value })}
      />
      <NativeSelect
        label={t('cases.status')}
        value={fields.status}
        data={['', ...STATUSES].map((value) => ({
          value,
          label: t(value === '' ? 'cases.anyStatus' : `status.${value}`),
        }))}
        onChange={({ target }) => change({ status: target.value })}
      />
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
