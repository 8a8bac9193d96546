import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

/** Shows a command for a shell, with a button that copies it. */
export function CopiedCommand({ command }: { readonly command: string }) {
  const { t } = useTranslation()
  const [isCopied, setCopied] = useState(false)
  const copy = (): void => {
    void navigator.clipboard.writeText(command).then(
      () => setCopied(true),
      // The text is on the page, and can be selected.
      () => setCopied(false),
    )
  }
  return (
    <div className="command">
      <pre>
        <code>{command}</code>
      </pre>
      <Button onClick={copy}>{t('auditor.copy')}</Button>
      <span role="status">{isCopied ? t('auditor.copied') : ''}</span>
    </div>
  )
}
