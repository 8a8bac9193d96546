import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { parseSignerFile } from '../../audit/note/key.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import { type BaselineWriter, createBaselineWriter, readBaseline } from './baseline.ts'
import { type AuditIo, defineAudit, type Verdict } from './command.ts'
import { CLASSES, type Difference, type DifferenceClass } from './compare-legs.ts'
import { openReader, POLICY_OPTION, readPolicies, readText } from './inputs.ts'
import { appendOne } from './own-log.ts'
import { type KnownDifference, type Reconciled, reconcileLogs } from './reconcile-logs.ts'

const VERDICTS = { HOLDS: 'HOLDS', DOES_NOT_HOLD: 'FAILS', UNKNOWN: 'UNTOLD' } as const satisfies Record<
  string,
  Verdict
>

/** How many differences of each class the text shows, unless `--limit` says otherwise. */
const SHOWN = 20

const RECONCILE_OPTIONS = {
  ...POLICY_OPTION,
  from: {
    flag: 'from',
    value: 'time',
    expected: 'a time of RFC 3339, such as 2026-11-24T00:00:00Z',
    meaning: 'compare only requests from this time on',
    parse: parseTime,
  },
  until: {
    flag: 'until',
    value: 'time',
    expected: 'a time of RFC 3339, such as 2026-11-25T00:00:00Z',
    meaning: 'compare only requests before this time',
    parse: parseTime,
  },
  limit: {
    flag: 'limit',
    value: 'number',
    expected: 'a whole number from 0 to 1000000',
    meaning: `how many differences of each class the text shows, by default ${SHOWN}; --json shows all`,
    parse: (text: string) => (/^\d{1,7}$/.test(text) && Number(text) <= 1_000_000 ? Number(text) : undefined),
  },
  baseline: {
    flag: 'baseline',
    value: 'file',
    expected: 'the path of a file',
    meaning: 'the differences that are known already; only new ones are shown and decide the exit code',
  },
  writeBaseline: {
    flag: 'write-baseline',
    value: 'file',
    expected: 'the path of a file',
    meaning: 'write the differences of this comparison as a baseline; it may be the file of --baseline',
  },
  write: {
    flag: 'write',
    value: 'key',
    isRepeated: true,
    expected: 'the path of a file',
    meaning: 'the signer key of one of the logs; the result becomes an entry of that log',
  },
} as const

/** `istmo audit reconcile`: checks whether a gateway’s log and a country’s log say the same. */
export const reconcileCommand = defineAudit(
  {
    name: 'reconcile',
    description: 'compare a gateway’s log with a country’s, leg by leg',
    arguments: { gateway: { meaning: 'the gateway’s log' }, country: { meaning: 'the country’s log' } },
    options: RECONCILE_OPTIONS,
    jsonMeaning: 'print each difference as one line of JSON, and the result as the last line',
    examples: [
      {
        command: 'istmo audit reconcile gateway hn --policy trust-policy',
        meaning: 'Checks whether the gateway and Honduras logged the same legs.',
      },
      {
        command:
          'istmo audit reconcile gateway hn --policy trust-policy --baseline known.jsonl --from 2026-11-24T00:00:00Z',
        meaning: 'Shows only what is new since known.jsonl was written, of requests from that day on.',
      },
    ],
  },
  async (line, io) => {
    if (line.from !== undefined && line.until !== undefined && line.from >= line.until) {
      throw new Error('expected --from to be before --until; came one that is not')
    }
    const policies = await readPolicies(line.policy, line.development)
    const gateway = await openReader(line.gateway, policies)
    const reader = await openReader(line.country, policies)
    const code = await readCountry(reader)
    const listing = createListing(line.limit ?? SHOWN, io)
    const found = await compare(line, { gateway, reader, code }, listing, io)
    const written = await writeResult(line, { gateway, reader, code, found }, io)
    const { matched, counts } = found
    const json = { country: code, gateway: gateway.log.name, node: reader.log.name, matched, counts, written }
    return {
      verdict: VERDICTS[found.result],
      text: describe({ gateway, reader, code, found }, listing).join('\n'),
      json: found.result === 'UNKNOWN' ? { ...json, reason: describeUnknown(found, line) } : json,
    }
  },
)

