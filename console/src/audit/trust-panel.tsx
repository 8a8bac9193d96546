import { Field } from '../components/field.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { readFiles } from './read-files.ts'
import { listTrustedLogs } from './trust.ts'
import { useAuditWords } from './use-oversight.ts'
import type { UsedTrust } from './use-trust.ts'

/** Shows which trust policy is in use, and lets the auditor open another one. Nothing of it leaves the browser. */
export function TrustPanel({ trust, source, isLoading, choose }: UsedTrust) {
  const words = useAuditWords()
  const isMissing = source === 'NONE' && !isLoading
  const names = source === 'COUNTRY' ? words.trust.ofCountry : trust.names.join(', ')
  return (
    <details className="sheet" open={isMissing}>
      <summary>
        {words.trust.title}: <ShownText text={isMissing ? words.trust.none : names} />
      </summary>
      <p>{words.trust.intro}</p>
      <Field label={words.trust.choose}>
        {(attributes) => (
          <input
            {...attributes}
            type="file"
            multiple
            onChange={({ target }) => void readFiles(target.files).then((files) => choose(files))}
          />
        )}
      </Field>
      {trust.policies.length > 0 && (
        <p>
          {words.trust.logs}: <ShownText text={listTrustedLogs(trust).join(', ')} />
        </p>
      )}
      {trust.unread.map(({ name, reason }) => (
        <p key={name} role="alert" className="notice">
          {words.trust.unread}: <ShownText text={name} />: <ShownText text={reason} />
        </p>
      ))}
    </details>
  )
}
