import { type FormEvent, useState } from 'react'
import { Field } from '../components/field.tsx'
import { fill } from '../words/fill.ts'
import { AuditPage } from './audit-page.tsx'
import { EntryTable } from './entry-table.tsx'
import { readFiles } from './read-files.ts'
import { makeRecordRefs, type RecordRefs } from './record-refs.ts'
import { useAuditWords, useEntryPages, useViewer } from './use-oversight.ts'
import type { AuditWords } from './words.ts'

/** Who received a record of the auditor's country. The key of refs is read in the browser, and only pseudonyms are sent. */
export function RecordPage() {
  const words = useAuditWords()
  const viewer = useViewer()
  const [record, setRecord] = useState('')
  const [files, setFiles] = useState<FileList | null>(null)
  const [made, setMade] = useState<RecordRefs | null>(null)
  const asked = useEntryPages('whoSaw', made !== null && 'refs' in made ? { refs: made.refs } : null)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    // The text of the key file lives in this function only.
    const [file] = await readFiles(files)
    setMade(makeRecordRefs(record, file?.text ?? '', viewer.data?.data.viewer.country ?? null))
  }
  const problem = made !== null && 'problem' in made ? made.problem : null
  return (
    <AuditPage name="record">
      <form onSubmit={(event) => void submit(event)} className="form">
        <Field
          label={words.record.id}
          help={words.record.idHint}
          problem={problem === null || problem === 'KEY_WRONG' ? null : words.record.problems[problem]}
        >
          {(attributes) => (
            <input
              {...attributes}
              required
              autoComplete="off"
              spellCheck={false}
              value={record}
              onChange={({ target }) => setRecord(target.value)}
            />
          )}
        </Field>
        <Field
          label={words.record.keyFile}
          help={words.record.keyHint}
          problem={problem === 'KEY_WRONG' ? words.record.problems.KEY_WRONG : null}
        >
          {(attributes) => (
            <input {...attributes} required type="file" onChange={({ target }) => setFiles(target.files)} />
          )}
        </Field>
        <button type="submit" className="main">
          {words.record.find}
        </button>
      </form>
      {made !== null && 'refs' in made && (
        <>
          <p role="status">
            {saySent(words, made.refs.length, made.epochs)}{' '}
            {made.leftOut > 0 && fill(words.record.leftOut, { count: made.leftOut })}
          </p>
          <EntryTable asked={asked} empty={words.record.nobody} />
          <p className="quiet-text">{words.record.hitsOnly}</p>
        </>
      )}
    </AuditPage>
  )
}

/** Says how many pseudonyms were sent, and the epochs of their keys. */
function saySent(words: AuditWords, count: number, epochs: { readonly first: number; readonly last: number }): string {
  return count === 1 ? fill(words.record.sent_one, epochs) : fill(words.record.sent_other, { count, ...epochs })
}
