import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { append, type Desk } from './desk.ts'
import { BEGIN_MS, base, idAt, signers } from './logs.ts'

/** Requests in the form of version 2: each country’s own part stands in an entry of its own, with its number. */

/** When the first of them ended, in milliseconds since 1970. */
export const PARTS_MS: number = BEGIN_MS + 300_000

/** A part: of which country, and its number. */
export type Part = readonly [country: string, seq: number]

/** Makes a request with one leg, which the country denied without a receipt, and this country’s part. */
export function makePart([country, seq]: Part, n: number): readonly Entry[] {
  const ms = PARTS_MS + 1_000 * n
  const [sample] = SAMPLE_REQUEST.legs
  if (sample === undefined) throw new Error('the sample has a leg')
  const denied = { reach: 'DENIED', code: 'FORBIDDEN_BY_COUNTRY', records: null, receipt: null } as const
  const common = { time: new Date(ms).toISOString(), gateway: signers.gateway.verifier.name }
  const request: EntryOf<'request'> = {
    ...SAMPLE_REQUEST,
    ...{ v: 2, id: idAt(ms, 60_000 + n), ...common, legs: [], denied: [], continuations: 1 },
    result: { ...SAMPLE_REQUEST.result, durationMs: 0 },
  }
  const part = { v: 2, kind: 'continuation', id: idAt(ms, 70_000 + n), ...common, of: request.id, part: 1 } as const
  return [request, { ...part, country, seq, coordinates: [], legs: [{ ...sample, country, ...denied }], denied: [] }]
}

/** Makes the entry by which a gateway states how many parts it wrote for each country. */
export function makeHeartbeat(counts: Readonly<Record<string, number>>, n: number): Entry {
  return { ...base('gateway', PARTS_MS + 1_000 * n, 80_000 + n), kind: 'heartbeat', counts } as Entry
}

/** What a gateway writes that asked Honduras three times, and El Salvador once in between. */
export const PARTS: readonly Part[] = [
  ['HN', 1],
  ['SV', 1],
  ['HN', 2],
  ['HN', 3],
]

/** Appends requests with these parts to the gateway’s log, and behind them what the gateway states of their numbers. */
export async function addParts(
  desk: Desk,
  parts: readonly Part[] = PARTS,
  counts: Readonly<Record<string, number>> = { HN: 3, SV: 1 },
): Promise<void> {
  await append(desk, 'gateway', [...parts.flatMap(makePart), makeHeartbeat(counts, parts.length)])
}
