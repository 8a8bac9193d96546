import { ActionIcon, Combobox, TextInput, useCombobox } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../components/clean-text.ts'
import { ShownText } from '../components/shown-text.tsx'
import { Icon } from '../look/icon.tsx'
import { useWorld } from '../session/use-session.ts'
import { useFormats } from '../shell/formats.ts'
import { type FilterForm, toEntryFilter } from './entry-filter.ts'
import { type FilterWorld, listChosen, suggestFilters } from './suggest-filters.ts'
import { useLanguage, useViewer } from './use-oversight.ts'

/** The countries that took part in the demo and the contract's region. Any other can be written with its code. */
const COUNTRIES = ['GT', 'HN', 'SV', 'NI', 'CR', 'PA', 'BZ', 'DO', 'MX']

interface FilterProps {
  readonly form: FilterForm
  readonly onSearch: (form: FilterForm) => void
}

/** One field for all filters: what is written offers the filters that fit, and those that are chosen are chips below it. */
export function FilterChips({ form, onSearch }: FilterProps) {
  const { t } = useTranslation()
  const world = useFilterWorld()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const choices = suggestFilters(text, world)
  const choose = (at: number): void => {
    const next = { ...form, ...choices[at]?.change }
    const [wrong] = Object.values(toEntryFilter(next).problems ?? {})
    setProblem(wrong === undefined ? null : t(`auditor.filterProblems.${wrong}`))
    if (wrong !== undefined) return
    setText('')
    combobox.closeDropdown()
    onSearch(next)
  }
  return (
    <search className="filter">
      <Combobox
        store={combobox}
        keepMounted={false}
        withinPortal={false}
        hideDetached={false}
        transitionProps={{ duration: 0 }}
        onOptionSubmit={(at) => choose(Number(at))}
      >
        <Combobox.Target withExpandedAttribute>
          <TextInput
            role="combobox"
            aria-label={t('auditor.searchField')}
            placeholder={t('auditor.searchHint')}
            leftSection={<Icon name="search" />}
            error={problem}
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={({ target }) => {
              setText(target.value)
              combobox.openDropdown()
              combobox.resetSelectedOption()
            }}
            onKeyDown={({ key }) => {
              // Where no option was gone to with the arrows, Enter takes the first.
              if (key === 'Enter' && text.trim() !== '' && combobox.getSelectedOptionIndex() < 0) choose(0)
            }}
            onClick={() => combobox.openDropdown()}
            onBlur={() => combobox.closeDropdown()}
          />
        </Combobox.Target>
        <Choices choices={choices} />
      </Combobox>
      <ChosenChips {...{ form, onSearch }} world={world} />
    </search>
  )
}

function Choices({ choices }: { readonly choices: ReturnType<typeof suggestFilters> }) {
  const { t } = useTranslation()
  return (
    <Combobox.Dropdown>
      <Combobox.Options className="filter-options" aria-label={t('auditor.searchField')}>
        {choices.map(({ label, value }, at) => (
          <Combobox.Option key={`${label} ${value}`} value={String(at)}>
            <span className="quiet-text">{label}</span> <ShownText text={value} />
          </Combobox.Option>
        ))}
      </Combobox.Options>
    </Combobox.Dropdown>
  )
}

function ChosenChips({ form, onSearch, world }: FilterProps & { readonly world: FilterWorld }) {
  const { t } = useTranslation()
  const chosen = listChosen(form, world)
  if (chosen.length === 0) return null
  return (
    <ul className="filter-chips" aria-label={t('auditor.chosen')}>
      {chosen.map(({ label, value, change }) => (
        <li key={label} title={label} className="filter-chip">
          <span className="unseen">{label}: </span>
          <ShownText text={value} />
          <ActionIcon
            size="xs"
            aria-label={t('auditor.drop', { filter: cleanText(`${label}: ${value}`) })}
            onClick={() => onSearch(change)}
          >
            <Icon name="close" />
          </ActionIcon>
        </li>
      ))}
    </ul>
  )
}

function useFilterWorld(): FilterWorld {
  const { t } = useTranslation()
  const language = useLanguage()
  const { config } = useWorld()
  const { country: nameCountry } = useFormats()
  const { data } = useViewer()
  const nowMs = useMemo(() => Date.now(), [])
  const logs = (data?.data.logs ?? []).map(({ origin }) => origin)
  const countries = [config.country, ...COUNTRIES.filter((code) => code !== config.country)]
  return { t, language, nameCountry, countries, logs, nowMs }
}
