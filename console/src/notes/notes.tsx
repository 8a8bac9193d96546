import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { isRecordId } from '../../../contract/record-id.ts'
import { ShownText } from '../components/shown-text.tsx'
import type { Note } from './note.ts'
import { NoteForm } from './note-form.tsx'
import { NoteList } from './note-list.tsx'
import { useNotes } from './use-notes.ts'

/** The officer's notes about one record. */
export function Notes({ kind, record }: { readonly kind: Note['kind']; readonly record: string }) {
  const { t } = useTranslation()
  const { notes, error, keep, remove } = useNotes()
  if (!isRecordId(record)) return null
  const own = notes?.filter((note) => note.record === record && note.kind === kind) ?? []
  return (
    <section aria-labelledby="notes" className="sheet no-print">
      <h2 id="notes">{t('notes.title')}</h2>
      <p className="quiet-text">
        {t('notes.where')} <Link to="/notes">{t('notes.toAll')}</Link>
      </p>
      {error !== null && (
        <p role="alert">
          <ShownText text={t('notes.failed', { message: error.message })} />
        </p>
      )}
      <NoteList notes={own} onKeep={(note) => keep([note])} onRemove={remove} />
      <NoteForm
        label={t('notes.new')}
        draft={`${kind} ${record}`}
        onKeep={(text) => keep([{ id: crypto.randomUUID(), kind, record, text, changedAt: Date.now() }])}
      />
    </section>
  )
}
