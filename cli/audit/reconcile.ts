import { parseSignerFile } from '../../audit/note/key.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import { type AuditIo, defineAudit, type Verdict } from './command.ts'
import { openReader, POLICY_OPTION, readPolicies, readText } from './inputs.ts'
import { appendOne } from './own-log.ts'
import { type Reconciled, reconcileLogs } from './reconcile-logs.ts'

const VERDICTS = { HOLDS: 'HOLDS', DOES_NOT_HOLD: 'FAILS', UNKNOWN: 'UNTOLD' } as const satisfies Record<
  string,
  Verdict
>

/** `istmo audit reconcile`: checks whether a gateway's log and a country's log say the same. */
export const reconcileCommand = defineAudit(
  {
    name: 'reconcile',
    description: 'compare a gateway’s log with a country’s, leg by leg',
    arguments: { gateway: { meaning: 'the gateway’s log' }, country: { meaning: 'the country’s log' } },
    options: {
      ...POLICY_OPTION,
      write: {
        flag: 'write',
        value: 'key',
        isRepeated: true,
        expected: 'the path of a file',
        meaning: 'the signer key of one of the logs; the result becomes an entry of that log',
      },
    },
    examples: [
      {
        command: 'istmo audit reconcile gateway hn --policy trust-policy',
        meaning: 'Checks whether the gateway and Honduras logged the same legs.',
      },
    ],
  },
  async (line, io) => {
    const policies = await readPolicies(line.policy)
    const gateway = await openReader(line.gateway, policies)
    const reader = await openReader(line.country, policies)
    const code = await readCountry(reader)
    const bar = createProgressBar(io.err, 'compare', io.now)
    const found = await reconcileLogs(gateway, { reader, code }, bar.report).finally(bar.clear)
    const written = await writeResult(line, { gateway, reader, code, found }, io)
    const json = { country: code, gateway: gateway.log.name, node: reader.log.name, ...found, written }
    const unreceipted = found.differences.filter(({ kind }) => kind === 'UNRECEIPTED').length
    const reason = `at least ${unreceipted} legs have no receipt, and the country’s log does not have them`
    return {
      verdict: VERDICTS[found.result],
      text: describe(gateway, reader, found).join('\n'),
      json: found.result === 'UNKNOWN' ? { ...json, reason } : json,
    }
  },
)

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
}

/** Appends the result to each log for which there is a key. Returns the origins of those logs. */
async function writeResult(
  { write, ...places }: ResultTargets,
  outcome: Outcome,
  io: AuditIo,
): Promise<readonly string[]> {
  const written: string[] = []
  for (const key of write) {
    const origin = parseSignerFile(await readText(key)).verifier.name
    const at = [outcome.gateway.log.name, outcome.reader.log.name].indexOf(origin)
    if (at < 0) throw new Error(`${key}: expected the key of one of the two logs; came the key of ${origin}`)
    await appendOne(at === 0 ? places.gateway : places.country, key, () => makeEntry(at === 0, outcome, io.now()))
    written.push(origin)
  }
  return written
}

function makeEntry(isGateway: boolean, { gateway, reader, code, found }: Outcome, now: number): Entry {
  const { matched, gatewayOnly, countryOnly, hashesDiffer, result } = found
  const base = { v: 1, id: createUuidV7(now), time: new Date(now).toISOString(), country: code } as const
  const counts = { matched, gatewayOnly, countryOnly, hashesDiffer, result }
  const [own, other] = isGateway ? [gateway, reader] : [reader, gateway]
  const sizes = { with: other.log.name, ownSize: own.head.checkpoint.size, otherSize: other.head.checkpoint.size }
  return isGateway
    ? { ...base, kind: 'reconciliation', gateway: own.log.name, ...sizes, ...counts }
    : { ...base, kind: 'node-reconciliation', node: own.log.name, ...sizes, ...counts }
}

function describe(gateway: LogReader, reader: LogReader, found: Reconciled): readonly string[] {
  const { matched, gatewayOnly, countryOnly, hashesDiffer, pending, differences, result } = found
  return [
    `${gateway.log.name} (${gateway.head.checkpoint.size} entries) and ${reader.log.name} (${reader.head.checkpoint.size} entries)`,
    `  matched ${matched}, gateway only ${gatewayOnly}, country only ${countryOnly}, hashes differ ${hashesDiffer}, too recent to tell ${pending}`,
    ...differences.map(({ kind, requestId, what }) => `  ${kind} request ${requestId ?? 'unknown'}: ${what}`),
    { HOLDS: 'HOLDS: both logs say the same.', DOES_NOT_HOLD: 'DOES NOT HOLD.', UNKNOWN: 'COULD NOT TELL.' }[result],
  ]
}
