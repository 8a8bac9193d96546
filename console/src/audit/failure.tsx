import { OversightRefusedError } from './ask-oversight.ts'
import { useAuditWords } from './use-oversight.ts'

/** Says that oversight did not answer, why, and offers to ask again. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const words = useAuditWords()
  const code = error instanceof OversightRefusedError ? error.code : ''
  return (
    <p role="alert" className="notice">
      {words.errors[code] ?? error.message} {words.errors[code] === undefined && code !== '' && <code>{code}</code>}{' '}
      <button type="button" onClick={onRetry}>
        {words.retry}
      </button>
    </p>
  )
}
