import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CountryChoice } from '../../components/country-choice.tsx'
import { Field } from '../../components/field.tsx'
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
  return (
    <form onSubmit={submit} className="form">
      <Text label={t('cases.from')} type="date" value={fields.from} onChange={(from) => change({ from })} />
      <Text
        label={t('cases.to')}
        problem={isReversed ? t('cases.reversed') : null}
        type="date"
        value={fields.to}
        onChange={(to) => change({ to })}
      />
      <Text
        label={t('cases.iccs')}
        help={t('cases.iccsHelp')}
        type="text"
        value={fields.iccs}
        onChange={(iccs) => change({ iccs })}
      />
      <Status value={fields.status} onChange={(status) => change({ status })} />
      <label className="radio">
        <input
          type="checkbox"
          checked={fields.isOrganised}
          onChange={({ target }) => change({ isOrganised: target.checked })}
        />
        {t('cases.organised')}
      </label>
      <CountryChoice chosen={fields.countries} onChoose={(countries) => change({ countries })} />
      <button type="submit" className="main">
        {t('cases.apply')}
      </button>
      <ClearFilters fields={fields} onChange={setFields} />
    </form>
  )
}

function Status({ value, onChange }: { readonly value: string; readonly onChange: (status: string) => void }) {
  const { t } = useTranslation()
  return (
    <Field label={t('cases.status')}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={({ target }) => onChange(target.value)}>
          <option value="">{t('cases.anyStatus')}</option>
          {STATUSES.map((each) => (
            <option key={each} value={each}>
              {t(`status.${each}`)}
            </option>
          ))}
        </select>
      )}
    </Field>
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
      {!isEmpty && (
        <button type="button" onClick={clear}>
          {t('cases.clear')}
        </button>
      )}
      <Undo
        text={isEmpty && cleared !== null ? t('cases.cleared') : null}
        onUndo={() => cleared !== null && onChange(cleared)}
      />
    </>
  )
}

function Text({
  label,
  help,
  problem,
  type,
  value,
  onChange,
}: {
  readonly label: string
  readonly help?: string
  readonly problem?: string | null
  readonly type: 'date' | 'text'
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  return (
    <Field label={label} {...(help !== undefined && { help })} {...(problem !== undefined && { problem })}>
      {(attributes) => (
        <input
          {...attributes}
          type={type}
          title={help}
          {...(type === 'text' && { pattern: '[0-9\\s,;]*', inputMode: 'numeric' as const })}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  )
}
