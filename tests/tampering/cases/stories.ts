import { hash } from 'node:crypto'
import { cp } from 'node:fs/promises'
import type { Entry, EntryOf } from '../../../contract/audit-log/entry.ts'
import { fails, holds, type TamperingCase, untold } from '../case.ts'
import { type Desk, rewrite, valuesOf } from '../desk.ts'
import { BEGIN_MS, idAt, makeLeg } from '../logs.ts'

/** Acts of one side that has written its log anew with its own key and the witnesses’ cosignatures: each log holds, and the two tell two stories. */

type Leg = EntryOf<'request'>['legs'][number]

/** Writes a log again with some entries changed. `change` returns undefined for an entry that is left out. */
async function retell(
  desk: Desk,
  log: 'gateway' | 'country',
  change: (entry: Entry) => Entry | undefined,
): Promise<void> {
  const entries = (await valuesOf(desk[log])).map(change)
  await rewrite(
    desk,
    log,
    entries.filter((entry) => entry !== undefined),
  )
}

/** A request without continuations, and its leg and detail in the country’s log. */
const REQUEST_ID = idAt(BEGIN_MS + 101_000, 101)
const [DETAIL, LEG] = makeLeg(101)

/** Changes the leg of this request in the gateway’s log. */
const changeLeg = (change: (leg: Leg) => Leg) => (desk: Desk) =>
  retell(desk, 'gateway', (entry) => {
    return entry.kind === 'request' && entry.id === REQUEST_ID ? { ...entry, legs: entry.legs.map(change) } : entry
  })

const other = hash('sha256', 'other')

/** Changes the request in the gateway’s log. */
const changeRequest = (change: (entry: EntryOf<'request'>) => EntryOf<'request'>) => (desk: Desk) =>
  retell(desk, 'gateway', (entry) => (entry.kind === 'request' && entry.id === REQUEST_ID ? change(entry) : entry))

/** The request after it. */
const NEXT_ID = idAt(BEGIN_MS + 102_000, 102)

