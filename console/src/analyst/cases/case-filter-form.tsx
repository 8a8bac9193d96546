import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CountryChoice } from '../../components/country-choice.tsx'
import { Undo } from '../../components/undo.tsx'
import { isCodes, OffenceField } from '../offence-classes.tsx'
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
  const [sent, setSent] = useState<string | null>(null)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    ask(fields)
  }
  const ask = (next: CaseFields): void => {
    setFields(next)
    // No case was filed in such a time, and the answer would look like a «no».
    const isWrong = next.from !== '' && next.to !== '' && next.to < next.from
    setReversed(isWrong)
    const isWord = next.iccs.trim() !== '' && !isCodes(next.iccs)
    setSent(isWord ? next.iccs.trim() : null)
    if (!isWrong && !isWord) onAsk(readFields(next))
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
      <OffenceField
        text={fields.iccs}
        sent={sent}
        onText={(iccs) => change({ iccs })}
        onChoose={(iccs) => ask({ ...fields, iccs })}
      />
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
