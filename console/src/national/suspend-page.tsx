import { type FormEvent, useState } from 'react'
import { entryLabels } from '../../../contract/audit-log/words.ts'
import type { SuspendedKind } from '../../../contract/trust/suspended-kinds.ts'
import { CopiedCommand } from '../audit/copied-command.tsx'
import { useLanguage } from '../audit/use-oversight.ts'
import { Field } from '../components/field.tsx'
import { fill } from '../words/fill.ts'
import { NationalPage } from './national-page.tsx'
import { KINDS_IN_ORDER, makeSuspendCommand, type SuspendField, type SuspendForm } from './suspend-command.ts'
import { useNationalWords } from './use-national-words.ts'

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
  const words = useNationalWords()
  const [isTried, setTried] = useState(false)
  const { wrong } = makeSuspendCommand(form)
  const problemOf = (field: SuspendField): string | null =>
    isTried && wrong?.includes(field) === true ? words.suspend.wrong[field] : null
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
      <Field label={words.suspend.kind}>
        {(attributes) => (
          <select
            {...attributes}
            value={form.kind}
            onChange={({ target }) => set({ kind: target.value as SuspendedKind })}
          >
            {KINDS_IN_ORDER.map((kind) => (
              <option key={kind} value={kind}>
                {words.suspend.kinds[kind]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <LineField {...line('value', words.suspend.value)} help={words.suspend.values[form.kind]} />
      <LineField {...line('reason', words.suspend.reason)} help={words.suspend.reasonHint} />
      <LineField {...line('keyFile', words.suspend.keyFile)} />
      <Field label={words.suspend.folders} problem={problemOf('folders')}>
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
        {words.suspend.next}
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
  const words = useNationalWords()
  return (
    <fieldset>
      <legend>{words.suspend.action}</legend>
      {ACTIONS.map((action) => (
        <label key={action} className="radio">
          <input type="radio" name="action" checked={chosen === action} onChange={() => onChoose(action)} />{' '}
          {words.suspend.actions[action]}
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
  const words = useNationalWords()
  const language = useLanguage()
  const [typed, setTyped] = useState('')
  const { action, kind, reason } = form
  const value = form.value.trim()
  const what = `${entryLabels(language).kinds[kind]} ${value}`
  return (
    <section className="sheet" aria-live="polite">
      <h2>{words.suspend.look}</h2>
      <p>
        <strong>{fill(words.suspend[action === 'suspend' ? 'willSuspend' : 'willResume'], { what })}</strong>
      </p>
      <p>
        {words.suspend.reason}: {reason.trim()}
      </p>
      <Field label={fill(words.suspend.typeAgain, { value })}>
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
          <p>{words.suspend.run}</p>
          <CopiedCommand command={command} />
          <p className="quiet-text">{words.suspend.after}</p>
        </>
      )}
      <button type="button" onClick={onBack}>
        {words.suspend.back}
      </button>
    </section>
  )
}
