import { Button, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isRecordId } from '../../../../contract/record-id.ts'

/** Reads an id as somebody types it: a telephone writes the country's code in lower case, and puts blanks around the colon. */
function toRecordId(text: string): string {
  const [country = '', ...rest] = text
    .trim()
    .normalize('NFC')
    .split(/\s*:\s*/)
  return [country.toUpperCase(), ...rest].join(':')
}

/** Goes to a case by its id. */
export function CaseSearch({ way }: { readonly way: ReactNode }) {
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
      {way}
      <TextInput
        label={t('search.caseNumber')}
        description={t('search.caseHelp')}
        error={isWrong ? t('search.caseWrong') : null}
        required
        maxLength={130}
        autoComplete="off"
        spellCheck={false}
        value={id}
        onChange={({ target }) => setId(target.value)}
      />
      <Button type="submit" variant="filled">
        {t('common.open')}
      </Button>
    </form>
  )
}