/** The cases. */
export const STORY_CASES: readonly TamperingCase[] = [
  {
    title: 'the gateway left out a request',
    tamper: (desk) => retell(desk, 'gateway', (entry) => (entry.id === REQUEST_ID ? undefined : entry)),
    verify: holds(),
    reconcile: fails('COUNTRY_ONLY'),
  },
  {
    title: 'the gateway left out the leg of a request',
    tamper: (desk) =>
      retell(desk, 'gateway', (entry) => {
        return entry.kind === 'request' && entry.id === REQUEST_ID ? { ...entry, legs: [] } : entry
      }),
    verify: holds(),
    reconcile: fails('COUNTRY_ONLY'),
  },
  {
    title: 'the gateway altered the hash of what it asked',
    tamper: changeLeg((leg) => ({ ...leg, requestHash: other })),
    verify: holds(),
    reconcile: fails('FIELDS_DIFFER'),
  },
  {
    title: 'the gateway altered the hash of the answer',
    tamper: changeLeg((leg) => ({ ...leg, responseHash: other })),
    verify: holds(),
    reconcile: fails('FIELDS_DIFFER'),
  },
  {
    title: 'the gateway altered the hash of the records',
    tamper: changeLeg((leg) => ({ ...leg, records: { count: 2, hash: other } })),
    verify: holds(),
    reconcile: fails('FIELDS_DIFFER'),
  },
  {
    title: 'the gateway wrote a leg under another domain',
    tamper: changeLeg((leg) => ({ ...leg, domain: 'persons' })),
    verify: holds(),
    reconcile: fails('FIELDS_DIFFER'),
  },
  {
    title: 'the gateway wrote a receipt of another country',
    tamper: changeLeg((leg) => ({ ...leg, receipt: leg.receipt && { ...leg.receipt, origin: 'istmo.example/gt' } })),
    verify: holds(),
    reconcile: fails('GATEWAY_ONLY'),
  },
  {
    title: 'the gateway wrote a receipt with another index',
    tamper: changeLeg((leg) => ({ ...leg, receipt: leg.receipt && { ...leg.receipt, index: 8 } })),
    verify: holds(),
    reconcile: fails('GATEWAY_ONLY'),
  },
  {
    title: 'the gateway wrote a receipt for another entry',
    tamper: changeLeg((leg) => ({ ...leg, receipt: leg.receipt && { ...leg.receipt, leaf: other } })),
    verify: holds(),
    reconcile: fails('GATEWAY_ONLY'),
  },
  {
    title: 'the country left out a leg with its detail, so that later receipts name other entries',
    tamper: (desk) => retell(desk, 'country', (entry) => ([LEG.id, DETAIL.id].includes(entry.id) ? undefined : entry)),
    verify: holds(),
    reconcile: fails('FIELDS_DIFFER', 'GATEWAY_ONLY', 'OVERDUE'),
  },
  {
    title: 'the country altered the hash of its answer',
    tamper: (desk) =>
      retell(desk, 'country', (entry) => {
        return entry.kind === 'leg' && entry.id === LEG.id ? { ...entry, responseHash: other } : entry
      }),
    verify: holds(),
    reconcile: fails('FIELDS_DIFFER', 'GATEWAY_ONLY'),
  },
  {
    title: 'a leg of the gateway’s log has no receipt, and the country’s log has the leg',
    tamper: changeLeg((leg) => ({ ...leg, receipt: null, records: null })),
    verify: holds(),
    reconcile: holds(),
  },
  {
    title: 'one receipt serves two requests',
    tamper: async (desk) => {
      const next = (await valuesOf(desk.gateway)).find(({ id }) => id === NEXT_ID) as EntryOf<'request'>
      await changeLeg((leg) => ({ ...leg, receipt: next.legs[0]?.receipt ?? null }))(desk)
    },
    verify: holds(),
    reconcile: fails('GATEWAY_ONLY'),
  },
  {
    title: 'one receipt serves two legs of one request',
    tamper: changeRequest((entry) => ({ ...entry, legs: entry.legs.flatMap((leg) => [leg, leg]) })),
    verify: holds(),
    reconcile: fails('RECEIPT_REUSED'),
  },
  {
    title: 'the gateway wrote a leg that gave records as one that timed out',
    tamper: changeLeg((leg) => ({
      ...leg,
      ...{ reach: 'TIMED_OUT', code: null, responseHash: null, records: null, receipt: null },
    })),
    verify: holds(),
    reconcile: untold('ANSWER_LOST'),
  },
  {
    title: 'the gateway wrote a leg that gave records as one that the country denied',
    tamper: changeLeg((leg) => ({ ...leg, reach: 'DENIED', code: 'FORBIDDEN_BY_COUNTRY', records: null })),
    verify: holds(),
    reconcile: fails('OUTCOME_DIFFERS'),
  },
  ...(['agency', 'role', 'client'] as const).map(
    (member): TamperingCase => ({
      title: `the gateway wrote another \`${member}\` than the country heard`,
      tamper: changeRequest((entry) => ({ ...entry, actor: entry.actor && { ...entry.actor, [member]: 'other' } })),
      verify: holds(),
      reconcile: fails('FIELDS_DIFFER'),
    }),
  ),
  ...(['purpose', 'taskForce'] as const).map(
    (member): TamperingCase => ({
      title: `the gateway wrote another \`${member}\` than the country heard`,
      tamper: changeRequest((entry) => ({
        ...entry,
        grounds: entry.grounds && { ...entry.grounds, [member]: member === 'purpose' ? 'PROSECUTION' : 'other' },
      })),
      verify: holds(),
      reconcile: fails('FIELDS_DIFFER'),
    }),
  ),
  {
    title: 'somebody in the country swapped the record refs of a leg',
    tamper: (desk) =>
      retell(desk, 'country', (entry) =>
        entry.kind === 'leg-detail' && entry.id === DETAIL.id ? { ...entry, refs: makeLeg(102)[0].refs } : entry,
      ),
    verify: holds(),
    reconcile: fails('FIELDS_DIFFER', 'RECORDS_DIFFER'),
  },
  {
    title: 'the gateway’s log was written anew with its own key and without witnesses',
    tamper: async (desk) => rewrite(desk, 'gateway', await valuesOf(desk.gateway), []),
    verify: fails('NO_QUORUM'),
    reconcile: untold('UNWITNESSED'),
  },
  {
    title: 'the gateway’s log was set back by two minutes, and the newest legs would look too young',
    isHalf: true,
    tamper: ({ country }, { whole }) => cp(whole.country, country, { recursive: true, force: true }),
    verify: holds(),
    reconcile: untold('AFTER_END', 'OVERDUE'),
  },
]
