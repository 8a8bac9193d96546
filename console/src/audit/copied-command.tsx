import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'

/** Shows a command for a shell, with a button that copies it. */
export function CopiedCommand({ command }: { readonly command: string }) {
  const { t } = useTranslation()
  // Where a browser copies nothing, the text is on the page, and can be selected.
  const { copied, copy } = useClipboard()
  return (
    <div className="command">
      <pre>
        <code>{command}</code>
      </pre>
      <Button onClick={() => copy(command)}>{t('auditor.copy')}</Button>
      <span role="status">{copied ? t('auditor.copied') : ''}</span>
    </div>
  )
}
