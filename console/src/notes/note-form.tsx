import { Button, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MOST_LETTERS } from './note.ts'

/** A form for the text of one note. It is empty again when the note is kept. */
export function NoteForm({
  label,
  before = '',
  onKeep,
  onCancel,
}: {
  readonly label: string
  /** The text that is changed. */
  readonly before?: string
  readonly onKeep: (text: string) => Promise<void>
  /** Called when nothing is to be changed. Without it, there is no such button. */
  readonly onCancel?: () => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState(before)
  const keeping = useMutation({ mutationFn: onKeep, networkMode: 'always', onSuccess: () => setText('') })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (text.trim() !== '') keeping.mutate(text.trim())
  }
  return (
    <form onSubmit={submit} className="note-form">
      <Textarea
        label={label}
        error={keeping.isError ? t('notes.failed', { message: keeping.error.message }) : null}
        rows={3}
        required
        maxLength={MOST_LETTERS}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <div className="actions">
        <Button type="submit" disabled={keeping.isPending}>
          {t('notes.keep')}
        </Button>
        {onCancel !== undefined && (
          <Button variant="subtle" onClick={onCancel}>
            {t('grounds.cancel')}
          </Button>
        )}
      </div>
    </form>
  )
}
