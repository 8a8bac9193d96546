import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../components/field.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import type { PersonSearch } from '../../documents/operation-types.ts'
import { useSignedIn } from '../../session/use-session.ts'
import { useFormats } from '../../shell/use-formats.ts'
import { FoundPersons } from './found-persons.tsx'

const CATEGORIES = ['NATIONAL_ID', 'PASSPORT', 'DRIVER_LICENCE', 'TAX_ID', 'RESIDENCE_PERMIT', 'OTHER'] as const

/** Search by the number of a document. */
export function IdentifierSearch() {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { mandate, officer } = useSignedIn()
  const [asked, setAsked] = useKeptState<PersonSearch | null>('search.identifier', null)
  const before = asked?.identifier
  const [category, setCategory] = useState(before?.category ?? 'NATIONAL_ID')
  const [jurisdiction, setJurisdiction] = useState(before?.jurisdiction ?? officer.country)
  const [value, setValue] = useState(before?.value ?? '')
  const [isEmpty, setEmpty] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const number = value.trim()
    setEmpty(number === '')
    // The rows of an earlier search would look like those of this one.
    setAsked(number === '' ? null : { identifier: { category, jurisdiction, value: number } })
  }
  const countries = [...new Set([officer.country, ...mandate.countries])].sort()
  return (
    <>
      <form onSubmit={submit} className="form">
        <Choice
          label={t('search.category')}
          value={category}
          options={CATEGORIES.map((each) => [each, t(`category.${each}`)])}
          onChange={setCategory}
        />
        <Choice
          label={t('search.jurisdiction')}
          value={jurisdiction}
          options={countries.map((each) => [each, country(each)])}
          onChange={setJurisdiction}
        />
        <Field label={t('search.value')} problem={isEmpty ? t('search.nothing') : null}>
          {(attributes) => (
            <input
              {...attributes}
              required
              maxLength={100}
              autoComplete="off"
              spellCheck={false}
              value={value}
              onChange={({ target }) => setValue(target.value)}
            />
          )}
        </Field>
        <button type="submit" className="main">
          {t('common.search')}
        </button>
      </form>
      {asked === null ? <p className="empty">{t('search.teachIdentifier')}</p> : <FoundPersons search={asked} />}
    </>
  )
}

/** A field with some values to choose from, each with its words. */
function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, words: string])[]
  readonly onChange: (value: string) => void
}) {
  return (
    <Field label={label}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={({ target }) => onChange(target.value)}>
          {options.map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
