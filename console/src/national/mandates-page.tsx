import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PURPOSES } from '../../../contract/access-token.ts'
import { CopiedCommand } from '../audit/copied-command.tsx'
import { readFiles } from '../audit/read-files.ts'
import { useLanguage } from '../audit/use-oversight.ts'
import { cleanLines, cleanText, hasHidden } from '../components/clean-text.ts'
import { Field } from '../components/field.tsx'
import { writeCommand } from '../components/shell-words.ts'
import { ShownText } from '../components/shown-text.tsx'
import { saveFile } from '../export/save-file.ts'
import { useWorld } from '../session/use-session.ts'
import {
  type MandateField,
  type MandateFile,
  type MandateForm,
  mandateCommands,
  writeMandateFile,
} from './draft-mandate.ts'
import { NationalPage } from './national-page.tsx'
import { type ReadMandate, readMandate } from './read-mandate.ts'
import { useNationalWords } from './words.ts'

/** Mandates: a file to sign, and a document to read. */
export function MandatesPage() {
  return (
    <NationalPage name="mandates">
      <Draft />
      <Reading />
    </NationalPage>
  )
}

/** The fields of the form that are one line, and those with an item on each line. */
const LINES = ['issuer', 'country', 'taskForce', 'caseId', 'notAfter', 'timeZone', 'approver'] as const
const LISTS = ['countries', 'scopes', 'legalBasis', 'officers'] as const

function Draft() {
  const words = useNationalWords()
  const { config } = useWorld()
  const [form, setForm] = useState<MandateForm>({
    issuer: config.authority.issuer,
    country: config.country,
    taskForce: '',
    purposes: [],
    countries: '',
    scopes: '',
    legalBasis: '',
    caseId: '',
    notAfter: '',
    officers: '',
    approver: '',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  })
  const [made, setMade] = useState<MandateFile | null>(null)
  const set = (change: Partial<MandateForm>): void => setForm({ ...form, ...change })
  const problemOf = (field: MandateField): string | null =>
    made?.wrong?.includes(field) === true ? words.mandates.wrong : null
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setMade(writeMandateFile(form, Date.now()))
  }
  const field = (name: FieldName, isList: boolean) => (
    <MandateInput
      key={name}
      {...{ name, isList, value: form[name], problem: problemOf(name) }}
      onChange={(value) => set({ [name]: value })}
    />
  )
  return (
    <section>
      <h2>{words.mandates.draft}</h2>
      <form onSubmit={submit} className="form">
        {LINES.map((name) => field(name, false))}
        <Purposes chosen={form.purposes} problem={problemOf('purposes')} onChoose={(purposes) => set({ purposes })} />
        {LISTS.map((name) => field(name, true))}
        <button type="submit" className="main">
          {words.mandates.make}
        </button>
      </form>
      {made !== null && made.yaml !== null && <Made yaml={made.yaml} taskForce={form.taskForce} />}
    </section>
  )
}

type FieldName = (typeof LINES | typeof LISTS)[number]

function MandateInput({
  name,
  isList,
  value,
  problem,
  onChange,
}: {
  readonly name: FieldName
  readonly isList: boolean
  readonly value: string
  readonly problem: string | null
  readonly onChange: (value: string) => void
}) {
  const words = useNationalWords()
  const help = words.mandates.hints[name]
  return (
    <Field label={words.mandates.fields[name]} problem={problem} {...(help !== undefined && { help })}>
      {(attributes) =>
        isList ? (
          <textarea {...attributes} rows={3} value={value} onChange={({ target }) => onChange(target.value)} />
        ) : (
          <input
            {...attributes}
            type={name === 'notAfter' ? 'date' : 'text'}
            autoComplete="off"
            value={value}
            onChange={({ target }) => onChange(target.value.trim())}
          />
        )
      }
    </Field>
  )
}

