import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { fill } from '../words/fill.ts'
import type { FaultKind, WitnessState } from './check-bundle.ts'
import { showTime } from './entry-table.tsx'
import { useAuditWords } from './use-oversight.ts'
import type { VerifiedEntry } from './verify-entry.ts'

/** Kinds of faults without an expected and a found value: no proof came that could differ. */
const SAY_ALL: ReadonlySet<FaultKind> = new Set(['NO_POLICY', 'NO_PROOF', 'LOG_AWAY', 'LOG_DAMAGED'])

/** Says whether an entry is proved, what failed if it is not, and which witnesses saw it. */
export function ProofPanel({ verified }: { readonly verified: VerifiedEntry }) {
  const words = useAuditWords()
  const { verdict, faults, state } = verified
  const isByOwner = verdict === 'PROVEN' && state?.demandsWitnesses === false
  return (
    <section className={`sheet verdict ${verdict}`} aria-live="polite">
      <p>
        <strong>{words.verdicts[isByOwner ? 'PROVEN_BY_OWNER' : verdict]}</strong>
      </p>
      {verdict !== 'NOT_PROVEN' && <p className="quiet-text">{words.checkedHere}</p>}
      <ul className="faults">
        {faults.map(({ kind, expected, came }) => (
          <li key={`${kind} ${expected} ${came}`}>
            {words.faults[kind]}{' '}
            {!SAY_ALL.has(kind) && (
              <small>
                {words.expected}: <ShownText text={expected} />. {words.came}: <ShownText text={came} />.
              </small>
            )}
          </li>
        ))}
      </ul>
      {state !== null && <Witnesses verified={verified} />}
    </section>
  )
}

function Witnesses({ verified: { state, index } }: { readonly verified: VerifiedEntry }) {
  const words = useAuditWords()
  if (state === null || index === null) return null
  const { origin, size, witnesses, demandsWitnesses } = state
  return (
    <>
      <p>
        {words.report.root}: <ShownCode text={state.root} />
      </p>
      <p>
        <ShownText text={fill(words.place, { index, origin, size })} />
      </p>
      {!demandsWitnesses && <p className="notice">{words.noWitnesses}</p>}
      {witnesses.length > 0 && (
        <Table
          caption={words.witnesses}
          columns={[
            { title: words.witness, isHeader: true, show: ({ name }: WitnessState) => name },
            { title: words.witnessedAt, show: ({ time }) => (time === null ? words.notWitnessed : showTime(time)) },
          ]}
          rows={witnesses}
          keyOf={({ name }) => name}
        />
      )}
    </>
  )
}
