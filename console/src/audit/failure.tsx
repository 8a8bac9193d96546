import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { wordIn } from '../components/word-in.ts'
import { OversightRefusedError } from './ask-oversight.ts'
import { useAuditWords } from './use-oversight.ts'

/** Says that oversight did not answer, why, and offers to ask again. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const words = useAuditWords()
  const code = error instanceof OversightRefusedError ? error.code : ''
  const known = wordIn(words.errors, code)
  return (
    <p role="alert" className="notice">
      <ShownText text={known ?? error.message} /> {known === undefined && code !== '' && <ShownCode text={code} />}{' '}
      <button type="button" onClick={onRetry}>
        {words.retry}
      </button>
    </p>
  )
}
