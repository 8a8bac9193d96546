import { Button, Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FileField } from '../components/file-field.tsx'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { saveFile } from '../export/save-file.ts'
import { mergeNotes, type Note, type NotesProblem, readNotesFile, writeNotesFile } from './note.ts'
import { NoteList } from './note-list.tsx'
import { useNotes } from './use-notes.ts'

/** The largest file that is read, in bytes. */
const MOST_BYTES = 50_000_000

/** All notes of the officer: what they are, where they are, and how to take them elsewhere or remove them. */
export function NotesPage() {
  const { t } = useTranslation()
  const { notes, error, keep, remove, clear } = useNotes()
  return (
    <>
      <h1>{t('notes.title')}</h1>
      <p>{t('notes.about')}</p>
      <p className="notice">{t('notes.warning')}</p>
      {error !== null && (
        <p role="alert">
          <ShownText text={t('notes.failed', { message: error.message })} />
        </p>
      )}
      {notes === undefined && error === null && <Skeleton />}
      {notes?.length === 0 && <p className="empty">{t('notes.none')}</p>}
      {notes !== undefined && (
        <>
          <NoteList notes={notes} withRecord onKeep={(note) => keep([note])} onRemove={remove} />
          <TakeElsewhere notes={notes} keep={keep} />
          {notes.length > 0 && <RemoveAll count={notes.length} clear={clear} />}
        </>
      )}
    </>
  )
}

/** Notes as a file: to another browser of the officer, or to a colleague. */
function TakeElsewhere({
  notes,
  keep,
}: {
  readonly notes: readonly Note[]
  readonly keep: (notes: readonly Note[]) => Promise<void>
}) {
  const { t } = useTranslation()
  const [problem, setProblem] = useState<string | null>(null)
  const importing = useMutation({
    networkMode: 'always',
    mutationFn: async (file: File) => {
      const read = file.size <= MOST_BYTES ? readNotesFile(await file.text()) : { kind: 'NOT_NOTES' as const }
      setProblem('kind' in read ? wordProblem(t, read) : null)
      if ('kind' in read) return null
      await keep(mergeNotes(notes, read))
      return read.length
    },
  })
  const name = `istmo-notas-${new Date().toISOString().slice(0, 10)}.json`
  return (
    <section aria-labelledby="notes-file" className="form">
      <h2 id="notes-file">{t('notes.file')}</h2>
      <Button disabled={notes.length === 0} onClick={() => saveFile(name, 'application/json', writeNotesFile(notes))}>
        {t('notes.export')}
      </Button>
      <FileField
        label={t('notes.import')}
        description={t('notes.importHelp')}
        error={problem}
        accept=".json,application/json"
        onChoose={([file]) => file !== undefined && importing.mutate(file)}
      />
      <p role="status">
        {typeof importing.data === 'number' && problem === null && t('notes.imported', { count: importing.data })}
      </p>
      {importing.isError && (
        <p role="alert">
          <ShownText text={t('notes.failed', { message: importing.error.message })} />
        </p>
      )}
    </section>
  )
}

function wordProblem(t: TFunction, problem: NotesProblem): string {
  if (problem.kind === 'VERSION') return t('notes.problemVersion', { version: problem.version })
  if (problem.kind === 'NOTE') return t('notes.problemNote', { number: problem.number })
  if (problem.kind === 'TOO_MANY') return t('notes.problemTooMany', { count: problem.count })
  return t('notes.problemFile')
}

/** Removes all notes after a second look. */
function RemoveAll({ count, clear }: { readonly count: number; readonly clear: () => Promise<void> }) {
  const { t } = useTranslation()
  const [isAsking, setAsking] = useState(false)
  const clearing = useMutation({ mutationFn: clear, networkMode: 'always', onSuccess: () => setAsking(false) })
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t('notes.removeAll')}</Button>
      {isAsking && (
        <Modal opened title={t('notes.removeAll')} onClose={() => setAsking(false)}>
          <p>{t('notes.removeAllAbout', { count })}</p>
          {clearing.isError && (
            <p role="alert">
              <ShownText text={t('notes.failed', { message: clearing.error.message })} />
            </p>
          )}
          <div className="actions">
            <Button variant="filled" onClick={() => clearing.mutate()}>
              {t('notes.removeAll')}
            </Button>
            <Button onClick={() => setAsking(false)}>{t('grounds.cancel')}</Button>
          </div>
        </Modal>
      )}
    </>
  )
}
