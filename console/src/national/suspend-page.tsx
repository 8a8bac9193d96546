import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { entryLabels } from '../../../contract/audit-log/words.ts'
import type { SuspendedKind } from '../../../contract/trust/suspended-kinds.ts'
import { CopiedCommand } from '../audit/copied-command.tsx'
import { useLanguage } from '../audit/use-oversight.ts'
import { Field } from '../components/field.tsx'
import { NationalPage } from './national-page.tsx'
import { KINDS_IN_ORDER, makeSuspendCommand, type SuspendField, type SuspendForm } from './suspend-command.ts'

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
  const line = (name: 'value' | 'reason' | 'keyFile', label: string): LineFieldProps => ({
    label,
    problem: problemOf(name),
    value: form[name],
    onChange: (value: string) => set({ [name]: value }),
  })
  return (
    <form onSubmit={submit} className="form">
      <Actions chosen={form.action} onChoose={(action) => set({ action })} />
      <Field label={t('team.suspend.kind')}>
        {(attributes) => (
          <select
            {...attributes}
            value={form.kind}
            onChange={({ target }) => set({ kind: target.value as SuspendedKind })}
          >
            {KINDS_IN_ORDER.map((kind) => (
              <option key={kind} value={kind}>
                {t(`team.suspend.kinds.${kind}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <LineField {...line('value', t('team.suspend.value'))} help={t(`team.suspend.values.${form.kind}`)} />
      <LineField {...line('reason', t('team.suspend.reason'))} help={t('team.suspend.reasonHint')} />
      <LineField {...line('keyFile', t('team.suspend.keyFile'))} />
      <Field label={t('team.suspend.folders')} problem={problemOf('folders')}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={3}
            value={form.folders}
            onChange={({ target }) => set({ folders: target.value })}
          />
        )}
      </Field>
      <button type="submit" className="main">
        {t('team.suspend.next')}
      </button>
    </form>
  )
}

interface LineFieldProps {
  readonly label: string
  readonly problem: string | null
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A field of one line. */
function LineField({ label, problem, value, onChange, help }: LineFieldProps & { readonly help?: string }) {
  return (
    <Field label={label} problem={problem} {...(help !== undefined && { help })}>
      {(attributes) => (
        <input
          {...attributes}
          autoComplete="off"
          spellCheck={false}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  )
}

const ACTIONS = ['suspend', 'resume'] as const

function Actions({
  chosen,
  onChoose,
}: {
  readonly chosen: SuspendForm['action']
  readonly onChoose: (action: SuspendForm['action']) => void
}) {
  const { t } = useTranslation()
  return (
    <fieldset>
      <legend>{t('team.suspend.action')}</legend>
      {ACTIONS.map((action) => (
        <label key={action} className="radio">
          <input type="radio" name="action" checked={chosen === action} onChange={() => onChoose(action)} />{' '}
          {t(`team.suspend.actions.${action}`)}
        </label>
      ))}
    </fieldset>
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
      <Field label={t('team.suspend.typeAgain', { value })}>
        {(attributes) => (
          <input
            {...attributes}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        )}
      </Field>
      {typed.trim() === value && (
        <>
          <p>{t('team.suspend.run')}</p>
          <CopiedCommand command={command} />
          <p className="quiet-text">{t('team.suspend.after')}</p>
        </>
      )}
      <button type="button" onClick={onBack}>
        {t('team.suspend.back')}
      </button>
    </section>
  )
}
