import { Button, NativeSelect, Radio, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { entryLabels } from '../../../contract/audit-log/words.ts'
import type { SuspendedKind } from '../../../contract/trust/suspended-kinds.ts'
import { CopiedCommand } from '../audit/copied-command.tsx'
import { useLanguage } from '../audit/use-oversight.ts'
import { NationalPage } from './national-page.tsx'
import { KINDS_IN_ORDER, makeSuspendCommand, type SuspendField, type SuspendForm } from './suspend-command.ts'
import { SuspendedNow } from './suspended-now.tsx'

/** Suspends or resumes: a form, a second look, and then the exact command. */
export function SuspendPage() {
  const [form, setForm] = useState<SuspendForm>({
    action: 'suspend',
    kind: 'agency',
    value: '',
    reason: '',
    keyFile: '',
    folders: '',
  })
  const [isReviewed, setReviewed] = useState(false)
  const { command } = makeSuspendCommand(form)
  return (
    <NationalPage name="suspend">
      <SuspendedNow />
      {isReviewed && command !== null ? (
        <Review form={form} command={command} onBack={() => setReviewed(false)} />
      ) : (
        <SuspendFields form={form} onChange={setForm} onReview={() => setReviewed(true)} />
      )}
    </NationalPage>
  )
}

interface SuspendFieldsProps {
  readonly form: SuspendForm
  readonly onChange: (form: SuspendForm) => void
  readonly onReview: () => void
}

function SuspendFields({ form, onChange, onReview }: SuspendFieldsProps) {
  const { t } = useTranslation()
  const [isTried, setTried] = useState(false)
  const { wrong } = makeSuspendCommand(form)
  const problemOf = (field: SuspendField): string | null =>
    isTried && wrong?.includes(field) === true ? t(`team.suspend.wrong.${field}`) : null
  const set = (change: Partial<SuspendForm>): void => onChange({ ...form, ...change })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (wrong === null) onReview()
  }
  const line = (name: 'value' | 'reason' | 'keyFile', description?: string) => (
    <TextInput
      label={t(`team.suspend.${name}`)}
      error={problemOf(name)}
      description={description}
      autoComplete="off"
      spellCheck={false}
      value={form[name]}
      onChange={({ target }) => set({ [name]: target.value })}
    />
  )
  return (
    <form onSubmit={submit} className="form" noValidate>
      <Radio.Group
        name="action"
        label={t('team.suspend.action')}
        value={form.action}
        onChange={(action) => set({ action: action === 'resume' ? 'resume' : 'suspend' })}
      >
        <Radio value="suspend" label={t('team.suspend.actions.suspend')} />
        <Radio value="resume" label={t('team.suspend.actions.resume')} />
      </Radio.Group>
      <NativeSelect
        label={t('team.suspend.kind')}
        value={form.kind}
        data={KINDS_IN_ORDER.map((kind) => ({ value: kind, label: t(`team.suspend.kinds.${kind}`) }))}
        onChange={({ target }) => set({ kind: target.value as SuspendedKind })}
      />
      {line('value', t(`team.suspend.values.${form.kind}`))}
      {line('reason', t('team.suspend.reasonHint'))}
      {line('keyFile')}
      <Textarea
        label={t('team.suspend.folders')}
        error={problemOf('folders')}
        rows={3}
        value={form.folders}
        onChange={({ target }) => set({ folders: target.value })}
      />
      <Button type="submit" variant="filled">
        {t('team.suspend.next')}
      </Button>
    </form>
  )
}

/** The second look: what will happen, and the value once more before the command is shown. */
function Review({
  form,
  command,
  onBack,
}: {
  readonly form: SuspendForm
  readonly command: string
  readonly onBack: () => void
}) {
  const { t } = useTranslation()
  const language = useLanguage()
  const [typed, setTyped] = useState('')
  const { action, kind, reason } = form
  const value = form.value.trim()
  const what = `${entryLabels(language).kinds[kind]} ${value}`
  return (
    <section className="sheet" aria-live="polite">
      <h2>{t('team.suspend.look')}</h2>
      <p>
        <strong>{t(`team.suspend.${action === 'suspend' ? 'willSuspend' : 'willResume'}`, { what })}</strong>
      </p>
      <p>
        {t('team.suspend.reason')}: {reason.trim()}
      </p>
      <TextInput
        label={t('team.suspend.typeAgain', { value })}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {typed.trim() === value && (
        <>
          <p>{t('team.suspend.run')}</p>
          <CopiedCommand command={command} />
          <p className="quiet-text">{t('team.suspend.after')}</p>
        </>
      )}
      <Button onClick={onBack}>{t('team.suspend.back')}</Button>
    </section>
  )
}
