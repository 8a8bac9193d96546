import { hash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { idAt } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import { plainRoot } from '../../audit/merkle/testing.ts'
import { formatCheckpoint } from '../../audit/note/checkpoint.ts'
import { shardSigner, workerSigner } from '../../audit/note/shard-name.ts'
import { buildShardEnd, buildShardStart } from '../../audit/shards/shard-entries.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { auditHere } from './istmo.ts'
import { writeLog, writePolicy } from './logs.ts'

/**
 * The logs of a gateway with two workers, one of which began a new shard, and their exports for Honduras. Below `folder`: `home` with the workers' logs,
 * `hn` with the country's, `one-process` with the log of a gateway of one process, `exports/1.jsonl` and `exports/2.jsonl`, and the trust policy `policy`.
 */

/** The name of the gateway. */
export const NAME = 'istmo.example/gateway'
/** The gateway's signer. */
export const gateway = newSigner(NAME)
const hn = newSigner('istmo.example/hn')
/** The signers of the witnesses. */
export const witnesses = ['a', 'b'].map((name) => newSigner(`${name}.example/witness`, 'cosignature'))
const START_MS = Date.now() - 1_000_000
/** The origin of the second shard of worker 1. */
const NEXT = `${NAME}/1/2026-12`
/** The time of a request, by its number. */
export const timeAt = (at: number) => new Date(START_MS + at * 100_000).toISOString()
const idOf = (at: number, nth = 0) => idAt(START_MS + at * 100_000, at * 100 + nth)
const hex = (text: string) => text.repeat(64).slice(0, 64)
/** The requests, by the logs that they are in: two of the first shard of worker 1, two of its second, and two of worker 2. */
const REQUESTS = [1, 2, 3, 4, 5, 6]

/** HN's leg of a request, as HN logged it. Entry `n` of its log is that of request `n`. */
function legOf(n: number): EntryOf<'leg'> {
  const hashes = { operationHash: hex('a'), requestHash: hex(String(n)), responseHash: hex('c') }
  const records = { count: 0, hash: hash('sha256', '') }
  return { ...SAMPLE_LEG, ...hashes, records, details: 0, id: idOf(n, 50), time: timeAt(n), requestId: idOf(n) }
}

const hnEntries: readonly Entry[] = [
  {
    ...{ v: 1, kind: 'node-start', id: idOf(0), time: timeAt(0), node: hn.verifier.name, country: 'HN' },
    ...{ domains: ['cases'], access: hex('e'), policySet: hex('f'), repairs: [] },
  },
  ...REQUESTS.map(legOf),
]

function receiptOf(n: number) {
  const size = n + 1
  const root = plainRoot(hnEntries.slice(0, size).map(canonicalBytes))
  const checkpoint = hash('sha256', formatCheckpoint({ origin: hn.verifier.name, size, root }))
  const leaf = Buffer.from(hashLeaf(canonicalBytes(legOf(n)))).toString('hex')
  return { origin: hn.verifier.name, index: n, size, checkpoint, leaf }
}

/** Request `n` in a worker's log, with HN's part. */
export function requestAt(n: number, seq: number): readonly Entry[] {
  const { operationHash, requestHash, responseHash, records } = legOf(n)
  const [sample] = SAMPLE_REQUEST.legs
  const leg = { ...sample, operationHash, requestHash, responseHash, records, receipt: receiptOf(n) }
  const common = { time: timeAt(n), gateway: NAME, legs: [], denied: [] }
  const request = { ...SAMPLE_REQUEST, ...common, v: 2, id: idOf(n), continuations: 1 } as Entry
  const part = { ...common, v: 2, kind: 'continuation', id: idOf(n, 1), of: idOf(n), part: 1, country: 'HN', seq }
  return [request, { ...part, coordinates: [], legs: [leg] } as unknown as Entry]
}

/** An entry that counts the parts of Honduras. */
export const heartbeat = (n: number, count: number): Entry => {
  return {
    v: 1,
    kind: 'heartbeat',
    id: idOf(n, 7),
    time: timeAt(n),
    gateway: NAME,
    counts: count === 0 ? {} : { HN: count },
  }
}
const start = (n: number, number: number, of = 2): Entry => ({
  ...{ v: 3, kind: 'start', id: idOf(0, number), time: timeAt(n), gateway: NAME, version: '1', repairs: [] },
  ...{ counts: {}, worker: { number, of } },
})

/** Makes the export of a log for Honduras. Both paths are below `folder`. */
export async function exportTo(folder: string, out: string, log: string, ...options: readonly string[]): Promise<void> {
  const own = ['--own-log', 'own', '--own-key', 'own.key', '--policy', 'policy']
  const made = await auditHere(['export', '--log', log, '--country', 'HN', '--out', out, ...own, ...options], folder)
  if (made.code !== 0) throw new Error(made.stderr)
}

/** Makes all of it in a new folder, which the caller deletes. */
export async function makeWorkerLogs(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-worker-exports-'))
  const at = (name: string) => join(folder, name)
  await writePolicy(folder, [gateway, hn], witnesses)
  await auditHere(['desk', 'desk', '--reader', 'auditor-7', '--name', 'audit.example/x'], folder)
  await cp(at('desk/own.key'), at('own.key'))
  await writeLog(at('hn'), hn, hnEntries, witnesses)
  const [one, two] = [workerSigner(gateway, 1), workerSigner(gateway, 2)]
  const base = (nth: number) => ({ v: 1, id: idOf(2, nth), time: timeAt(2) }) as const
  const shardEnd = buildShardEnd(base(9), `${NAME}/1`, NEXT)
  const first = [start(1, 1), ...requestAt(1, 1), ...requestAt(2, 2), heartbeat(2, 2), shardEnd]
  await writeLog(at('home/workers/1/log'), one, first, witnesses)
  const ended = await readFile(at('home/workers/1/log/checkpoint'), 'utf8')
  const second = [buildShardStart(base(8), NEXT, ended), ...requestAt(3, 3), ...requestAt(4, 4), heartbeat(7, 4)]
  await writeLog(at('home/workers/1/shards/2026-12'), shardSigner(one, '2026-12'), second, witnesses)
  const other = [start(1, 2), ...requestAt(5, 1), ...requestAt(6, 2), heartbeat(7, 2)]
  await writeLog(at('home/workers/2/log'), two, other, witnesses)
  await writeLog(at('one-process'), gateway, [...requestAt(1, 1), heartbeat(2, 1)], witnesses)
  await mkdir(at('exports'))
  await exportTo(folder, 'exports/1.jsonl', 'home/workers/1')
  await exportTo(folder, 'exports/2.jsonl', 'home/workers/2')
  return folder
}