function Purposes({
  chosen,
  problem,
  onChoose,
}: {
  readonly chosen: readonly string[]
  readonly problem: string | null
  readonly onChoose: (purposes: readonly string[]) => void
}) {
  const words = useNationalWords()
  const { t } = useTranslation()
  const toggle = (purpose: string, isChosen: boolean): void =>
    onChoose(isChosen ? [...chosen, purpose] : chosen.filter((each) => each !== purpose))
  return (
    <fieldset>
      <legend>{words.mandates.fields.purposes}</legend>
      {PURPOSES.map((purpose) => (
        <label key={purpose} className="radio">
          <input
            type="checkbox"
            checked={chosen.includes(purpose)}
            onChange={({ target }) => toggle(purpose, target.checked)}
          />{' '}
          {t(`purpose.${purpose}`, { defaultValue: purpose })}
        </label>
      ))}
      {problem !== null && <p className="help wrong">{problem}</p>}
    </fieldset>
  )
}

function Made({ yaml, taskForce }: { readonly yaml: string; readonly taskForce: string }) {
  const words = useNationalWords()
  const name = `${taskForce.replaceAll(/[^\w-]/g, '-').replace(/^-+/, '')}.yaml`
  const { draft, approve } = mandateCommands(name)
  return (
    <div className="sheet" role="status">
      <pre className="raw">{yaml}</pre>
      <button type="button" className="main" onClick={() => saveFile(name, 'application/yaml', yaml)}>
        {words.mandates.save}
      </button>
      <p>{words.mandates.next}</p>
      <CopiedCommand command={draft} />
      <p>{words.mandates.thenApprove}</p>
      <CopiedCommand command={approve} />
      <p className="quiet-text">{words.mandates.replace}</p>
    </div>
  )
}

function Reading() {
  const words = useNationalWords()
  const language = useLanguage()
  const [read, setRead] = useState<{ readonly name: string; readonly result: ReadMandate | Error } | null>(null)
  const open = async (files: FileList | null): Promise<void> => {
    const [file] = await readFiles(files)
    if (file === undefined) return
    const result = await readMandate(file.text, language, Date.now()).catch((error: unknown) => error as Error)
    setRead({ name: file.name, result })
  }
  const problem = read?.result instanceof Error ? words.mandates.invalid(cleanText(read.result.message)) : null
  return (
    <section>
      <h2>{words.mandates.read}</h2>
      <Field label={words.mandates.document} problem={problem}>
        {(attributes) => <input {...attributes} type="file" onChange={({ target }) => void open(target.files)} />}
      </Field>
      {read !== null && !(read.result instanceof Error) && <ShownMandate name={read.name} mandate={read.result} />}
    </section>
  )
}

function ShownMandate({ name, mandate }: { readonly name: string; readonly mandate: ReadMandate }) {
  const words = useNationalWords()
  const { isDraft, signatures, time, words: text, hash } = mandate
  const sign = ['--token', 'credencial.jwt', '--authority', '/var/lib/istmo/log']
  // A name that a command could take for a flag, or that nobody can read, is replaced as the other examples are.
  const file = name.startsWith('-') || hasHidden(name) || !name.isWellFormed() ? 'mandato.mandate.json' : name
  const approve = ['istmo', 'mandates', 'approve', file, '--key', 'beto.key', ...sign]
  const revoke = ['istmo', 'mandates', 'revoke', hash, '--reason', '…', '--key', 'ana.key', ...sign]
  return (
    <div className="sheet">
      <p>
        <strong>{words.mandates.holds}</strong> {isDraft ? words.mandates.isDraft : words.mandates.times[time]}{' '}
        {words.mandates.notLogged}
      </p>
      <pre className="raw">{cleanLines(text)}</pre>
      <ul>
        {signatures.map(({ kid, role }) => (
          <li key={kid}>
            <ShownText text={words.mandates.signedBy(role === null ? '—' : words.mandates.roles[role], kid)} />
          </li>
        ))}
      </ul>
      <p>{isDraft ? words.mandates.approve : words.mandates.revoke}</p>
      <CopiedCommand command={writeCommand(isDraft ? approve : revoke)} />
      <p className="quiet-text">{words.mandates.replace}</p>
    </div>
  )
}
