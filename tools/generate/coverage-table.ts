import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'

/**
 * Which entry answers what the law asks of a log: Directive (EU) 2016/680, article 25 (in Germany BDSG, section 76). Its first paragraph names
 * six kinds of processing, and asks of consultation and disclosure for the justification, the date and time, the person, and the recipients.
 */

/** The questions of the first paragraph, each with its heading. */
export const QUESTIONS = {
  time: 'date and time',
  justification: 'justification',
  person: 'who',
  recipient: 'recipient',
} as const

/** The key of one of {@link QUESTIONS}. */
export type Question = keyof typeof QUESTIONS

/** The answer of an entry to one question. */
interface Cell {
  /** The members of the entry that answer it, for people. */
  readonly members: string
  /** Reads the answer from an entry of this row; null if the entry has none. */
  readonly read: (entry: Entry) => string | null
  /** What the sample entries of the contract answer. A test compares it. */
  readonly sample: string
}

/** One kind of processing. */
export interface CoverageRow {
  readonly operation: string
  /** Which entries are about it, for people. */
  readonly entries: string
  /** Whether an entry is about it. `countries` has the countries whose records an answered request joined. */
  readonly isOf: (entry: Entry, countries: ReadonlySet<string>) => boolean
  readonly cells: Readonly<Record<Question, Cell>>
  /** What no entry answers, and who must. */
  readonly gaps: readonly string[]
}

type Collected = EntryOf<'import' | 'sync'>

function isCollected(entry: Entry): entry is Collected {
  return entry.kind === 'import' || entry.kind === 'sync'
}

function sumOf(entry: Entry, count: 'created' | 'changed' | 'deleted'): number {
  return isCollected(entry) ? entry.rows.reduce((sum, row) => sum + row[count], 0) : 0
}

/** Reads a member of an entry that has it. */
function memberOf(entry: Entry, name: string): unknown {
  return (entry as unknown as Readonly<Record<string, unknown>>)[name]
}

function joined(...parts: readonly (string | null | undefined)[]): string | null {
  return parts.filter((part) => part !== null && part !== undefined && part !== '').join(' ') || null
}

const time = (sample: string): Cell => ({ members: '`time`', read: (entry) => entry.time, sample })

function readBy(entry: Entry): string | null {
  const by = (memberOf(entry, 'by') ?? memberOf(entry, 'reader')) as EntryOf<'prune'>['by'] | null | undefined
  return by?.name ?? readActor(entry)
}

type Actor = NonNullable<EntryOf<'request'>['actor']>

/** Names a caller as the log does: by office and role, and by the ref that the issuer can resolve. */
function readActor(entry: Entry): string | null {
  const actor = memberOf(entry, 'actor') as Actor | null | undefined
  return joined(actor?.agency ?? actor?.country, actor?.role, actor?.ref.slice(0, 10))
}

function readGrounds(entry: Entry): string | null {
  const grounds = memberOf(entry, 'grounds') as EntryOf<'request'>['grounds'] | undefined
  return joined(grounds?.purpose, grounds?.taskForce, ...(grounds?.legalBasis ?? []), grounds?.caseRef?.slice(0, 10))
}

const LAW: Cell = {
  members: '`legalBasis`, `source`',
  read: (entry) => (isCollected(entry) ? joined(...entry.legalBasis, entry.source) : null),
  sample: 'HN:DL-96-2014 mp-case-management',
}
const OFFICER: Cell = { members: '`by`', read: readBy, sample: 'auditor-7' }
const COUNTRY: Cell = {
  members: '`country`',
  read: (entry) => joined(String(memberOf(entry, 'country'))),
  sample: 'HN',
}
const GROUNDS: Cell = {
  members: '`grounds`: purpose, task force, legal basis, case ref',
  read: readGrounds,
  sample: 'INVESTIGATION jtf-2026-03 UN:XVIII-12#27 1.n4bQgYhM',
}
const CALLER: Cell = {
  members: '`actor`: agency, role, ref, `tokenId`, `tokenHash`',
  read: readActor,
  sample: 'GT-MP-FECO analyst 1.n4bQgYhM',
}

