import { useTranslation } from 'react-i18next'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import type { FaultKind, WitnessState } from './check-bundle.ts'
import { showTime } from './entry-table.tsx'
import type { VerifiedEntry } from './verify-entry.ts'

/** Kinds of faults without an expected and a found value: no proof came that could differ. */
const SAY_ALL: ReadonlySet<FaultKind> = new Set(['NO_POLICY', 'NO_PROOF', 'LOG_AWAY', 'LOG_DAMAGED'])

/** Says whether an entry is proved, what failed if it is not, and which witnesses saw it. */
export function ProofPanel({ verified }: { readonly verified: VerifiedEntry }) {
  const { t } = useTranslation()
  const { verdict, faults, state } = verified
  const isByOwner = verdict === 'PROVEN' && state?.demandsWitnesses === false
  return (
    <section className={`sheet verdict ${verdict}`} aria-live="polite">
      <p>
        <strong>{t(`auditor.verdicts.${isByOwner ? 'PROVEN_BY_OWNER' : verdict}`)}</strong>
      </p>
      {verdict !== 'NOT_PROVEN' && <p className="quiet-text">{t('auditor.checkedHere')}</p>}
      <SeenParts verified={verified} />
      <ul className="faults">
        {faults.map(({ kind, expected, came }) => (
          <li key={`${kind} ${expected} ${came}`}>
            {t(`auditor.faults.${kind}`)}{' '}
            {!SAY_ALL.has(kind) && (
              <small>
                {t('auditor.expected')}: <ShownText text={expected} />. {t('auditor.came')}: <ShownText text={came} />.
              </small>
            )}
          </li>
        ))}
      </ul>
      {state !== null && <Witnesses verified={verified} />}
    </section>
  )
}

/** How many parts of a request the auditor sees: those of other countries are theirs. */
function SeenParts({ verified: { entry, parts } }: { readonly verified: VerifiedEntry }) {
  const { t } = useTranslation()
  if (entry?.kind !== 'request' || entry.continuations === 0) return null
  return <p>{t('auditor.seenParts', { seen: parts.length, count: entry.continuations })}</p>
}

function Witnesses({ verified: { state, index } }: { readonly verified: VerifiedEntry }) {
  const { t } = useTranslation()
  if (state === null || index === null) return null
  const { origin, size, witnesses, demandsWitnesses } = state
  return (
    <>
      <p>
        {t('auditor.report.root')}: <ShownCode text={state.root} />
      </p>
      <p>
        <ShownText text={t('auditor.place', { index, origin, size })} />
      </p>
      {!demandsWitnesses && <p className="notice">{t('auditor.noWitnesses')}</p>}
      {witnesses.length > 0 && (
        <Table
          caption={t('auditor.witnesses')}
          columns={[
            { title: t('auditor.witness'), isHeader: true, show: ({ name }: WitnessState) => name },
            {
              title: t('auditor.witnessedAt'),
              show: ({ time }) => (time === null ? t('auditor.notWitnessed') : showTime(time)),
            },
          ]}
          rows={witnesses}
          keyOf={({ name }) => name}
        />
      )}
    </>
  )
}
