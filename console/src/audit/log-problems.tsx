import { ShownText } from '../components/shown-text.tsx'
import { wordIn } from '../components/word-in.ts'
import type { AnsweredLog } from './ask-oversight.ts'
import { useAuditWords } from './use-oversight.ts'

/** Names each log on whose end nobody may rely, and says why. */
export function LogProblems({ logs }: { readonly logs: readonly Pick<AnsweredLog, 'origin' | 'problem'>[] }) {
  const words = useAuditWords()
  const found = logs.filter(({ problem }) => problem !== null)
  if (found.length === 0) return null
  return (
    <div role="alert" className="notice">
      <ul className="faults">
        {found.map(({ origin, problem }) => (
          <li key={origin}>
            <strong>
              <ShownText text={origin} />
            </strong>
            {': '}
            {wordIn(words.logs.problems, problem ?? '') ?? words.logs.problems.FAILED}
          </li>
        ))}
      </ul>
    </div>
  )
}