/** Says why the result is `UNKNOWN`. */
function describeUnknown({ counts, isRangeEmpty }: Reconciled, { from, until }: CompareLine): string {
  if (isRangeEmpty) {
    const parts = [
      ...(from === undefined ? [] : [`from ${new Date(from).toISOString()}`]),
      ...(until === undefined ? [] : [`until ${new Date(until).toISOString()}`]),
    ]
    return `no request in the range (${parts.join(' ')}): neither log has a leg in it`
  }
  const open = (Object.keys(CLASSES) as DifferenceClass[]).filter(
    (name) => CLASSES[name].weight === 'OPEN' && counts[name].all > counts[name].known,
  )
  return `both logs leave it open (${open.join(', ')}); what is explained can be put into a baseline`
}

function parseTime(text: string): number | undefined {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)
  const timeMs = isTime ? Date.parse(text) : Number.NaN
  return Number.isNaN(timeMs) ? undefined : timeMs
}

interface CompareLine {
  readonly from?: number | undefined
  readonly until?: number | undefined
  readonly baseline?: string | undefined
  readonly writeBaseline?: string | undefined
}

async function compare(
  { from, until, baseline, writeBaseline }: CompareLine,
  { gateway, reader, code }: Omit<Outcome, 'found'>,
  listing: Listing,
  io: AuditIo,
): Promise<Reconciled> {
  const logs = { gateway: gateway.log.name, country: reader.log.name }
  const bar = createProgressBar(io.err, 'compare', io.now)
  const writer: BaselineWriter | undefined =
    writeBaseline === undefined ? undefined : await createBaselineWriter(writeBaseline, logs)
  try {
    const found = await reconcileLogs({
      ...{ gateway, country: { reader, code }, onProgress: bar.report },
      ...(from !== undefined && { fromMs: from }),
      ...(until !== undefined && { untilMs: until }),
      ...(baseline !== undefined && { known: readBaseline(baseline, logs) }),
      async onDifference(difference, known) {
        await listing.add(difference, known)
        await writer?.add(difference, known)
      },
    })
    // A range without legs must not replace a baseline by an empty one.
    if (!found.isRangeEmpty) await writer?.finish()
    return found
  } finally {
    bar.clear()
    await writer?.close()
  }
}

/** Collects the differences that the text shows, or writes all of them as JSON lines. */
interface Listing {
  readonly add: (difference: Difference, known: KnownDifference | undefined) => Promise<void>
  readonly shown: (name: DifferenceClass) => readonly Difference[]
}

function createListing(limit: number, { out, json }: AuditIo): Listing {
  const shown = new Map<DifferenceClass, Difference[]>()
  return {
    async add(difference, known) {
      if (known !== undefined) return
      if (json) {
        const { timeMs, ...rest } = difference
        const isRoom = out.write(`${JSON.stringify({ ...rest, time: new Date(timeMs).toISOString() })}\n`)
        // A reader that is slower than the comparison must not fill the memory.
        if (isRoom === false && 'once' in out) await once(out as unknown as Writable, 'drain')
        return
      }
      const list = shown.get(difference.class) ?? []
      shown.set(difference.class, list)
      if (list.length < limit) list.push(difference)
    },
    shown: (name) => shown.get(name) ?? [],
  }
}

/** Reads which country a log belongs to. Rejects if it is not a country's log. */
async function readCountry(reader: LogReader): Promise<string> {
  for await (const { bytes } of reader.entries()) {
    const entry = parseEntry(bytes)
    if (entry.kind === 'leg' || entry.kind === 'node-start') return entry.country
    if (!('node' in entry)) break
  }
  throw new Error(`${reader.log.name} is not the log of a country: expected its first entries to be those of a node`)
}

