import { Button } from '@mantine/core'
import '../styles/notes.css'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { RecordLink } from '../components/links.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Undo } from '../components/undo.tsx'
import { useFormats } from '../shell/formats.ts'
import type { Note } from './note.ts'
import { NoteForm } from './note-form.tsx'

/** Notes, each to be changed or removed. What was removed last can be brought back. */
export function NoteList({
  notes,
  withRecord = false,
  onKeep,
  onRemove,
}: {
  readonly notes: readonly Note[]
  /** Whether each note says which record it is about. */
  readonly withRecord?: boolean
  readonly onKeep: (note: Note) => Promise<void>
  readonly onRemove: (id: string) => Promise<void>
}) {
  const { t } = useTranslation()
  const { moment } = useFormats()
  const [removed, setRemoved] = useState<Note | null>(null)
  const removing = useMutation({
    mutationFn: async (note: Note) => onRemove(note.id),
    networkMode: 'always',
    onSuccess: (_, note) => setRemoved(note),
  })
  const undoing = useMutation({ mutationFn: onKeep, networkMode: 'always', onSuccess: () => setRemoved(null) })
  return (
    <>
      <ul className="plain notes">
        {notes.map((note) => (
          <li key={note.id}>
            <p className="quiet-text">
              {withRecord && (
                <RecordLink to={note.kind === 'person' ? '/person/$id' : '/case/$id'} id={note.record}>
                  {note.record}
                </RecordLink>
              )}{' '}
              {moment(note.changedAt)}
            </p>
            <NoteBody note={note} onKeep={onKeep} onRemove={() => removing.mutate(note)} />
          </li>
        ))}
      </ul>
      <Undo
        text={removed === null ? null : t('notes.removed')}
        onUndo={() => removed !== null && undoing.mutate(removed)}
      />
      {removing.isError && (
        <p role="alert">
          <ShownText text={t('notes.failed', { message: removing.error.message })} />
        </p>
      )}
      {undoing.isError && (
        <p role="alert">
          <ShownText text={t('notes.failed', { message: undoing.error.message })} />
        </p>
      )}
    </>
  )
}

/** The text of a note, or the form that changes it. */
function NoteBody({
  note,
  onKeep,
  onRemove,
}: {
  readonly note: Note
  readonly onKeep: (note: Note) => Promise<void>
  readonly onRemove: () => void
}) {
  const { t } = useTranslation()
  const [isChanging, setChanging] = useState(false)
  if (isChanging) {
    return (
      <NoteForm
        label={t('notes.change')}
        draft={note.id}
        before={note.text}
        onKeep={async (text) => {
          await onKeep({ ...note, text, changedAt: Date.now() })
          setChanging(false)
        }}
        onCancel={() => setChanging(false)}
      />
    )
  }
  return (
    <>
      {note.text.split('\n').map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be the same
        <div key={index}>
          <ShownText text={line} />
        </div>
      ))}
      <div className="actions">
        <Button variant="subtle" onClick={() => setChanging(true)}>
          {t('notes.change')}
        </Button>
        <Button variant="subtle" onClick={onRemove}>
          {t('notes.remove')}
        </Button>
      </div>
    </>
  )
}
