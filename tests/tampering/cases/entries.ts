import { canonicalBytes } from '../../../audit/log/canonical.ts'
import type { Entry, EntryOf } from '../../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST } from '../../../contract/audit-log/testing.ts'
import { fails, holds, type TamperingCase, untold } from '../case.ts'
import { append, type Desk, rewrite, valuesOf } from '../desk.ts'
import { BEGIN_MS, base, idAt, NOW_MS, signers } from '../logs.ts'

/** Acts of whoever writes a log: entries that say what they may not say, signed and cosigned as all others. The tree itself holds. */

/** A moment after the last request, in milliseconds since 1970. */
const LATER_MS = BEGIN_MS + 300_000

const request = (n: number, changes: Partial<EntryOf<'request'>> = {}): EntryOf<'request'> => ({
  ...SAMPLE_REQUEST,
  ...{ id: idAt(LATER_MS, n), time: new Date(LATER_MS).toISOString(), gateway: signers.gateway.verifier.name },
  legs: [],
  ...changes,
})
const stop = (ms: number, n: number): Entry => ({ ...base('gateway', ms, n), kind: 'stop' }) as Entry
const continuation = (of: string, part: number): Entry => ({
  ...{ v: 1, id: idAt(LATER_MS, 700 + part), time: new Date(LATER_MS).toISOString() },
  gateway: signers.gateway.verifier.name,
  ...{ kind: 'continuation', of, part, coordinates: ['Case.title'], legs: [], denied: [] },
})
const textOf = (entry: Entry): string => Buffer.from(canonicalBytes(entry)).toString()
const add =
  (...entries: readonly (Entry | string)[]) =>
  (desk: Desk): Promise<void> =>
    append(
      desk,
      'gateway',
      entries.map((entry) => (typeof entry === 'string' ? Buffer.from(entry) : entry)),
    )
const at338 = /^entry 338$/

