import { hash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { type Log, openLog, type Receipt } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { parseNote, signText } from '../../audit/note/note.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'

/** Makes the pair of logs that the cases tamper with: a gateway’s and Honduras’s, of one morning, cosigned by four witnesses. */

/** The time of the first entry, in milliseconds since 1970. */
export const BEGIN_MS: number = Date.parse('2026-11-24T08:00:00.000Z')

/** How many requests there are. Each takes a second, has one leg to Honduras, and each fifth one has two continuations. */
const REQUESTS = 240
/** After how many requests the logs are published and cosigned. */
const ROUND = 60

/** The time at which an auditor looks, in milliseconds since 1970. */
export const NOW_MS: number = BEGIN_MS + REQUESTS * 1_000 + 600_000

/** The keys of everybody. The clock of the witnesses can be set. */
export const clock = { ms: BEGIN_MS }
/** The keys that sign the logs. */
export const signers = {
  gateway: newSigner('istmo.example/gateway'),
  country: newSigner('istmo.example/hn'),
  /** Somebody who has taken the name of the gateway’s log, with a key of their own. */
  impostor: newSigner('istmo.example/gateway'),
}
const witnessNow = () => clock.ms
/** The witnesses, by their names in the trust policy. */
export const witnesses = {
  GT: newSigner('witness.example/gt', 'cosignature', witnessNow),
  HN: newSigner('witness.example/hn', 'cosignature', witnessNow),
  SV: newSigner('witness.example/sv', 'cosignature', witnessNow),
  observer: newSigner('witness.example/observer', 'cosignature', witnessNow),
} as const
/** A witness that the trust policy does not name. */
export const stranger: NoteSigner = newSigner('witness.example/stranger', 'cosignature', witnessNow)
/** All of them, as the trust policy lists them. */
export const allWitnesses: readonly NoteSigner[] = Object.values(witnesses)

/** The trust policy: both logs, and any three of the four witnesses. */
export const POLICY: string = [
  `log ${signers.gateway.verifier.vkey}`,
  `log ${signers.country.verifier.vkey}`,
  ...Object.entries(witnesses).map(([name, { verifier }]) => `witness ${name} ${verifier.vkey}`),
  'group three-of-four 3 GT HN SV observer',
  'quorum three-of-four',
  '',
].join('\n')

/** Returns SHA-256 of a text, in hexadecimal digits. */
export const sha256 = (text: string): string => hash('sha256', text)

/** Returns a UUIDv7 of a time, with a number in its random part. */
export function idAt(ms: number, n: number): string {
  const hex = ms.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`
}

/** Returns the first members of an entry of one of the logs. */
export const base = (log: 'gateway' | 'country', ms: number, n: number) => {
  const common = { v: 1, id: idAt(ms, n), time: new Date(ms).toISOString() } as const
  return log === 'gateway'
    ? { ...common, gateway: signers.gateway.verifier.name }
    : { ...common, node: signers.country.verifier.name }
}

const ref = (n: number) => `1.${Buffer.from(String(n).padEnd(32, '.')).toString('base64url').slice(0, 43)}`

/** Makes the detail and the leg that Honduras logs for request `n`. */
export function makeLeg(n: number): readonly [EntryOf<'leg-detail'>, EntryOf<'leg'>] {
  const ms = BEGIN_MS + n * 1_000
  const own = { ...SAMPLE_LEG, ...base('country', ms, 10_000 + n), node: signers.country.verifier.name }
  const refs = [ref(2 * n), ref(2 * n + 1)].sort()
  const leg: EntryOf<'leg'> = {
    ...own,
    requestId: idAt(ms, n),
    requestHash: sha256(`question ${n}`),
    responseHash: sha256(`answer ${n}`),
    records: { count: 2, hash: sha256(refs.map((each) => `${each}\n`).join('')) },
    details: 1,
  }
  const { id, time, node } = own
  return [
    { v: 1, kind: 'leg-detail', id: idAt(ms, 20_000 + n), time, node, of: id, part: 1, refs, coordinates: [] },
    leg,
  ]
}

/** Makes what the gateway logs for request `n`, with the receipt of Honduras: the request, and its continuations if it has some. */
export function makeRequest(n: number, leg: EntryOf<'leg'>, { index, checkpoint }: Receipt): readonly Entry[] {
  const ms = BEGIN_MS + n * 1_000 + 100
  const gateway = signers.gateway.verifier.name
  const { text } = parseNote(checkpoint)
  const [sample] = SAMPLE_REQUEST.legs
  if (sample === undefined) throw new Error('the sample has a leg')
  const receipt = {
    origin: signers.country.verifier.name,
    index,
    size: Number(text.split('\n')[1]),
    checkpoint: sha256(text),
    leaf: Buffer.from(hashLeaf(canonicalBytes(leg))).toString('hex'),
  }
  const { operationHash, requestHash, responseHash, records } = leg
  const continuations = n % 5 === 0 ? 2 : 0
  const request: EntryOf<'request'> = {
    ...SAMPLE_REQUEST,
    ...{ id: idAt(BEGIN_MS + n * 1_000, n), time: new Date(ms).toISOString(), gateway },
    legs: [{ ...sample, operationHash, requestHash: requestHash ?? sha256(''), responseHash, records, receipt }],
    result: { ...SAMPLE_REQUEST.result, durationMs: 100 },
    continuations,
  }
  const more = Array.from({ length: continuations }, (_, at): Entry => {
    const own = { v: 1, id: idAt(ms, 30_000 + 10 * n + at), time: request.time, gateway } as const
    return {
      ...own,
      kind: 'continuation',
      of: request.id,
      part: at + 1,
      coordinates: ['Case.title'],
      legs: [],
      denied: [],
    }
  })
  return [request, ...more]
}

/** Lets witnesses cosign what a log has published, at the time of `clock`. */
export async function cosign(log: Log, by: readonly NoteSigner[] = allWitnesses): Promise<void> {
  const { note } = log.published()
  await log.addCosignatures(
    note,
    by.map((witness) => signText(parseNote(note).text, witness)),
  )
}

/** Appends entries to a log in one commit, publishes them, and lets witnesses cosign. */
export async function appendAll(
  log: Log,
  entries: readonly (Entry | Uint8Array)[],
  by?: readonly NoteSigner[],
): Promise<readonly Receipt[]> {
  const receipts = await Promise.all(
    entries.map((entry) => log.append(entry instanceof Uint8Array ? entry : canonicalBytes(entry))),
  )
  await log.publish()
  await cosign(log, by)
  return receipts
}

/** Opens a log that publishes only when it is told to. */
export function openQuietly(folder: string, signer: NoteSigner): Promise<Log> {
  return openLog({ folder, signer, publishAfterMs: 1_000_000 })
}

/** The paths of a pair of logs and of what belongs to them. */
export interface Desk {
  readonly gateway: string
  readonly country: string
  readonly policy: string
  /** A receipt of Honduras, a C2SP tlog-proof, for the leg of request 100. */
  readonly receipt: string
}

/** Returns the paths below a folder. */
export function deskIn(folder: string): Desk {
  const [gateway, country, policy, receipt] = ['gateway', 'country', 'policy', 'receipt'].map((name) =>
    join(folder, name),
  )
  return { gateway: gateway ?? '', country: country ?? '', policy: policy ?? '', receipt: receipt ?? '' }
}

/** Makes both logs. `halfway` is called when half of the requests are logged, while no process has the logs open. */
export async function makeLogs(folder: string, halfway: () => Promise<void>): Promise<Desk> {
  const desk = deskIn(folder)
  await writeFile(desk.policy, POLICY)
  await writeRequests(desk, 0, REQUESTS / 2, true)
  await halfway()
  await writeRequests(desk, REQUESTS / 2, REQUESTS, false)
  clock.ms = NOW_MS
  return desk
}

async function writeRequests(desk: Desk, from: number, until: number, isFirst: boolean): Promise<void> {
  const gateway = await openQuietly(desk.gateway, signers.gateway)
  const country = await openQuietly(desk.country, signers.country)
  if (isFirst) {
    const start = base('gateway', BEGIN_MS, 50_000)
    await gateway.append(canonicalBytes({ ...start, kind: 'start', version: '0.2.0', repairs: [] }))
    const rules = {
      country: 'HN',
      domains: ['cases'],
      access: SAMPLE_LEG.access,
      policySet: SAMPLE_LEG.policySet,
      repairs: [],
    }
    await country.append(canonicalBytes({ ...base('country', BEGIN_MS, 50_001), kind: 'node-start', ...rules }))
  }
  for (let first = from; first < until; first += ROUND) {
    const numbers = Array.from({ length: ROUND }, (_, at) => first + at)
    clock.ms = BEGIN_MS + (first + ROUND) * 1_000
    const legs = numbers.map(makeLeg)
    const receipts = await appendAll(country, legs.flat())
    const requests = numbers.map((n, at) =>
      makeRequest(n, legs[at]?.[1] as EntryOf<'leg'>, receipts[2 * at + 1] as Receipt),
    )
    await appendAll(gateway, requests.flat())
    const wanted = numbers.indexOf(100)
    if (wanted >= 0) await writeFile(desk.receipt, (await receipts[2 * wanted + 1]?.proof()) ?? '')
  }
  if (!isFirst) {
    const end = BEGIN_MS + until * 1_000
    await appendAll(gateway, [{ ...base('gateway', end, 50_002), kind: 'stop' } as Entry])
    await appendAll(country, [{ ...base('country', end, 50_003), kind: 'node-stop', country: 'HN' } as Entry])
  }
  await gateway.close()
  await country.close()
}
