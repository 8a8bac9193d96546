import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FileField } from '../components/file-field.tsx'
import { AuditPage } from './audit-page.tsx'
import { EntryList } from './entry-list.tsx'
import { readFiles } from './read-files.ts'
import { makeRecordRefs, type RecordRefs } from './record-refs.ts'
import { useEntryPages, useViewer } from './use-oversight.ts'

/** Who received a record of the auditor's country. The key of refs is read in the browser, and only pseudonyms are sent. */
export function RecordPage() {
  const { t } = useTranslation()
  const viewer = useViewer()
  const [record, setRecord] = useState('')
  const [files, setFiles] = useState<readonly File[]>([])
  const [made, setMade] = useState<RecordRefs | null>(null)
  const asked = useEntryPages('whoSaw', made !== null && 'refs' in made ? { refs: made.refs } : null)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    // The text of the key file lives in this function only.
    const [read] = await readFiles(files)
    setMade(makeRecordRefs(record, read?.text ?? '', viewer.data?.data.viewer.country ?? null))
  }
  const problem = made !== null && 'problem' in made ? made.problem : null
  return (
    <AuditPage name="record">
      <ol className="how">
        {(['first', 'second', 'third'] as const).map((step) => (
          <li key={step}>{t(`auditor.record.steps.${step}`)}</li>
        ))}
      </ol>
      <form noValidate onSubmit={(event) => void submit(event)} className="form">
        <TextInput
          label={t('auditor.record.id')}
          description={t('auditor.record.idHint')}
          error={problem === null || problem === 'KEY_WRONG' ? null : t(`auditor.record.problems.${problem}`)}
          autoComplete="off"
          spellCheck={false}
          value={record}
          onChange={({ target }) => setRecord(target.value)}
        />
        <FileField
          label={t('auditor.record.keyFile')}
          description={t('auditor.record.keyHint')}
          error={problem === 'KEY_WRONG' ? t('auditor.record.problems.KEY_WRONG') : null}
          onChoose={setFiles}
        />
        <Button type="submit" variant="filled">
          {t('auditor.record.find')}
        </Button>
      </form>
      {made !== null && 'refs' in made && (
        <>
          <p role="status">
            {t('auditor.record.sent', { ...made.epochs, count: made.refs.length })}{' '}
            {made.leftOut > 0 && t('auditor.record.leftOut', { count: made.leftOut })}
          </p>
          <EntryList asked={asked} empty={t('auditor.record.nobody')} />
          <p className="quiet-text">{t('auditor.record.hitsOnly')}</p>
        </>
      )}
    </AuditPage>
  )
}
