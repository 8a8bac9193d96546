import { NativeSelect } from '@mantine/core'
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

const WAYS_IN_ORDER = Object.keys(WAYS) as Way[]

/** The page on which an analyst begins: what do you know? */
export function SearchPage() {
  const { t } = useTranslation()
  const [way, setWay] = useKeptState<Way>('search.way', 'byName')
  const Form = WAYS[way]
  const choice = (
    <NativeSelect
      className="way"
      label={t('search.what')}
      value={way}
      data={WAYS_IN_ORDER.map((each) => ({ value: each, label: t(`search.${each}`) }))}
      onChange={({ target }) => setWay(WAYS_IN_ORDER.find((each) => each === target.value) ?? 'byName')}
    />
  )
  return (
    <>
      <h1>{t('search.title')}</h1>
      <Form way={choice} />
    </>
  )
}
