import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isDay, readDay, writeDay } from './read-day.ts'

/** A field for a day that one types. The browser's own shows months first in its own language, whatever the page's is. */
export function DateField({
  label,
  value,
  error = null,
  onChange,
}: {
  readonly label: string
  /** `YYYY-MM-DD`; empty; or what was typed and is not a day. */
  readonly value: string
  readonly error?: string | null
  readonly onChange: (value: string) => void
}) {
  const { t } = useTranslation()
  const [{ told, text }, setTyped] = useState({ told: value, text: writeDay(value) })
  const [isLeft, setLeft] = useState(false)
  // The page changed it: nothing of what was typed remains.
  if (told !== value) setTyped({ told: value, text: writeDay(value) })
  const isWrong = isLeft && value !== '' && !isDay(value)
  return (
    <TextInput
      label={label}
      error={error ?? (isWrong ? t('common.dayWrong') : null)}
      className="day-field"
      placeholder={t('common.dayForm')}
      inputMode="numeric"
      autoComplete="off"
      maxLength={20}
      value={text}
      onChange={({ target }) => {
        const next = readDay(target.value)
        setTyped({ told: next, text: target.value })
        setLeft(false)
        onChange(next)
      }}
      onKeyDown={({ key }) => key === 'Enter' && setLeft(true)}
      onBlur={() => {
        setLeft(true)
        setTyped({ told: value, text: writeDay(value) })
      }}
    />
  )
}
