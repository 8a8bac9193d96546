import { FileInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Icon } from '../look/icon.tsx'

/** A field for a file, in the words of the page. The browser's own speaks the browser's language. */
export function FileField({
  label,
  description,
  error = null,
  accept,
  isMultiple = false,
  onChoose,
}: {
  readonly label: string
  readonly description?: string
  readonly error?: string | null
  readonly accept?: string
  readonly isMultiple?: boolean
  readonly onChoose: (files: readonly File[]) => void
}) {
  const { t } = useTranslation()
  return (
    <FileInput<boolean>
      {...{ label, description, error, multiple: isMultiple }}
      className="file-field"
      leftSection={<Icon name="document" />}
      placeholder={t(isMultiple ? 'common.chooseFiles' : 'common.chooseFile')}
      {...(accept !== undefined && { accept })}
      onChange={(chosen) => onChoose([chosen ?? []].flat())}
    />
  )
}