/** The six kinds of processing, in the order of the article. */
export const COVERAGE: readonly CoverageRow[] = [
  {
    operation: 'collection',
    entries: '`import` and `sync` with created rows',
    isOf: (entry) => sumOf(entry, 'created') > 0,
    cells: { time: time('2026-11-24T20:15:17.121Z'), justification: LAW, person: OFFICER, recipient: COUNTRY },
    gaps: [
      'What a country’s own system collects is in its log only if that system calls `istmo audit note import`.',
      '`by` is a label of the office for the person. Nobody outside the office vouches for it.',
    ],
  },
  {
    operation: 'alteration',
    entries: '`import` and `sync` with changed rows',
    isOf: (entry) => sumOf(entry, 'changed') > 0,
    cells: { time: time('2026-11-24T20:15:17.121Z'), justification: LAW, person: OFFICER, recipient: COUNTRY },
    gaps: [
      'The entry counts the changed rows. It does not name them: only the country’s own system knows the old values.',
    ],
  },
  {
    operation: 'consultation',
    entries: '`request` at the gateway, `leg` at the country; for logs themselves `oversight`',
    isOf: (entry) => entry.kind === 'request' && entry.actor !== null,
    cells: {
      time: time('2026-11-24T20:15:17.123Z'),
      justification: GROUNDS,
      person: CALLER,
      recipient: {
        members: '`actor`: agency, country',
        read: (entry) => joined((memberOf(entry, 'actor') as Actor | null)?.agency),
        sample: 'GT-MP-FECO',
      },
    },
    gaps: [
      'The log names a caller by a ref. The issuer of the token finds the person by `tokenId`; the holder of the keys of refs finds the subject.',
      'A request without a token names nobody. It reads only public law, which is not personal data.',
      '`istmo audit prove`, `verify` and `check` show entries without an entry of the reading, because they also run where the reader has no own log.',
    ],
  },
  {
    operation: 'disclosure',
    entries:
      '`leg` at the country that gives; `disclosure` for what leaves otherwise; `oversight` with `recipient` for logs',
    isOf: (entry) => entry.kind === 'leg' && entry.records.count > 0 && entry.actor !== null,
    cells: {
      time: time('2026-11-24T20:15:17.121Z'),
      justification: GROUNDS,
      person: {
        members: '`country` and `node` (a program answers; its rules are `access` and `policySet`)',
        read: (entry) => joined(String(memberOf(entry, 'node'))),
        sample: 'istmo.example/hn',
      },
      recipient: CALLER,
    },
    gaps: [
      'What a caller’s tool does with an answer is not seen. A console that exports or prints writes `disclosure`; other tools must be bound by contract.',
      'The answer to a hit search names no record, so it leaves no ref (`istmo audit who-saw` counts these legs).',
    ],
  },
  {
    operation: 'combination',
    entries: '`request` whose answer joins records of several countries',
    isOf: (entry, countries) => entry.kind === 'request' && entry.actor !== null && countries.size > 1,
    cells: {
      time: time('2026-11-24T20:15:17.123Z'),
      justification: GROUNDS,
      person: CALLER,
      recipient: {
        members: '`actor`: agency, country',
        read: (entry) => joined((memberOf(entry, 'actor') as Actor | null)?.agency),
        sample: 'GT-MP-FECO',
      },
    },
    gaps: [
      'It has no kind of its own. A request combines if the legs in its entry and in its continuations were answered by two countries or more.',
      'A combination of records of one country in one answer is a consultation. What a tool combines later is not seen.',
    ],
  },
  {
    operation: 'erasure',
    entries: '`record-erasure`, `salt-erasure`, `prune`, and `import` or `sync` with deleted rows',
    isOf: (entry) => entry.kind === 'record-erasure' || sumOf(entry, 'deleted') > 0,
    cells: {
      time: time('2026-11-24T20:15:17.121Z'),
      justification: {
        members: '`reason`, `legalBasis`',
        read: (entry) =>
          joined(
            memberOf(entry, 'reason') as string | undefined,
            ...(memberOf(entry, 'legalBasis') as readonly string[]),
          ),
        sample: 'COURT_ORDER HN:DL-170-2006#12',
      },
      person: OFFICER,
      recipient: { members: 'none: nothing is given on', read: () => null, sample: '' },
    },
    gaps: [
      '`salt-erasure` has the reason and no person: the holder of the log’s key erased it.',
      'What a country’s own system deletes is in its log only if that system calls `istmo audit note record-erasure`. An import counts what it deleted without refs.',
    ],
  },
]
