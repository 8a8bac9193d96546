import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../components/field.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import type { PersonSearch } from '../../documents/operation-types.ts'
import { FoundPersons } from './found-persons.tsx'

/** Search by a name as one heard it. */
export function NameSearch() {
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
        <Field label={t('search.name')} problem={isEmpty ? t('search.nothing') : null}>
          {(attributes) => (
            <input
              {...attributes}
              type="search"
              required
              maxLength={200}
              autoComplete="off"
              spellCheck={false}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <Field label={t('search.birthDate')}>
          {(attributes) => (
            <input
              {...attributes}
              type="date"
              value={birthDate}
              onChange={({ target }) => setBirthDate(target.value)}
            />
          )}
        </Field>
        <button type="submit" className="main">
          {t('common.search')}
        </button>
      </form>
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
