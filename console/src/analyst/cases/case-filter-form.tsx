import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../components/field.tsx'
import type { CaseFilter } from '../../documents/types.ts'
import { useSignedIn } from '../../session/use-session.ts'
import { useFormats } from '../../shell/use-formats.ts'

const STATUSES = ['OPEN', 'SUSPENDED', 'CHARGED', 'IN_TRIAL', 'ADJUDICATED', 'ARCHIVED'] as const

/** What is asked of which countries. `countries`: null stands for those of the mandate. */
export interface AskedCases {
  readonly filter: CaseFilter
  readonly countries: readonly string[] | null
}

/** The form in which one says which cases one wants. */
export function CaseFilterForm({
  before,
  onAsk,
}: {
  readonly before: AskedCases | null
  readonly onAsk: (asked: AskedCases) => void
}) {
  const { t } = useTranslation()
  const [from, setFrom] = useState(before?.filter.filedFrom ?? '')
  const [to, setTo] = useState(before?.filter.filedTo ?? '')
  const [iccs, setIccs] = useState(before?.filter.iccs?.join(' ') ?? '')
  const [isOrganised, setOrganised] = useState(before?.filter.organisedCrime === true)
  const [status, setStatus] = useState(before?.filter.status?.[0] ?? '')
  const [countries, setCountries] = useState(before?.countries ?? null)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const codes = iccs.split(/[\s,;]+/).filter((code) => code !== '')
    const filter: CaseFilter = {
      ...(from !== '' && { filedFrom: from }),
      ...(to !== '' && { filedTo: to }),
      ...(codes.length > 0 && { iccs: codes }),
      ...(isOrganised && { organisedCrime: true }),
      ...(status !== '' && { status: [status] }),
    }
    onAsk({ filter, countries })
  }
  return (
    <form onSubmit={submit} className="form">
      <Field label={t('cases.from')}>
        {(attributes) => (
          <input {...attributes} type="date" value={from} onChange={({ target }) => setFrom(target.value)} />
        )}
      </Field>
      <Field label={t('cases.to')}>
        {(attributes) => (
          <input {...attributes} type="date" value={to} onChange={({ target }) => setTo(target.value)} />
        )}
      </Field>
      <Field label={t('cases.iccs')}>
        {(attributes) => (
          <input
            {...attributes}
            inputMode="numeric"
            pattern="[0-9\s,;]*"
            value={iccs}
            onChange={({ target }) => setIccs(target.value)}
          />
        )}
      </Field>
      <Field label={t('cases.status')}>
        {(attributes) => (
          <select {...attributes} value={status} onChange={({ target }) => setStatus(target.value)}>
            <option value="">{t('cases.anyStatus')}</option>
            {STATUSES.map((each) => (
              <option key={each} value={each}>
                {t(`status.${each}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <label className="radio">
        <input type="checkbox" checked={isOrganised} onChange={({ target }) => setOrganised(target.checked)} />
        {t('cases.organised')}
      </label>
      <CountryChoice chosen={countries} onChoose={setCountries} />
      <button type="submit" className="main">
        {t('cases.apply')}
      </button>
    </form>
  )
}

/** A choice among the countries of the mandate. All of them is the default. */
export function CountryChoice({
  chosen,
  onChoose,
}: {
  readonly chosen: readonly string[] | null
  readonly onChoose: (countries: readonly string[] | null) => void
}) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const all = useSignedIn().mandate.countries
  const change = (code: string, isChosen: boolean): void => {
    const next = all.filter((each) => (each === code ? isChosen : (chosen ?? all).includes(each)))
    onChoose(next.length === all.length ? null : next)
  }
  return (
    <fieldset className="countries">
      <legend>{t('cases.countries')}</legend>
      {all.map((code) => (
        <label key={code} className="radio">
          <input
            type="checkbox"
            checked={(chosen ?? all).includes(code)}
            onChange={({ target }) => change(code, target.checked)}
          />
          {country(code)}
        </label>
      ))}
    </fieldset>
  )
}