interface Outcome {
  readonly gateway: LogReader
  readonly reader: LogReader
  readonly code: string
  readonly found: Reconciled
}

/** Where the two logs are, and the files with the signer keys of those that receive the result. */
interface ResultTargets {
  readonly gateway: string
  readonly country: string
  readonly write: readonly string[]
  readonly from?: number | undefined
  readonly until?: number | undefined
}

/** Appends the result to each log for which there is a key. Returns the origins of those logs. */
async function writeResult(
  { write, from, until, ...places }: ResultTargets,
  outcome: Outcome,
  io: AuditIo,
): Promise<readonly string[]> {
  const written: string[] = []
  for (const key of write) {
    const origin = parseSignerFile(await readText(key)).verifier.name
    const at = [outcome.gateway.log.name, outcome.reader.log.name].indexOf(origin)
    if (at < 0) throw new Error(`${key}: expected the key of one of the two logs; came the key of ${origin}`)
    await appendOne(at === 0 ? places.gateway : places.country, key, () =>
      makeEntry(at === 0, outcome, { from, until }, io.now()),
    )
    written.push(origin)
  }
  return written
}

function makeEntry(
  isGateway: boolean,
  { gateway, reader, code, found: { matched, counts: of, resultWithKnown: result } }: Outcome,
  { from, until }: Pick<ResultTargets, 'from' | 'until'>,
  now: number,
): Entry {
  const base = { v: 1, id: createUuidV7(now), time: new Date(now).toISOString(), country: code } as const
  // The entry also counts what a baseline explains, because the baseline is not in the log.
  const counts = {
    matched,
    gatewayOnly: of.GATEWAY_ONLY.all + of.RECEIPT_MISSING.all,
    countryOnly: of.COUNTRY_ONLY.all + of.INTERRUPTED.all + of.AFTER_END.all,
    hashesDiffer: of.FIELDS_DIFFER.all,
    result,
  }
  const range = {
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
  }
  const [own, other] = isGateway ? [gateway, reader] : [reader, gateway]
  const sizes = { with: other.log.name, ownSize: own.head.checkpoint.size, otherSize: other.head.checkpoint.size }
  return isGateway
    ? { ...base, kind: 'reconciliation', gateway: own.log.name, ...sizes, ...range, ...counts }
    : { ...base, kind: 'node-reconciliation', node: own.log.name, ...sizes, ...range, ...counts }
}

const VERDICT_TEXTS = {
  HOLDS: 'HOLDS: both logs say the same.',
  DOES_NOT_HOLD: 'DOES NOT HOLD.',
  UNKNOWN: 'COULD NOT TELL.',
} as const

function describe({ gateway, reader, found }: Outcome, listing: Listing): readonly string[] {
  const { matched, counts, result } = found
  const names = (Object.keys(CLASSES) as DifferenceClass[]).filter((name) => counts[name].all > 0)
  return [
    `${gateway.log.name} (${gateway.head.checkpoint.size} entries) and ${reader.log.name} (${reader.head.checkpoint.size} entries)`,
    `  matched ${matched}`,
    ...names.flatMap((name) => describeClass(name, counts[name], listing.shown(name))),
    VERDICT_TEXTS[result],
  ]
}

function describeClass(
  name: DifferenceClass,
  { all, known }: { readonly all: number; readonly known: number },
  shown: readonly Difference[],
): readonly string[] {
  const explained = known === 0 ? '' : `, ${known} of them known`
  const further = all - known - shown.length
  return [
    `  ${name} ${all}${explained}: ${CLASSES[name].meaning}`,
    ...shown.map(({ timeMs, requestId, what }) => {
      return `    ${new Date(timeMs).toISOString()} request ${requestId ?? 'unknown'}: ${what}`
    }),
    ...(further > 0 ? [`    and ${further} more: --limit or --json shows them`] : []),
  ]
}
