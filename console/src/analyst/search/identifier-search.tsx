import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeptState } from '../../components/use-kept-state.ts'
import type { PersonSearch } from '../../documents/operation-types.ts'
import { useSignedIn } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { FoundPersons } from './found-persons.tsx'

const CATEGORIES = ['NATIONAL_ID', 'PASSPORT', 'DRIVER_LICENCE', 'TAX_ID', 'RESIDENCE_PERMIT', 'OTHER'] as const

/** Search by the number of a document. */
export function IdentifierSearch({ way }: { readonly way: ReactNode }) {
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
        {way}
        <NativeSelect
          label={t('search.category')}
          value={category}
          data={CATEGORIES.map((each) => ({ value: each, label: t(`category.${each}`) }))}
          onChange={({ target }) => setCategory(target.value)}
        />
        <NativeSelect
          label={t('search.jurisdiction')}
          value={jurisdiction}
          data={countries.map((each) => ({ value: each, label: country(each) }))}
          onChange={({ target }) => setJurisdiction(target.value)}
        />
        <TextInput
          label={t('search.value')}
          error={isEmpty ? t('search.nothing') : null}
          required
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          value={value}
          onChange={({ target }) => setValue(target.value)}
        />
        <Button type="submit" variant="filled">
          {t('common.search')}
        </Button>
      </form>
      <CountriesLine />
      {asked === null ? <p className="empty">{t('search.teachIdentifier')}</p> : <FoundPersons search={asked} />}
    </>
  )
}
