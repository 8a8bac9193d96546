import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Modal } from '../components/modal.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { readCaseDisclosure } from '../session/read-token.ts'
import type { SignedIn } from '../session/session.ts'
import { useWorld } from '../session/use-session.ts'

/** The dialog in which an officer says what the next questions are for. */
export function GroundsDialog({
  state: { mandate, grounds },
  mayCancel,
  onClose,
}: {
  readonly state: SignedIn
  readonly mayCancel: boolean
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { session } = useWorld()
  const [purpose, setPurpose] = useState(grounds?.purpose ?? mandate.purposes[0] ?? '')
  const [disclosure, setDisclosure] = useState(grounds?.caseDisclosure ?? null)
  const [isWrong, setWrong] = useState(false)
  const caseId = disclosure === null ? null : readCaseDisclosure(disclosure)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const lacksCase = mandate.isOfOneCase && caseId === null
    setWrong(lacksCase)
    if (lacksCase) return
    session.setGrounds({ purpose, caseDisclosure: disclosure, caseId })
    onClose()
  }
  const takeCase = (text: string | null): void => {
    setDisclosure(text)
    setWrong(text === null)
  }
  return (
    <Modal labelledBy="grounds-title" onCancel={() => mayCancel && onClose()}>
      <form onSubmit={submit}>
        <h2 id="grounds-title">{t('grounds.title')}</h2>
        <p>{t('grounds.about')}</p>
        <Purposes purposes={mandate.purposes} chosen={purpose} onChoose={setPurpose} />
        {mandate.isOfOneCase && <CaseFileInput onRead={takeCase} />}
        {caseId !== null && (
          <p>
            <ShownText text={t('grounds.caseIs', { id: caseId })} />
          </p>
        )}
        {isWrong && <p role="alert">{t('grounds.caseWrong')}</p>}
        <p className="actions">
          <button type="submit" className="main">
            {t('grounds.ok')}
          </button>
          {mayCancel && (
            <button type="button" onClick={onClose}>
              {t('grounds.cancel')}
            </button>
          )}
        </p>
      </form>
    </Modal>
  )
}

function Purposes({
  purposes,
  chosen,
  onChoose,
}: {
  readonly purposes: readonly string[]
  readonly chosen: string
  readonly onChoose: (purpose: string) => void
}) {
  const { t } = useTranslation()
  return (
    <fieldset>
      <legend>{t('bar.purpose')}</legend>
      {purposes.map((each) => (
        <label key={each} className="radio">
          <input type="radio" name="purpose" checked={each === chosen} onChange={() => onChoose(each)} />
          <ShownText text={t(`purpose.${each}`, { defaultValue: each })} />
        </label>
      ))}
    </fieldset>
  )
}

/** Takes the file with the disclosure of the mandate's case. It gives null for a file that is not one. */
function CaseFileInput({ onRead }: { readonly onRead: (disclosure: string | null) => void }) {
  const { t } = useTranslation()
  const read = async (file: File | undefined): Promise<void> => {
    const text = file === undefined || file.size > 10_000 ? '' : (await file.text()).trim()
    onRead(readCaseDisclosure(text) === null ? null : text)
  }
  return (
    <label className="field">
      {t('grounds.case')}
      <input type="file" onChange={({ target }) => void read(target.files?.[0])} />
    </label>
  )
}
