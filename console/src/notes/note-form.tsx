import { Button, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { forgetKeptState, useKeptState } from '../components/use-kept-state.ts'
import { MOST_LETTERS } from './note.ts'

/** A form for the text of one note. It is empty again when the note is kept; until then, its text stays while other pages are shown. */
export function NoteForm({
  label,
  draft,
  before = '',
  onKeep,
  onCancel,
}: {
  readonly label: string
  /** The name of the note, under which a text that is not kept yet is still there when the officer comes back to the page. */
  readonly draft: string
  /** The text that is changed. */
  readonly before?: string
  readonly onKeep: (text: string) => Promise<void>
  /** Called when nothing is to be changed. Without it, there is no such button. */
  readonly onCancel?: () => void
}) {
  const { t } = useTranslation()
  const { text, setText, forget } = useDraft(draft, before)
  const [isEmpty, setEmpty] = useState(false)
  const keeping = useMutation({ mutationFn: onKeep, networkMode: 'always', onSuccess: forget })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setEmpty(text.trim() === '')
    if (text.trim() !== '') keeping.mutate(text.trim())
  }
  return (
    <form onSubmit={submit} className="note-form" noValidate>
      <Textarea
        label={label}
        error={
          keeping.isError
            ? t('notes.failed', { message: keeping.error.message })
            : isEmpty && text.trim() === '' && t('notes.empty')
        }
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
          <Button
            variant="subtle"
            onClick={() => {
              forget()
              onCancel()
            }}
          >
            {t('grounds.cancel')}
          </Button>
        )}
      </div>
    </form>
  )
}

/** A text that stays while other pages are shown, until it is forgotten. */
function useDraft(draft: string, before: string) {
  const [text, setText] = useKeptState(`draft ${draft}`, before)
  const forget = (): void => {
    setText('')
    forgetKeptState((name) => name === `draft ${draft}`)
  }
  return { text, setText, forget }
}
