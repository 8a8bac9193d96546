import { Combobox, Pill, PillsInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../components/clean-text.ts'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { wordError } from '../session/word-error.ts'
import { wordEmpty } from '../shell/summarize-countries.ts'
import { isCodes, listClasses, rememberClass, useClasses, useOffenceNames } from './offence-classes.tsx'
import { draftOf, type OffenceDraft, settleDraft } from './offence-draft.ts'
import { findOtherWord } from './search/other-words.ts'

/** From how many letters on the classification is asked without Enter. Each question is one in the logs. */
const LEAST_LETTERS = 3
/** How long one must rest from typing before it is asked. */
const REST_MS = 400

interface OffenceFieldProps {
  readonly draft: OffenceDraft
  /** Whether a class that is chosen takes the place of the one before. */
  readonly isOne?: boolean
  readonly isRequired?: boolean
  readonly isTried: boolean
  readonly onChange: (draft: OffenceDraft) => void
}

/**
 * A combo box for offences, by their names or their codes. The first class that is found is taken by Enter, any other with the arrows; what is chosen is a pill.
 * @param isTried whether somebody sent the form. Then the field says what is missing, or typed and not chosen.
 */
export function OffenceField({ draft, isOne = false, isRequired = false, isTried, onChange }: OffenceFieldProps) {
  const { t } = useTranslation()
  const { codes, text } = draft
  const { box, found, take, onKeyDown } = useOffenceBox(draft, isOne, onChange)
  const missing = isRequired && codes.length === 0 ? t('offence.missing') : null
  const problem = text.trim() === '' ? missing : t('offence.open', { text: cleanText(text.trim()) })
  return (
    <Combobox
      store={box}
      onOptionSubmit={take}
      withinPortal={false}
      hideDetached={false}
      position="bottom-start"
      width="target"
    >
      <Combobox.DropdownTarget>
        <PillsInput
          className="offence"
          label={t('cases.iccs')}
          description={t('cases.iccsHelp')}
          error={isTried ? problem : null}
        >
          <Pill.Group>
            {codes.map((code) => (
              <OffencePill
                key={code}
                code={code}
                onRemove={() => onChange({ codes: codes.filter((each) => each !== code), text })}
              />
            ))}
            <Combobox.EventsTarget withExpandedAttribute>
              <PillsInput.Field
                value={text}
                maxLength={100}
                autoComplete="off"
                spellCheck={false}
                onChange={({ target }) => {
                  box.openDropdown()
                  onChange({ codes, text: target.value })
                }}
                onFocus={() => box.openDropdown()}
                onBlur={() => {
                  box.closeDropdown()
                  if (isCodes(text)) take(text)
                }}
                onKeyDown={onKeyDown}
              />
            </Combobox.EventsTarget>
          </Pill.Group>
        </PillsInput>
      </Combobox.DropdownTarget>
      <OffenceOptions found={found} />
    </Combobox>
  )
}

/** What the combo box does: it takes a class by Enter, and gives the last one back by Backspace. */
function useOffenceBox(draft: OffenceDraft, isOne: boolean, onChange: (draft: OffenceDraft) => void) {
  const { codes, text } = draft
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() })
  const found = useFound(text)
  const first = found.options[0]?.value
  // biome-ignore lint/correctness/useExhaustiveDependencies: when other options come, and not when the box is drawn
  useEffect(() => {
    if (first !== undefined) box.selectFirstOption()
  }, [first])
  const take = (value: string): void => {
    // The classification has another word: that is what is looked for then.
    const isWord = value.startsWith('?')
    found.remember(value)
    if (!isWord) box.closeDropdown()
    onChange(isWord ? { codes, text: value.slice(1) } : settleDraft({ codes, text: value }, isOne))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Backspace' && text === '') onChange(draftOf(codes.slice(0, -1)))
    // The form is sent once there is nothing to choose.
    if (event.key !== 'Enter' || text.trim() === '') return
    event.preventDefault()
    box.openDropdown()
    if (isCodes(text)) take(text)
    else found.ask()
  }
  return { box, found, take, onKeyDown }
}

/** What was found, each class with its code and its section, or why there is nothing. */
function OffenceOptions({ found: { options, state } }: { readonly found: ReturnType<typeof useFound> }) {
  const { t } = useTranslation()
  return (
    <Combobox.Dropdown hidden={state === null && options.length === 0} className="offence-options">
      <Combobox.Options aria-label={t('offence.found')}>
        {options.map(({ value, title, section }) => (
          <Combobox.Option key={value} value={value}>
            <ShownText text={title} /> {!value.startsWith('?') && <ShownCode text={value} />}
            {section !== null && <span className="quiet-text"> › {section}</span>}
          </Combobox.Option>
        ))}
        {state !== null && <Combobox.Empty role="presentation">{state}</Combobox.Empty>}
      </Combobox.Options>
    </Combobox.Dropdown>
  )
}

function OffencePill({ code, onRemove }: { readonly code: string; readonly onRemove: () => void }) {
  const { t } = useTranslation()
  const { title, section } = useOffenceNames()(code)
  const name = title ?? section
  return (
    <Pill
      withRemoveButton
      title={title !== null && section !== null ? `${code} ${title} › ${section}` : `${code} ${name ?? ''}`}
      removeButtonProps={{ 'aria-label': t('offence.remove', { code }), 'aria-hidden': undefined, tabIndex: 0 }}
      onRemove={onRemove}
    >
      {title !== null && <ShownText text={title} />} <ShownCode text={code} />
      {title === null && section !== null && <span className="quiet-text"> › {section}</span>}
    </Pill>
  )
}

/** What can be chosen by what is typed, and what is said if there is nothing. Words are asked for once one rests, or at once by `ask`. */
function useFound(text: string) {
  const { t } = useTranslation()
  const nameOffence = useOffenceNames()
  const [rested] = useDebouncedValue(text, REST_MS)
  const [entered, setEntered] = useState('')
  const isAsked = text === entered || (text === rested && text.trim().length >= LEAST_LETTERS)
  const words = text.trim() === '' || isCodes(text) || !isAsked ? null : text.trim()
  const asked = useClasses(words)
  const classes = words === null ? [] : listClasses(asked)
  const other = words !== null && asked.data !== undefined && classes.length === 0 ? findOtherWord(words) : null
  const toOption = (code: string, each?: (typeof classes)[number]) => {
    const { title, section } = nameOffence(code, each)
    return { value: code, title: title ?? '', section }
  }
  const wordNone = (answer: NonNullable<typeof asked.data>): string =>
    t(wordEmpty([answer]) === 'common.notAllowed' ? 'common.notAllowed' : 'offence.none')
  const said = (): string | null => {
    if (words === null) return null
    if (asked.isFetching) return t('offence.asking')
    if (asked.error !== null) return wordError(t, asked.error)
    return asked.data !== undefined && classes.length === 0 ? wordNone(asked.data) : null
  }
  return {
    options: [
      ...(isCodes(text) ? [toOption(text.trim())] : []),
      ...classes.map((each) => toOption(each.code, each)),
      ...(other === null
        ? []
        : [{ value: `?${other}`, title: t('search.otherWord', { words: other }), section: null }]),
    ],
    state: said(),
    ask: () => setEntered(text),
    remember: (code: string) => classes.filter((each) => each.code === code).forEach(rememberClass),
  }
}
