import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { isRecordId } from '../../../contract/record-id.ts'

/** Asks for the id of a record, and tells `onGo` only what is one. */
export function RecordIdForm({
  label,
  help,
  wrong,
  button,
  isFirst = false,
  way,
  except,
  onGo,
}: {
  readonly label: string
  readonly help: string
  /** What is said of a text that is not the id of a record that may be named here. */
  readonly wrong: string
  readonly button: string
  /** Whether it is what one does first on the page. */
  readonly isFirst?: boolean
  /** What stands before the field. */
  readonly way?: ReactNode
  /** The id of a record that may not be named here. */
  readonly except?: string
  readonly onGo: (id: string) => void
}) {
  const [text, setText] = useState('')
  const [isWrong, setWrong] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const id = toRecordId(text)
    const isRight = isRecordId(id) && id !== except
    setWrong(!isRight)
    if (isRight) onGo(id)
  }
  return (
    <form onSubmit={submit} className="form">
      {way}
      <TextInput
        label={label}
        description={help}
        error={isWrong ? wrong : null}
        required
        maxLength={130}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <Button type="submit" variant={isFirst ? 'filled' : 'default'}>
        {button}
      </Button>
    </form>
  )
}

/** Reads an id as somebody types it: a telephone writes the country's code in lower case, and puts blanks around the colon. */
function toRecordId(text: string): string {
  const [country = '', ...rest] = text
    .trim()
    .normalize('NFC')
    .split(/\s*:\s*/)
  return [country.toUpperCase(), ...rest].join(':')
}
