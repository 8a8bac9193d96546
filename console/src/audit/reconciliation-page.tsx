import { useState } from 'react'
import { Field } from '../components/field.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { wordIn } from '../components/word-in.ts'
import { fill } from '../words/fill.ts'
import { AuditPage } from './audit-page.tsx'
import { CopiedCommand } from './copied-command.tsx'
import { EntryLink } from './entry-link.tsx'
import { showTime } from './entry-table.tsx'
import { readFiles } from './read-files.ts'
import {
  groupByClass,
  layOut,
  type ReadDifference,
  type ReadReconciliation,
  type Reconciliation,
  readReconciliation,
  WEIGHTS,
} from './reconciliation.ts'
import { useAuditWords } from './use-oversight.ts'

/** How many spans the picture has. */
const SPANS = 24

/** The most differences of a class that the page lists. The file has all of them. */
const SHOWN = 100

/** Shows where two logs differ, out of the file with the result of a comparison. */
export function ReconciliationPage() {
  const words = useAuditWords()
  const [read, setRead] = useState<ReadReconciliation | null>(null)
  const open = async (files: FileList | null): Promise<void> => {
    const [file] = await readFiles(files)
    if (file !== undefined) setRead(readReconciliation(file.text))
  }
  return (
    <AuditPage name="reconciliation">
      <p>{words.reconciliation.how}</p>
      <CopiedCommand command="istmo audit reconcile gateway GT --policy policy --policy gt-policy --json > comparacion.jsonl" />
      <Field
        label={words.reconciliation.choose}
        problem={read?.kind === 'WRONG' ? fill(words.reconciliation.wrong, { line: read.line }) : null}
      >
        {(attributes) => <input {...attributes} type="file" onChange={({ target }) => void open(target.files)} />}
      </Field>
      {read?.kind === 'READ' && <Result result={read.reconciliation} />}
    </AuditPage>
  )
}

function Result({ result }: { readonly result: Reconciliation }) {
  const words = useAuditWords()
  const { verdict, gateway, node, matched, differences } = result
  return (
    <>
      <section
        className={`sheet verdict ${verdict === 'HOLDS' ? 'PROVEN' : verdict === 'FAILS' ? 'NOT_PROVEN' : 'UNWITNESSED'}`}
      >
        <p>
          <strong>
            <ShownText text={wordIn(words.reconciliation.verdicts, verdict) ?? verdict} />
          </strong>
        </p>
        <p>
          <ShownText text={gateway} /> — <ShownText text={node} />
        </p>
        <p>
          {fill(words.reconciliation.matched, { count: matched })}{' '}
          {differences.length === 0 && words.reconciliation.none}
        </p>
      </section>
      <Picture differences={differences} />
      {groupByClass(differences).map(({ class: name, weight, found }) => (
        <section key={name}>
          <h2>
            {name} ({found.length}) <small className={`weight ${weight}`}>{words.reconciliation.weights[weight]}</small>
          </h2>
          <DifferenceTable name={name} found={found.slice(0, SHOWN)} />
        </section>
      ))}
    </>
  )
}

/** Spans of time, each with a mark for each weight that it has. The marks differ by their form, and not only by their color. */
function Picture({ differences }: { readonly differences: readonly ReadDifference[] }) {
  const words = useAuditWords()
  const spans = layOut(differences, SPANS)
  if (spans.length === 0) return null
  return (
    <table className="picture">
      <caption>{words.reconciliation.picture}</caption>
      <tbody>
        {WEIGHTS.map((weight) => (
          <tr key={weight}>
            <th scope="row">{words.reconciliation.weights[weight]}</th>
            {spans.map(({ fromMs, counts }) => (
              <td
                key={fromMs}
                className={counts[weight] > 0 ? `mark ${weight}` : 'mark'}
                title={new Date(fromMs).toISOString()}
              >
                {counts[weight] > 0 ? counts[weight] : ''}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function DifferenceTable({ name, found }: { readonly name: string; readonly found: readonly ReadDifference[] }) {
  const words = useAuditWords()
  return (
    <Table
      caption={name}
      columns={[
        {
          title: words.columns.time,
          isHeader: true,
          show: ({ timeMs }: ReadDifference) =>
            timeMs === null ? words.reconciliation.ofLog : showTime(new Date(timeMs).toISOString()),
        },
        { title: words.reconciliation.difference, show: ({ what }) => <ShownText text={what} /> },
        {
          title: words.reconciliation.request,
          show: ({ requestId }) => (requestId === null ? '—' : <EntryLink id={requestId} text={requestId} />),
        },
      ]}
      rows={found}
      keyOf={({ what, timeMs }, at) => `${at} ${timeMs} ${what}`}
    />
  )
}
