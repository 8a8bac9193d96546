import { useTranslation } from 'react-i18next'
import { FileField } from '../components/file-field.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { readFiles } from './read-files.ts'
import { listTrustedLogs } from './trust.ts'
import type { UsedTrust } from './use-trust.ts'

/** Shows which trust policy is in use, and lets the auditor open another one. Nothing of it leaves the browser. */
export function TrustPanel({
  trust,
  source,
  isLoading,
  choose,
  root = null,
}: UsedTrust & {
  /** The root of the tree that proves the entry which is shown. */
  readonly root?: string | null
}) {
  const { t } = useTranslation()
  const isMissing = source === 'NONE' && !isLoading
  const names = source === 'COUNTRY' ? t('auditor.trust.ofCountry') : trust.names.join(', ')
  return (
    <details className="trust" open={isMissing}>
      <summary>
        {t('auditor.trust.title')}: <ShownText text={isMissing ? t('auditor.trust.none') : names} />
      </summary>
      <p>{t('auditor.trust.intro')}</p>
      {root !== null && (
        <p>
          {t('auditor.report.root')}: <ShownCode text={root} />
        </p>
      )}
      <FileField
        label={t('auditor.trust.choose')}
        isMultiple
        onChoose={(chosen) => void readFiles(chosen).then((files) => choose(files))}
      />
      {trust.policies.length > 0 && (
        <p>
          {t('auditor.trust.logs')}: <ShownText text={listTrustedLogs(trust).join(', ')} />
        </p>
      )}
      {trust.unread.map(({ name, reason }) => (
        <p key={name} role="alert" className="notice">
          {t('auditor.trust.unread')}: <ShownText text={name} />: <ShownText text={reason} />
        </p>
      ))}
    </details>
  )
}
