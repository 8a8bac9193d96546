import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
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
  const dialog = useRef<HTMLDialogElement>(null)
  const [purpose, setPurpose] = useState(grounds?.purpose ?? mandate.purposes[0] ?? '')
  const [disclosure, setDisclosure] = useState(grounds?.caseDisclosure ?? null)
  const [isWrong, setWrong] = useState(false)
  useEffect(() => {
    const shown = dialog.current
    if (shown?.open === false) shown.showModal()
    return () => shown?.close()
  }, [])
  const caseId = disclosure === null ? null : readCaseDisclosure(disclosure)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (mandate.isOfOneCase && caseId === null) return setWrong(true)
    session.setGrounds({ purpose, caseDisclosure: disclosure, caseId })
    onClose()
  }
  const readFile = async (file: File | undefined): Promise<void> => {
    const text = file === undefined || file.size > 10_000 ? '' : (await file.text()).trim()
    const isCase = readCaseDisclosure(text) !== null
    setDisclosure(isCase ? text : null)
    setWrong(!isCase)
  }
  const cancel = (event: { preventDefault(): void }): void => {
    event.preventDefault()
    if (mayCancel) onClose()
  }
  return (
    <dialog ref={dialog} aria-labelledby="grounds-title" onCancel={cancel}>
      <form onSubmit={submit}>
        <h2 id="grounds-title">{t('grounds.title')}</h2>
        <p>{t('grounds.about')}</p>
        <fieldset>
          <legend>{t('bar.purpose')}</legend>
          {mandate.purposes.map((each) => (
            <label key={each} className="radio">
              <input type="radio" name="purpose" checked={each === purpose} onChange={() => setPurpose(each)} />
              {t(`purpose.${each}`)}
            </label>
          ))}
        </fieldset>
        {mandate.isOfOneCase && (
          <label className="field">
            {t('grounds.case')}
            <input type="file" onChange={({ target }) => void readFile(target.files?.[0])} />
          </label>
        )}
        {caseId !== null && <p>{t('grounds.caseIs', { id: caseId })}</p>}
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
    </dialog>
  )
}
