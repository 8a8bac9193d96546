import { useTranslation } from 'react-i18next'
import { type Entry, parseEntry } from '../../../contract/audit-log/entry.ts'
import { entryLabels } from '../../../contract/audit-log/words.ts'
import { listRows } from '../audit/entry-list.tsx'
import { LocalTime } from '../audit/local-time.tsx'
import { proveRow } from '../audit/prove-row.ts'
import type { ListedEntry } from '../audit/shown-entry.ts'
import { useEntryPages, useLanguage } from '../audit/use-oversight.ts'
import { useTrust } from '../audit/use-trust.ts'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { useSessionState, useWorld } from '../session/use-session.ts'

/** What is suspended now, by whom and until when, by the audit logs. Who may not read them is told where it can be seen. */
export function SuspendedNow() {
  const { t } = useTranslation()
  const { config } = useWorld()
  const state = useSessionState()
  const mayRead = config.oversight !== null && state.kind === 'signed-in' && state.grounds?.purpose === 'OVERSIGHT'
  return (
    <section className="sheet">
      <h2>{t('team.suspend.now.title')}</h2>
      {mayRead && <ByLogs />}
      <p className="quiet-text">
        {t(mayRead ? 'team.suspend.now.also' : 'team.suspend.now.elsewhere')} <code>istmo suspensions</code>
      </p>
    </section>
  )
}

function ByLogs() {
  const { t } = useTranslation()
  const language = useLanguage()
  const { trust } = useTrust()
  const asked = ['node-suspension', 'suspension', 'authority-suspension'].map((kind) => ({ filter: { kind } }))
  const pages = [useEntryPages('entries', asked[0] ?? null), useEntryPages('entries', asked[1] ?? null)]
  const all = [...pages, useEntryPages('entries', asked[2] ?? null)]
  const acts = findSuspended(
    all.flatMap(listRows).filter((row) => proveRow(row, trust, Date.now()).state !== 'NOT_PROVEN'),
  )
  if (all.some(({ data, error }) => data === undefined && error === null)) return null
  if (acts.length === 0) return <p>{t('team.suspend.now.nothing')}</p>
  return (
    <ul>
      {acts.map(({ id, time, what, by, reason }) => (
        <li key={id}>
          <b>
            {entryLabels(language).kinds[what.kind]} <ShownText text={what.value} />
          </b>
          {': '}
          {t('team.suspend.now.since')} <LocalTime time={time} />, {t('team.suspend.now.until')}{' '}
          {t('team.suspend.now.by')} <ShownCode text={by} />. <ShownText text={reason} />
        </li>
      ))}
    </ul>
  )
}

type Act = Extract<Entry, { readonly what: unknown }>

/** Finds what the newest act on it left suspended. @param rows in any order, with their proofs */
export function findSuspended(rows: readonly ListedEntry[]): readonly Act[] {
  const newest = new Map<string, Act>()
  for (const { proof } of rows) {
    const entry = proof == null ? null : readAct(proof.entry)
    if (entry === null) continue
    const key = `${entry.what.kind} ${entry.what.value} ${entry.by}`
    if ((newest.get(key)?.time ?? '') < entry.time) newest.set(key, entry)
  }
  return [...newest.values()].filter(({ action }) => action === 'SUSPENDED')
}

function readAct(text: string): Act | null {
  try {
    const entry = parseEntry(new TextEncoder().encode(text))
    return 'what' in entry ? entry : null
  } catch {
    return null
  }
}
