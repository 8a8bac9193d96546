import { parseSignerFile } from '../audit/note/key.ts'
import type { Policy } from '../audit/note/policy.ts'
import { appendEntry } from '../service/audit-log/own-log.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { LIST, matching, TEXT, wholeNumber } from '../service/command-texts.ts'
import { createProgressBar } from '../service/progress-bar.ts'
import { type AuditIo, defineAudit, type Verdict } from './command.ts'
import { readPolicies, readText } from './inputs.ts'
import { type Journal, readJournal, readProofs } from './journal/read-journal.ts'
import { POLICY_OPTION } from './options.ts'
import {
  createBaselineWriter,
  createListing,
  describeResult,
  describeUnknown,
  type Listing,
  makeResultEntry,
  readBaseline,
} from './reconcile/listing.ts'
import { openSide, openSides, readOwner, type Side, saltFinder } from './reconcile/sides.ts'
import { type Reconciled, reconcileLogs } from './reconcile-logs.ts'

const VERDICTS = { HOLDS: 'HOLDS', DOES_NOT_HOLD: 'FAILS', UNKNOWN: 'UNTOLD' } as const satisfies Record<
  string,
  Verdict
>

/** How many differences of each class the text shows, unless `--limit` says otherwise. */
const SHOWN = 20

/** An end of the range. */
const TIME = { expected: 'a time of RFC 3339, such as 2026-11-24T00:00:00Z', parse: parseTime } as const

const RECONCILE = {
  arguments: { gateway: TEXT, country: TEXT },
  options: {
    ...POLICY_OPTION,
    from: TIME,
    until: TIME,
    limit: wholeNumber(0, 1_000_000),
    baseline: TEXT,
    writeBaseline: TEXT,
    salts: TEXT,
    authority: { ...LIST, ...matching(/^https?:\/\/[^=]+=./) },
    worker: LIST,
    journal: LIST,
    write: LIST,
  },
} as const

type ReconcileLine = CommandLine<typeof RECONCILE>

/** `istmo audit reconcile`: checks whether a gateway’s log and a country’s log say the same. */
export const reconcileCommand = defineAudit('reconcile', RECONCILE, async (line, io) => {
  if (line.from !== undefined && line.until !== undefined && line.from >= line.until) {
    throw new Error('expected --from to be before --until; came one that is not')
  }
  const policies = await readPolicies(line.policy, line.development)
  const country = await openSide(line.country, policies)
  const [gateway, ...furtherGateways] = await openSides([line.gateway, ...line.worker], policies)
  if (gateway === undefined) throw new Error(`${line.gateway}: expected the log of a gateway; came none`)
  if (line.write.length > 0 && furtherGateways.length > 0) {
    throw new Error(
      'expected one log of the gateway for --write, because an entry names one; came those of several workers',
    )
  }
  const code = await readCode(country)
  const listing = createListing(line.limit ?? SHOWN, io)
  const authorities = await openAuthorities(line.authority, policies)
  const journals = await Promise.all(line.journal.map(readJournal))
  const provenSizes = readAllProofs(journals, [gateway, ...furtherGateways], policies)
  const compared = { gateway, furtherGateways, country, code, authorities, journals, provenSizes }
  const found = await compare(line, compared, listing, io)
  const written = await writeResult(line, { gateway, country, code, found }, io)
  const { matched, counts } = found
  const json = { country: code, gateway: gateway.name, node: country.name, matched, counts, written }
  const files = journals.map(({ questions }, at) => ({ name: line.journal[at] ?? '', size: questions.length }))
  return {
    verdict: VERDICTS[found.result],
    text: describeResult(
      found,
      { sides: [gateway, ...furtherGateways, country, ...authorities.values()], journals: files },
      listing,
    ).join('\n'),
    json: found.result === 'UNKNOWN' ? { ...json, reason: describeUnknown(found, line) } : json,
  }
})

/**
 * Reads what the logs of a gateway have proved to tools: 0 for an entry that the given copy of its log must have, and more than any size for one that it
 * need not have yet.
 */
function readAllProofs(
  journals: readonly Journal[],
  gateways: readonly Side[],
  policies: readonly Policy[],
): ReadonlyMap<string, number> {
  const proven = gateways.flatMap(({ name, size }) =>
    [...readProofs(journals, name, policies)].map(
      ([id, at]) => [id, at <= size ? 0 : Number.POSITIVE_INFINITY] as const,
    ),
  )
  return new Map(proven)
}

function parseTime(text: string): number | undefined {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)
  const timeMs = isTime ? Date.parse(text) : Number.NaN
  return Number.isNaN(timeMs) ? undefined : timeMs
}

/** Reads which country a log belongs to. Rejects if it is not a country's log. */
async function readCode(country: Side): Promise<string> {
  if (country.isExport) throw new Error(`${country.name}: expected the log of the country itself; came an export of it`)
  const code = await readOwner(country)
  if (code !== null) return code
  throw new Error(`${country.name} is not the log of a country: expected its first entries to be those of a node`)
}

/** Opens the logs of authorities, by issuer. */
async function openAuthorities(
  given: readonly string[],
  policies: readonly Policy[],
): Promise<ReadonlyMap<string, Side>> {
  const opened = given.map(async (text): Promise<[string, Side]> => {
    const at = text.indexOf('=')
    return [text.slice(0, at), await openSide(text.slice(at + 1), policies)]
  })
  return new Map(await Promise.all(opened))
}

interface Sides {
  readonly gateway: Side
  readonly country: Side
  readonly code: string
}

interface Compared extends Sides {
  readonly furtherGateways: readonly Side[]
  readonly authorities: ReadonlyMap<string, Side>
  readonly journals: readonly Journal[]
  readonly provenSizes: ReadonlyMap<string, number>
}

async function compare(
  { from, until, baseline, writeBaseline, salts }: ReconcileLine,
  { gateway, country, code, ...trust }: Compared,
  listing: Listing,
  io: AuditIo,
): Promise<Reconciled> {
  const logs = { gateway: gateway.name, country: country.name }
  const bar = createProgressBar(io.err, 'compare', io.now)
  const writer = writeBaseline === undefined ? undefined : await createBaselineWriter(writeBaseline, logs)
  try {
    const found = await reconcileLogs({
      gateway,
      country: { side: country, code },
      ...trust,
      nowMs: io.now(),
      onProgress: bar.report,
      fromMs: from,
      untilMs: until,
      saltOf: salts === undefined ? undefined : saltFinder(salts),
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

/** Appends the result to each log for which there is a key. Returns the origins of those logs. */
async function writeResult(
  { write, from, until, ...places }: ReconcileLine,
  outcome: Sides & { readonly found: Reconciled },
  io: AuditIo,
): Promise<readonly string[]> {
  const written: string[] = []
  for (const key of write) {
    const origin = parseSignerFile(await readText(key)).verifier.name
    const at = [outcome.gateway.name, outcome.country.name].indexOf(origin)
    if (at < 0) throw new Error(`${key}: expected the key of one of the two logs; came the key of ${origin}`)
    const log = at === 0 ? places.gateway : places.country
    await appendEntry({ log, key }, { members: makeResultEntry(at === 0, { ...outcome, from, until }) }, io)
    written.push(origin)
  }
  return written
}
