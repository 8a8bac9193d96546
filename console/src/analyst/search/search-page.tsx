import { useTranslation } from 'react-i18next'
import { useKeptState } from '../../components/use-kept-state.ts'
import { CaseSearch } from './case-search.tsx'
import { IdentifierSearch } from './identifier-search.tsx'
import { NameSearch } from './name-search.tsx'
import { OffenceSearch } from './offence-search.tsx'

const WAYS = {
  byName: NameSearch,
  byIdentifier: IdentifierSearch,
  byCase: CaseSearch,
  byOffence: OffenceSearch,
} as const

type Way = keyof typeof WAYS

/** The page on which an analyst begins: what do you know? */
export function SearchPage() {
  const { t } = useTranslation()
  const [way, setWay] = useKeptState<Way>('search.way', 'byName')
  const Form = WAYS[way]
  return (
    <>
      <h1>{t('search.title')}</h1>
      <fieldset className="ways">
        <legend>{t('search.what')}</legend>
        {(Object.keys(WAYS) as Way[]).map((each) => (
          <label key={each} className="radio">
            <input type="radio" name="way" checked={each === way} onChange={() => setWay(each)} />
            {t(`search.${each}`)}
          </label>
        ))}
      </fieldset>
      <Form />
    </>
  )
}
