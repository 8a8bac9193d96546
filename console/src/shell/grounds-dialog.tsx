import { Button, Modal, Radio } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FileField } from '../components/file-field.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { type DisclosedCase, isCaseOf, readCaseFile } from '../session/case-file.ts'
import type { OfficerMandate, SignedIn } from '../session/session.ts'
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
  const [disclosed, setDisclosed] = useState(readDisclosed(grounds))
  const [wrong, setWrong] = useState<CaseProblem | null>(null)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const lacksCase = mandate.caseDigest !== null && disclosed === null
    if (lacksCase) {
      setWrong('caseWrong')
      return
    }
    session.setGrounds({ purpose, caseDisclosure: disclosed?.disclosure ?? null, caseId: disclosed?.id ?? null })
    onClose()
  }
  const takeCase = (read: DisclosedCase | CaseProblem): void => {
    setDisclosed(typeof read === 'string' ? null : read)
    setWrong(typeof read === 'string' ? read : null)
  }
  return (
    <Modal
      opened
      title={t('grounds.title')}
      closeOnEscape={mayCancel}
      closeOnClickOutside={mayCancel}
      onClose={() => mayCancel && onClose()}
    >
      <form onSubmit={submit} noValidate>
        <p>{t('grounds.about')}</p>
        <Purposes purposes={mandate.purposes} chosen={purpose} onChoose={setPurpose} />
        {mandate.caseDigest !== null && <CaseFileInput mandate={mandate} onRead={takeCase} />}
        {disclosed !== null && (
          <p role="status">
            <ShownText text={t('grounds.caseIs', { id: disclosed.id })} />
          </p>
        )}
        {wrong !== null && <p role="alert">{t(`grounds.${wrong}`)}</p>}
        <p className="actions">
          <Button type="submit" variant="filled" data-autofocus>
            {t('grounds.ok')}
          </Button>
          {mayCancel && <Button onClick={onClose}>{t('grounds.cancel')}</Button>}
        </p>
      </form>
    </Modal>
  )
}

interface PurposesProps {
  readonly purposes: readonly string[]
  readonly chosen: string
  readonly onChoose: (purpose: string) => void
}

/** The choices are told apart by their places: a purpose may be any text. */
function Purposes({ purposes, chosen, onChoose }: PurposesProps) {
  const { t } = useTranslation()
  return (
    <Radio.Group
      name="purpose"
      label={t('bar.purpose')}
      value={String(purposes.indexOf(chosen))}
      onChange={(at) => onChoose(purposes[Number(at)] ?? '')}
    >
      {purposes.map((each, at) => (
        <Radio
          key={each}
          value={String(at)}
          label={<ShownText text={t(`purpose.${each}`, { defaultValue: each })} />}
        />
      ))}
    </Radio.Group>
  )
}

/** Why a file is not taken. Each is a sentence of the words (`grounds`). */
type CaseProblem = 'caseWrong' | 'caseOther'

/** The largest file that is read, in bytes. One of a case has some hundred. */
const MOST_BYTES = 10_000

/** Takes the file with the case of the mandate. */
function CaseFileInput({
  mandate,
  onRead,
}: {
  readonly mandate: OfficerMandate
  readonly onRead: (read: DisclosedCase | CaseProblem) => void
}) {
  const { t } = useTranslation()
  const read = async (file: File | undefined): Promise<void> => {
    const disclosed = file === undefined || file.size > MOST_BYTES ? null : readCaseFile(await file.text())
    if (disclosed === null) return onRead('caseWrong')
    onRead((await isCaseOf(mandate, disclosed)) ? disclosed : 'caseOther')
  }
  return <FileField label={t('grounds.case')} onChoose={([file]) => void read(file)} />
}

/** The case that was disclosed before the dialog opened. */
function readDisclosed(grounds: SignedIn['grounds']): DisclosedCase | null {
  if (grounds?.caseDisclosure == null || grounds.caseId === null) return null
  return { id: grounds.caseId, disclosure: grounds.caseDisclosure }
}
