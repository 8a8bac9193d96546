// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { newSigner } from '../../../audit/log/testing.ts'
import type { Entry } from '../../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST, SAMPLE_SPLIT } from '../../../contract/audit-log/testing.ts'
import { type Shown, show, word } from '../testing.tsx'
import { WORDS } from '../words/catalogue.ts'
import type { FaultKind } from './check-bundle.ts'
import { ProofPanel } from './proof-panel.tsx'
import type { ShownEntry } from './shown-entry.ts'
import { COSIGNED_MS, GATEWAY, proveAll, toShown, WITNESSES, writePolicy } from './testing.ts'
import { NO_TRUST, readTrust, type Trust } from './trust.ts'
import { verifyEntry } from './verify-entry.ts'

const ENTRIES: readonly Entry[] = [SAMPLE_REQUEST, ...SAMPLE_SPLIT, SAMPLE_LEG]
const PROOFS = proveAll(ENTRIES)
const WHOLE = toShown(ENTRIES, 1, PROOFS)
const PROOF = WHOLE.proof ?? expect.fail('expected a proof')
const TRUST = readTrust([{ name: 'policy', text: writePolicy(3) }])

const look = (shown: ShownEntry, trust: Trust = TRUST, errorCodes: readonly string[] = []): Promise<Shown> =>
  show(
    <ProofPanel
      verified={verifyEntry(shown, { trust, viewerCountry: null, errorCodes, nowMs: COSIGNED_MS })}
      used={{ trust, source: 'FILES', isLoading: false, choose: () => undefined }}
    />,
  )

const withProof = (change: Partial<typeof PROOF>): ShownEntry => ({ ...WHOLE, proof: { ...PROOF, ...change } })
const witnessedBy = (count: number): ShownEntry =>
  toShown(ENTRIES, 1, proveAll(ENTRIES, [GATEWAY, ...WITNESSES.slice(0, count)]))

/** An entry for which one step of the check fails, and whom the auditor trusts. */
const FAILING: readonly (readonly [FaultKind, ShownEntry, Trust, readonly string[]])[] = [
  ['NO_POLICY', WHOLE, NO_TRUST, []],
  ['NO_PROOF', { ...WHOLE, proof: null }, TRUST, []],
  ['LOG_AWAY', { ...WHOLE, proof: null }, TRUST, ['AUDIT_LOG_AWAY']],
  ['LOG_DAMAGED', { ...WHOLE, proof: null }, TRUST, ['AUDIT_LOG_AWAY', 'AUDIT_LOG_DAMAGED']],
  ['MALFORMED', withProof({ bundle: 'c2sp.org/tlog-proof@v1\n' }), TRUST, []],
  ['ENTRY_CHANGED', withProof({ entry: PROOF.entry.replace('{', '{ ') }), TRUST, []],
  ['OTHER_LOG', { ...WHOLE, log: 'istmo.example/other' }, TRUST, []],
  ['OTHER_PLACE', { ...WHOLE, position: 3 }, TRUST, []],
  [
    'SIGNATURE_WRONG',
    toShown(ENTRIES, 1, proveAll(ENTRIES, [newSigner('istmo.example/gateway'), ...WITNESSES])),
    TRUST,
    [],
  ],
  ['NOT_IN_LOG', withProof({ bundle: PROOF.bundle.replace(/index 1\n.*\n/, 'index 1\n') }), TRUST, []],
  ['SHOWN_DIFFERS', { ...WHOLE, time: '2001-01-01T00:00:00.000Z' }, TRUST, []],
  ['PART_WRONG', withProof({ parts: [] }), TRUST, []],
]

describe('the panel of a proof', () => {
  it('says that an entry is proved, by whom it was seen and when', async () => {
    const { speak } = await look(WHOLE)
    expect(screen.getByText(word('auditor.verdicts.PROVEN'))).toBeTruthy()
    expect(screen.getByText(/Comprobado en este navegador a las \d\d:\d\d/)).toBeTruthy()
    expect(screen.queryByText(word('auditor.expected'), { exact: false })).toBeNull()
    const count = WITNESSES.length
    const step = screen.getByText(word('auditor.steps.witnesses', { seen: count, count })).parentElement as HTMLElement
    for (const name of ['GT', 'HN', 'SV']) expect(within(step).getByText(name)).toBeTruthy()
    for (const time of step.querySelectorAll('time')) expect(time.title).toMatch(/^2026-.* UTC$/)
    await speak('en')
    expect(screen.getByText(word('auditor.verdicts.PROVEN'))).toBeTruthy()
  })

  it.each(FAILING)('names the step that failed, and never that it is proved: %s', async (kind, entry, trust, codes) => {
    const { speak } = await look(entry, trust, codes)
    for (const language of ['es', 'en'] as const) {
      await speak(language)
      expect(screen.getByText(word('auditor.verdicts.NOT_PROVEN'))).toBeTruthy()
      expect(screen.queryByText(word('auditor.verdicts.PROVEN'))).toBeNull()
      expect(screen.queryByText(/Comprobado en este navegador|Checked in this browser/)).toBeNull()
      const faults = [...document.querySelectorAll('.faults li')].map(({ textContent }) => textContent)
      expect(faults).toEqual([expect.stringContaining(word(`auditor.faults.${kind}`))])
    }
  })

  it('says which witnesses are missing, and that the entry is not proved to have been seen', async () => {
    await look(witnessedBy(1))
    expect(screen.getByText(word('auditor.verdicts.UNWITNESSED'))).toBeTruthy()
    const [fault] = document.querySelectorAll('.faults li')
    expect(fault?.textContent).toContain(word('auditor.faults.WITNESS_MISSING'))
    expect(fault?.textContent).toContain('HN, SV')
    expect(screen.getAllByText(word('auditor.notWitnessed'), { exact: false })).toHaveLength(2)
  })

  it('knows a sentence for each step that can fail', () => {
    const kinds = [...FAILING.map(([kind]) => kind), 'WITNESS_MISSING'].sort()
    expect(Object.keys(Object(WORDS.es.auditor).faults).sort()).toEqual(kinds)
  })
})
