import { Skeleton } from '../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { wordIn } from '../components/word-in.ts'
import { AuditPage } from './audit-page.tsx'
import { COVERAGE_ES } from './coverage-words-es.ts'
import { EntryLink } from './entry-link.tsx'
import { Failure } from './failure.tsx'
import { useAuditWords, useLanguage, useOversight } from './use-oversight.ts'

interface CoverageRow {
  readonly operation: string
  readonly entries: string
  readonly time: string
  readonly justification: string
  readonly person: string
  readonly recipient: string
  readonly gaps: readonly string[]
  readonly example: string | null
}

/** Which entries answer article 25 of Directive (EU) 2016/680, and what no entry answers. */
export function CoveragePage() {
  const words = useAuditWords()
  const { data, error, refetch } = useOversight<{ readonly coverage: readonly CoverageRow[] }>('coverage', {})
  return (
    <AuditPage name="coverage">
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton />}
      {data !== undefined && (
        <Table
          caption={words.lead.coverage}
          columns={[
            {
              title: words.coverage.operation,
              isHeader: true,
              show: ({ operation }: CoverageRow) =>
                wordIn(words.coverage.operations, operation.toLowerCase()) ?? operation,
            },
            { title: words.coverage.entries, show: ({ entries }) => <Texts texts={[entries]} /> },
            { title: words.coverage.time, show: ({ time }) => <Texts texts={[time]} /> },
            { title: words.coverage.justification, show: ({ justification }) => <Texts texts={[justification]} /> },
            { title: words.coverage.person, show: ({ person }) => <Texts texts={[person]} /> },
            { title: words.coverage.recipient, show: ({ recipient }) => <Texts texts={[recipient]} /> },
            { title: words.coverage.gaps, show: ({ gaps }) => <Texts texts={gaps} /> },
            { title: words.coverage.example, show: ({ example }) => <Example id={example} /> },
          ]}
          rows={data.data.coverage}
          keyOf={({ operation }) => operation}
        />
      )}
    </AuditPage>
  )
}

/** Texts of oversight in the language of the page. */
function Texts({ texts }: { readonly texts: readonly string[] }) {
  const language = useLanguage()
  const shown = texts.map((text) => (language === 'es' ? (COVERAGE_ES[text] ?? text) : text))
  return <WithCode text={shown.join(' ') || '—'} />
}

/** A text in which names of the log stand between backquotes. */
function WithCode({ text }: { readonly text: string }) {
  return text.split('`').map((part, at) => {
    const key = `${at} ${part}`
    return at % 2 === 1 ? <ShownCode key={key} text={part} /> : <ShownText key={key} text={part} />
  })
}

function Example({ id }: { readonly id: string | null }) {
  const words = useAuditWords()
  if (id === null) return words.coverage.noExample
  return <EntryLink id={id} text={words.coverage.example} />
}
