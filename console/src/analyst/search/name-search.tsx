import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeptState } from '../../components/use-kept-state.ts'
import type { PersonSearch } from '../../documents/operation-types.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { FoundPersons } from './found-persons.tsx'

/** Search by a name as one heard it. */
export function NameSearch({ way }: { readonly way: ReactNode }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useKeptState<PersonSearch | null>('search.name', null)
  const [name, setName] = useState(asked?.name ?? '')
  const [birthDate, setBirthDate] = useState(asked?.birthDate ?? '')
  const [isEmpty, setEmpty] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const words = name.trim()
    setEmpty(words === '')
    // The rows of an earlier search would look like those of this one.
    setAsked(words === '' ? null : { name: words, ...(birthDate !== '' && { birthDate }) })
  }
  return (
    <>
      <form onSubmit={submit} className="form">
        {way}
        <TextInput
          label={t('search.name')}
          error={isEmpty ? t('search.nothing') : null}
          type="search"
          required
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <TextInput
          label={t('search.birthDate')}
          type="date"
          value={birthDate}
          onChange={({ target }) => setBirthDate(target.value)}
        />
        <Button type="submit" variant="filled">
          {t('common.search')}
        </Button>
      </form>
      <CountriesLine />
      {asked === null ? (
        <div className="empty">
          <p>{t('search.teach')}</p>
          <p>{t('search.teachMore')}</p>
        </div>
      ) : (
        <FoundPersons search={asked} />
      )}
    </>
  )
}
