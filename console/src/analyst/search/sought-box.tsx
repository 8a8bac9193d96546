import { TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon } from '../../look/icon.tsx'

/** The one box in which an officer writes whatever is known of a person or a case. `children`: what stands in it before the text. */
export function SoughtBox({
  label,
  text,
  isWrong,
  onText,
  children,
}: {
  readonly label: string
  readonly text: string
  readonly isWrong: boolean
  readonly onText: (text: string) => void
  readonly children?: ReactNode
}) {
  return (
    <div className="box">
      <Icon name="search" />
      {children}
      <TextInput
        className="sought"
        aria-label={label}
        placeholder={label}
        error={isWrong}
        type="search"
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ target }) => onText(target.value)}
      />
    </div>
  )
}