/** The cases. */
export const ENTRY_CASES: readonly TamperingCase[] = [
  {
    title: 'an entry has a member twice, so that two readers read two things',
    tamper: add(textOf(request(1)).replace('"gateway"', '"gateway":"x","gateway"')),
    verify: fails('FORM'),
    names: at338,
    reconcile: holds(),
  },
  {
    title: 'an entry has white space',
    tamper: add(textOf(request(1)).replace('"gateway":', '"gateway": ')),
    verify: fails('FORM'),
    names: at338,
  },
  {
    title: 'an entry has its members in another order',
    tamper: add(JSON.stringify(request(1))),
    verify: fails('FORM'),
    names: at338,
  },
  {
    title: 'an entry has a member that no entry has, such as a name',
    tamper: add({ ...request(1), name: 'Ana' } as unknown as Entry),
    verify: fails('FORM'),
    names: at338,
    reconcile: untold('UNREADABLE'),
    python: 'HOLDS',
  },
  {
    title: 'an entry is not JSON',
    tamper: add('poison'),
    verify: fails('FORM'),
    names: at338,
    reconcile: untold('UNREADABLE'),
  },
  {
    title: 'an entry is nested thirty thousand deep',
    tamper: add('['.repeat(30_000) + ']'.repeat(30_000)),
    verify: fails('FORM'),
    names: at338,
  },
  { title: 'an entry is empty', tamper: add(''), verify: fails('FORM'), names: at338, reconcile: untold('UNREADABLE') },
  {
    title: 'an entry is not UTF-8',
    tamper: (desk) => append(desk, 'gateway', [Buffer.from([0x22, 0xff, 0x22])]),
    verify: fails('FORM'),
    names: at338,
  },
  {
    title: 'an entry is of an unknown kind',
    tamper: add({ ...stop(LATER_MS, 1), kind: 'miracle' } as unknown as Entry),
    verify: untold('UNKNOWN_FORM'),
    names: at338,
    reconcile: untold('UNREADABLE'),
    python: 'HOLDS',
  },
  {
    title: 'a hundred entries of an unknown kind stand before one that is dated 2031',
    tamper: add(
      ...Array.from({ length: 120 }, (_, n) => ({ ...stop(LATER_MS, n), kind: 'miracle' }) as unknown as Entry),
      stop(Date.parse('2031-01-01T00:00:00.000Z'), 999),
    ),
    verify: untold('TIME', 'UNKNOWN_FORM'),
    names: at338,
  },
  {
    title: 'an entry is of a later version',
    tamper: add({ ...request(1), v: 9 } as unknown as Entry),
    verify: untold('UNKNOWN_FORM'),
    names: at338,
    reconcile: untold('UNREADABLE'),
    python: 'HOLDS',
  },
  {
    title: 'one of two entries of one commit is not JSON, and the other one is read',
    tamper: add('poison', continuation(idAt(LATER_MS, 1), 1)),
    verify: fails('FORM', 'PARTS'),
    names: at338,
  },
  {
    title: 'an entry is dated 2031',
    tamper: add(stop(Date.parse('2031-01-01T00:00:00.000Z'), 1)),
    verify: untold('TIME'),
    names: at338,
  },
  {
    title: 'an entry is dated behind a tree that witnesses cosigned with it',
    tamper: async (desk) => {
      const entries = await valuesOf(desk.gateway)
      const late = stop(NOW_MS - 60_000, 1)
      await rewrite(desk, 'gateway', entries.toSpliced(100, 0, late))
    },
    verify: untold('TIME'),
    names: /^entry 100$/,
  },
  {
    title: 'an entry is back-dated behind earlier entries',
    tamper: add(stop(BEGIN_MS, 1)),
    verify: untold('TIME'),
    names: at338,
  },
  {
    title: 'the clock of the gateway runs an hour late, so that entries are older than trees without them',
    tamper: async (desk) => {
      const hour = 3_600_000
      const entries = (await valuesOf(desk.gateway)).map((entry): Entry => {
        const ms = Date.parse(entry.time) - hour
        const durationMs = entry.kind === 'request' ? entry.result.durationMs : 0
        const id = idAt(ms - durationMs, Number.parseInt(entry.id.slice(-12), 16))
        const moved = { ...entry, id, time: new Date(ms).toISOString() }
        if (entry.kind !== 'continuation') return moved as Entry
        const of = Number.parseInt(entry.of.slice(0, 8) + entry.of.slice(9, 13), 16)
        return { ...moved, of: idAt(of - hour, Number.parseInt(entry.of.slice(-12), 16)) } as Entry
      })
      await rewrite(desk, 'gateway', entries)
    },
    verify: untold('TIME'),
    names: /^entries 169 to 337$/,
  },
  {
    title: 'the id of an entry is of another time',
    tamper: add(request(1, { id: idAt(BEGIN_MS, 999) })),
    verify: untold('TIME'),
    names: at338,
    python: 'HOLDS',
  },
  {
    title: 'two requests have one id',
    tamper: add(request(1), request(1, { traceId: '0af7651916cd43dd8448eb211c80319c' })),
    verify: fails('ID'),
    names: /^entry 339$/,
    python: 'HOLDS',
  },
  {
    title: 'an entry of the gateway’s log names another gateway',
    tamper: add(request(1, { gateway: 'istmo.example/other' })),
    verify: fails('OWNER'),
    names: at338,
    python: 'HOLDS',
  },
  {
    title: 'an entry of the country’s log names another node',
    tamper: (desk) =>
      append(desk, 'country', [
        { ...base('country', LATER_MS, 1), node: 'istmo.example/gt', kind: 'node-stop', country: 'GT' } as Entry,
      ]),
    verify: fails('OWNER'),
    names: /^entry 482$/,
    python: 'HOLDS',
  },
  {
    title: 'a request lacks one of its continuations',
    tamper: add(request(1, { continuations: 2 }), continuation(idAt(LATER_MS, 1), 1)),
    verify: fails('PARTS'),
    names: at338,
    python: 'HOLDS',
  },
  {
    title: 'a request lacks the continuation in the middle',
    tamper: add(
      request(1, { continuations: 3 }),
      continuation(idAt(LATER_MS, 1), 1),
      continuation(idAt(LATER_MS, 1), 3),
    ),
    verify: fails('PARTS'),
    names: at338,
    python: 'HOLDS',
  },
  {
    title: 'a request has a part of a continuation twice',
    tamper: add(request(1, { continuations: 2 }), continuation(idAt(LATER_MS, 1), 1), {
      ...continuation(idAt(LATER_MS, 1), 1),
      id: idAt(LATER_MS, 800),
    }),
    verify: fails('PARTS'),
    names: /^entry 340$/,
    python: 'HOLDS',
  },
  {
    title: 'a continuation belongs to no request',
    tamper: add(continuation(idAt(LATER_MS, 1), 1)),
    verify: fails('PARTS'),
    names: at338,
    python: 'HOLDS',
  },
  {
    title: 'a leg lacks the detail with the records',
    tamper: async (desk) => {
      const entries = await valuesOf(desk.country)
      const isDetail = (entry: Entry) => entry.kind === 'leg-detail' && Date.parse(entry.time) === BEGIN_MS + 9_000
      await rewrite(
        desk,
        'country',
        entries.filter((entry) => !isDetail(entry)),
      )
    },
    verify: fails('PARTS'),
    names: /^entry 19$/,
    reconcile: fails('FIELDS_DIFFER', 'GATEWAY_ONLY', 'RECORDS_DIFFER'),
    python: 'HOLDS',
  },
]
