import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from '../audit/finding.ts'
import { readUncheckedCheckpoint } from '../audit/note/checkpoint.ts'
import type { Policy } from '../audit/note/policy.ts'
import type { LogSource } from '../audit/verify/source.ts'
import { findMissingLogs } from '../audit/verify/verify-log.ts'
import type { AsOf, SplitView, WitnessedReport } from '../audit/verify/verify-witnessed.ts'
import { hashOrigin } from '../audit/witness/heads.ts'
import { type Answer, defineAudit } from './command.ts'
import { listLogs, openSources, type PolicyFile, readEarlierCheckpoint, readKnown, readPolicyFile } from './inputs.ts'
import { VERIFY_OPTIONS } from './options.ts'
import { verifyAnswer } from './verify/answer.ts'
import { type JudgedBy, judgeLogs, MAX_ENTRIES_BY_DEFAULT } from './verify/judge-logs.ts'

/** `istmo audit verify`: rebuilds the tree of each log, checks all signed checkpoints against it, reads the entries, and asks the witnesses. */
export const verifyCommand = defineAudit(
  'verify',
  {
    arguments: {
      logs: { isOptional: true, isRepeated: true },
    },
    options: VERIFY_OPTIONS,
  },
  async (line, io) => {
    const trust = await readPolicyFile(line.policy, line.development)
    const demanded = demandOnly(trust.policy, line.only)
    const places = line.logs.length > 0 ? line.logs : urls(demanded)
    if (places.length === 0) throw new Error('expected logs, or a trust policy with their URLs; came neither')
    const sources = (await Promise.all((await Promise.all(places.map(listLogs))).flat().map(openSources))).flat()
    if (line.entries && (line.noEntries || line.hashesOnly)) {
      throw new TypeError(`expected --entries, or --${line.noEntries ? 'no-entries' : 'hashes-only'}; came both`)
    }
    const isSkipped = line.noEntries || line.hashesOnly
    const { required, maxAgeMs, hashesOnly, asOf } = line
    requirePoint(asOf, sources.length, maxAgeMs, io.now())
    return verify(sources, {
      trust,
      policy: trust.policy,
      demanded,
      maxEntries: line.entries ? Number.POSITIVE_INFINITY : isSkipped ? -1 : MAX_ENTRIES_BY_DEFAULT,
      evidence: line.evidence ?? '.',
      witnessed: {
        known: await Promise.all(line.kept.map(readEarlierCheckpoint)),
        gossip: (await Promise.all(line.known.map(readKnown))).flat(),
        required,
        hashesOnly,
        asOf,
        ask: line.offline ? undefined : {},
        now: io.now,
        ...(maxAgeMs !== undefined && { maxAgeMs }),
      },
      io,
    })
  },
)

/** @throws {TypeError} if the point of `--as-of` cannot be one of these logs. */
function requirePoint(asOf: AsOf | undefined, logs: number, maxAgeMs: number | undefined, nowMs: number): void {
  if (asOf === undefined) return
  if (maxAgeMs !== undefined) throw new TypeError('expected --as-of, or --max-age; came both')
  if ('size' in asOf && logs !== 1) {
    throw new TypeError(
      `expected one log that is not divided for --as-of with a number of entries; came ${logs}. Give a time`,
    )
  }
  if ('timeS' in asOf && asOf.timeS * 1_000 > nowMs)
    throw new TypeError('expected a time in the past for --as-of; came a later one')
}

/**
 * Returns the trust policy without the logs that the reader does not ask about.
 * @throws {TypeError} if the trust policy does not name one of them.
 */
function demandOnly(policy: Policy, names: readonly string[]): Policy {
  const known = policy.logs.map(({ verifier }) => verifier.name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`--only: expected a log of the trust policy, ${known.join(' or ')}; came ${unknown}`)
  }
  return names.length === 0
    ? policy
    : { ...policy, logs: policy.logs.filter(({ verifier }) => names.includes(verifier.name)) }
}

function urls({ logs }: Policy): readonly string[] {
  return logs.flatMap(({ url }) => url ?? [])
}

interface Verification extends JudgedBy {
  readonly trust: PolicyFile
  /** The trust policy with only the logs that must be there. */
  readonly demanded: Policy
  /** The folder for the evidence of split views. */
  readonly evidence: string
}

async function verify(sources: readonly LogSource[], verification: Verification): Promise<Answer> {
  const { trust, policy, demanded, witnessed, evidence } = verification
  const { logs: reports, missing, links } = await judgeLogs(sources, verification)
  const strangers = (witnessed.known ?? []).flatMap((found) => findUnrelated(found, reports))
  const findings = [...findMissingLogs(demanded, reports), ...missing, ...links, ...strangers]
  const written = await writeEvidence(
    reports.flatMap(({ splits }) => splits),
    evidence,
  )
  const { hashesOnly = false, asOf } = witnessed
  const notLookedAt = demanded === policy ? [] : findMissingLogs(policy, reports).map(({ where }) => where)
  return verifyAnswer({ trust, reports, findings, notLookedAt, written, hashesOnly, asOf })
}

/** Reports a saved checkpoint that belongs to none of the logs, because it says nothing about them. */
function findUnrelated(
  { note, where }: { readonly note: string; readonly where: string },
  reports: readonly WitnessedReport[],
): readonly Finding[] {
  const origin = readUncheckedCheckpoint(note)?.origin
  if (reports.some((report) => report.origin === origin)) return []
  const expected = 'a checkpoint of one of the logs'
  return [{ kind: 'ORIGIN', where, expected, came: origin === undefined ? 'no checkpoint' : `one of ${origin}` }]
}

/** Writes the two checkpoints of each split view to a file, and returns the paths. Both are signed, so they convince anybody. */
export async function writeEvidence(splits: readonly SplitView[], folder: string): Promise<readonly string[]> {
  const paths = splits.map(({ origin, size }) => {
    return join(folder, `split-view-${hashOrigin(origin).slice(0, 8)}-${size}.json`)
  })
  for (const [at, split] of splits.entries()) await writeFile(paths[at] ?? '', `${JSON.stringify(split, null, 2)}\n`)
  return [...new Set(paths)]
}
