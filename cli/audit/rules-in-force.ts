import type { LogReader } from '../../audit/reader/log-reader.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { parseIfReadable } from './readable-entries.ts'

/**
 * Reads from a log which rules of each country were in force, to compare them with what an entry names: whoever writes the entry could name older rules that
 * were looser.
 */

/** How long before or after a change of rules the others may still decide, in milliseconds: requests were under way, and two entries may change places. */
const SLACK_MS = 600_000

/** Which rules a log says were in force. */
export interface RulesInForce {
  /**
   * Compares the rules that an entry names with those that the log says were in force.
   * @param access the SHA-256 of the country's access document in the entry
   * @param fromMs when the request began, in milliseconds since the epoch
   * @returns a sentence for people if they were not in force; null if they were, or the log does not say
   */
  readonly describe: (country: string, access: string, fromMs: number, untilMs: number) => string | null
}

interface Version {
  readonly access: string
  readonly sinceMs: number
}

/**
 * Reads them up to the entry at `index`, and from those that followed within the slack. A log of an earlier version, a shard or a pruned log may not say
 * which rules were in force; then nothing is compared.
 */
export async function readRulesInForce(reader: LogReader, index: number, timeMs: number): Promise<RulesInForce> {
  const versions = new Map<string, Version[]>()
  for await (const placed of reader.entries()) {
    const bytes = Buffer.from(placed.bytes.buffer, placed.bytes.byteOffset, placed.bytes.length)
    if (placed.index > index && timeIn(bytes) > timeMs + SLACK_MS) break
    // Most entries say nothing of rules, and to parse each of a long log takes minutes.
    if (!KINDS.some((kind) => bytes.includes(kind))) continue
    const entry = parseIfReadable(placed.bytes)
    const sinceMs = entry === null ? 0 : Date.parse(entry.time)
    for (const { country, access } of entry === null ? [] : rulesIn(entry)) {
      const known = versions.get(country) ?? []
      if (known.at(-1)?.access !== access) known.push({ access, sinceMs })
      versions.set(country, known)
    }
  }
  return {
    describe(country, access, fromMs, untilMs) {
      const known = versions.get(country)
      if (known === undefined) return null
      const wasInForce = known.some(({ access: each, sinceMs }, at) => {
        const endMs = known[at + 1]?.sinceMs ?? Number.POSITIVE_INFINITY
        return each === access && sinceMs - SLACK_MS <= untilMs && fromMs <= endMs + SLACK_MS
      })
      if (wasInForce) return null
      const inForce = known.findLast(({ sinceMs }) => sinceMs <= untilMs) ?? known[0]
      return `the entry names rules that were not in force; the log has ${inForce?.access} since ${new Date(inForce?.sinceMs ?? 0).toISOString()}`
    },
  }
}

/** How the kind of such an entry is written in canonical JSON. */
const KINDS = ['"kind":"graph"', '"kind":"node-start"', '"kind":"node-rules"'] as const

/** Returns the time of an entry in canonical JSON, in milliseconds since the epoch; NaN if it has none. */
function timeIn(bytes: Buffer): number {
  return Date.parse(/"time":"([^"]{1,40})"/.exec(bytes.toString('latin1'))?.[1] ?? '')
}

function rulesIn(entry: Entry): readonly { readonly country: string; readonly access: string }[] {
  if (entry.kind === 'graph') return entry.result === 'SERVED' ? entry.countries : []
  return entry.kind === 'node-start' || entry.kind === 'node-rules' ? [entry] : []
}
