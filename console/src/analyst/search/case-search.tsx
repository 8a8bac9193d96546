import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isRecordId } from '../../../../contract/record-id.ts'
import { Field } from '../../components/field.tsx'

/** Reads an id as somebody types it: a telephone writes the country's code in lower case, and puts blanks around the colon. */
function toRecordId(text: string): string {
  const [country = '', ...rest] = text
    .trim()
    .normalize('NFC')
    .split(/\s*:\s*/)
  return [country.toUpperCase(), ...rest].join(':')
}

/** Goes to a case by its id. */
export function CaseSearch() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [id, setId] = useState('')
  const [isWrong, setWrong] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const asked = toRecordId(id)
    const isId = isRecordId(asked)
    setWrong(!isId)
    if (isId) void navigate({ to: '/case/$id', params: { id: asked } })
  }
  return (
    <form onSubmit={submit} className="form">
      <Field
        label={t('search.caseNumber')}
        help={t('search.caseHelp')}
        problem={isWrong ? t('search.caseWrong') : null}
      >
        {(attributes) => (
          <input
            {...attributes}
            required
            maxLength={130}
            autoComplete="off"
            spellCheck={false}
            value={id}
            onChange={({ target }) => setId(target.value)}
          />
        )}
      </Field>
      <button type="submit" className="main">
        {t('common.open')}
      </button>
    </form>
  )
}
