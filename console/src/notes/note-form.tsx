import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../components/field.tsx'
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
      <Field label={label} problem={keeping.isError ? t('notes.failed', { message: keeping.error.message }) : null}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={3}
            required
            maxLength={MOST_LETTERS}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <div className="actions">
        <button type="submit" disabled={keeping.isPending}>
          {t('notes.keep')}
        </button>
        {onCancel !== undefined && (
          <button type="button" className="quiet" onClick={onCancel}>
            {t('grounds.cancel')}
          </button>
        )}
      </div>
    </form>
  )
}
