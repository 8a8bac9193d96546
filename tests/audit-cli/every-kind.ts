import { hash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { idAt } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog, type Receipt } from '../../audit/log/log.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parseNote } from '../../audit/note/note.ts'
import { pseudonymOf, rotateKeys } from '../../audit/pseudonym/pseudonym.ts'
import { openShardedLog } from '../../audit/shards/sharded-log.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_ENTRIES, SAMPLE_LEG } from '../../contract/audit-log/testing.ts'
import { auditHere } from './istmo.ts'
import { writePolicy } from './logs.ts'

/**
 * The logs of a gateway, a country and its authority, in which each writer wrote every kind of entry that it writes. The entries are the samples of
 * the contract, so a new kind is among them by itself. The shards and the replaced key are made as in real life.
 */

/** The writers of logs whose entries are of other kinds. */
export const WRITERS = ['gateway', 'hn', 'authority'] as const
/** One of {@link WRITERS}. */
export type Writer = (typeof WRITERS)[number]

/** The record that Honduras gave. */
export const RECORD = 'HN:P-000077'
const FIRST_MS = Date.parse('2026-10-24T20:15:17.000Z')
/** In the next month, and so in the next shard. */
const LATER_MS = Date.parse('2026-11-02T00:00:00.000Z')

/** The kinds that the log itself writes when it begins a shard, and its owner with a command. */
const MADE_BY_LOGS: readonly Entry['kind'][] = ['key-rotation', 'shard-end', 'shard-start']

/** What was written: the entries of each log, in order, without those that the log itself wrote. */
export type Written = Readonly<Record<Writer, readonly Entry[]>>

/**
 * Writes the logs `gateway`, `hn` and `authority`, their keys `NAME.key`, the keys of refs `refs.json` and the trust policy `policy` into a folder.
 * @param size if it is not 0, each log has so many entries and is not divided: what is behind one of each kind is of one kind.
 */
export async function writeEveryKind(folder: string, size = 0): Promise<Written> {
  const keys = rotateKeys({ epochs: [] }, 0)
  await writeFile(join(folder, 'refs.json'), JSON.stringify(keys))
  const signers = Object.fromEntries(
    WRITERS.map((name) => [name, generateSignerKey(`istmo.example/${name}`, SIGNATURE_TYPES.ed25519)] as const),
  ) as Record<Writer, string>
  const policy = WRITERS.map((name) => parseSignerKey(signers[name]))
  await writePolicy(folder, policy)
  for (const name of WRITERS) await writeFile(join(folder, `${name}.key`), `${signers[name]}\n`, { mode: 0o600 })
  const isLeg = ({ kind }: Entry) => kind === 'leg' || kind === 'leg-detail'
  const others = samplesOf('hn').filter((entry) => !isLeg(entry))
  // Honduras logs each leg, and its detail before it, while the gateway waits.
  const requests = place('gateway', samplesOf('gateway'), others.length + 1)
  const asked = requests.flatMap((entry) => (entry.kind === 'request' ? [entry.id] : []))
  const ref = pseudonymOf('record', RECORD, keys)
  const given = asked.flatMap((requestId) => legOf(requestId, ref))
  const keyCheck = pseudonymOf('country', 'HN', keys)
  const started = others.map((entry) => ('keyCheck' in entry ? { ...entry, keyCheck } : entry))
  const national = place('hn', [...started, ...given])
  const receipts = await write(folder, 'hn', national, size)
  const written = {
    hn: national,
    gateway: requests.map((entry, at) => withReceipts(entry, requests, at, national, receipts)),
    authority: place('authority', samplesOf('authority')),
  }
  await write(folder, 'gateway', written.gateway, size)
  await write(folder, 'authority', written.authority, size)
  return written
}

/** The samples of the kinds that this writer writes. */
function samplesOf(writer: Writer): readonly Entry[] {
  const writers = (entry: Entry): readonly Writer[] => {
    if ('node' in entry) return ['hn']
    // Any owner has these. The samples of an authority's entries are in the log of an authority.
    if ('origin' in entry) return entry.origin.startsWith('authority.') ? ['authority'] : WRITERS
    return ['gateway']
  }
  // A worker's first entry belongs to the log of a gateway that has several.
  return SAMPLE_ENTRIES.filter(
    (entry) => writers(entry).includes(writer) && !MADE_BY_LOGS.includes(entry.kind) && !('worker' in entry),
  )
}

/** Gives samples their places in a log, one in a second: ids, times, the log's name, and what refers to entries before. */
function place(writer: Writer, samples: readonly Entry[], laterS = 0): readonly Entry[] {
  const name = `istmo.example/${writer}`
  const counts: Record<string, number> = {}
  const placed: Entry[] = []
  for (const [at, sample] of samples.entries()) {
    const ms = FIRST_MS + (laterS + at) * 1_000
    const owner = 'node' in sample ? 'node' : 'origin' in sample ? 'origin' : 'gateway'
    const entry = { ...sample, id: idAt(ms, at), time: new Date(ms).toISOString(), [owner]: name } as Entry
    placed.push('counts' in entry ? { ...entry, counts: { ...counts } } : entry)
    if (entry.kind === 'continuation') {
      const of = placed.findLastIndex(({ kind }) => kind === 'request')
      const request = placed[of] as EntryOf<'request'>
      const part = placed.slice(of).filter(({ kind }) => kind === 'continuation').length
      placed[of] = { ...request, continuations: part }
      placed[at] = { ...entry, of: request.id, part }
      if ('seq' in entry && entry.country !== null && entry.seq !== null) counts[entry.country] = entry.seq
    }
  }
  // A detail stands before its leg.
  return placed.map((entry, at) => {
    const leg = placed[at + 1]
    return entry.kind === 'leg-detail' && leg?.kind === 'leg' ? { ...entry, of: leg.id } : entry
  })
}

/** Honduras's leg of a request, with the detail that names the record that it gave. */
function legOf(requestId: string, ref: string): readonly Entry[] {
  const detail = SAMPLE_ENTRIES.find(({ kind }) => kind === 'leg-detail') as EntryOf<'leg-detail'>
  const records = { count: 1, hash: hash('sha256', `${ref}\n`) }
  return [
    { ...detail, refs: [ref] },
    { ...SAMPLE_LEG, requestId, records },
  ]
}

/** Puts Honduras's receipts into the legs of a request, or of a part of it. */
function withReceipts(
  entry: Entry,
  all: readonly Entry[],
  at: number,
  national: readonly Entry[],
  receipts: readonly Receipt[],
): Entry {
  if (entry.kind !== 'request' && entry.kind !== 'continuation') return entry
  const request = all.slice(0, at + 1).findLast(({ kind }) => kind === 'request')
  const index = national.findIndex((each) => each.kind === 'leg' && each.requestId === request?.id)
  const leg = national[index] as EntryOf<'leg'>
  const { text } = parseNote(receipts[index]?.checkpoint ?? '')
  const receipt = {
    ...{ origin: 'istmo.example/hn', index, size: Number(text.split('\n')[1]), checkpoint: hash('sha256', text) },
    leaf: Buffer.from(hashLeaf(canonicalBytes(leg))).toString('hex'),
  }
  return { ...entry, legs: entry.legs.map((each) => ({ ...each, records: leg.records, receipt })) }
}

/** Writes a log that ends its first shard, and whose key is replaced in the second one; or one that is not divided and has `size` entries before that. */
async function write(
  folder: string,
  writer: Writer,
  entries: readonly Entry[],
  size: number,
): Promise<readonly Receipt[]> {
  const home = join(folder, writer)
  await mkdir(join(home, 'log'), { recursive: true })
  let ms = FIRST_MS
  const log = await openShardedLog({
    ...{ home, sharding: 'monthly', now: () => ms },
    signer: parseSignerKey(await readKey(folder, writer)),
    open: (place, signer) => openLog({ folder: place, signer, publishAfterMs: 1_000_000 }),
    newEntry: () => {
      ms++
      return { v: 1, id: idAt(ms, 900), time: new Date(ms).toISOString() }
    },
  })
  const receipts: Receipt[] = []
  for (const entry of entries) receipts.push(await log.append(canonicalBytes(entry)))
  const last = entries.findLast(({ kind }) => kind === (writer === 'gateway' ? 'heartbeat' : 'backup'))
  for (let at = entries.length; at < size; at++) {
    const then = FIRST_MS + at * 1_000
    await log.append(canonicalBytes({ ...last, id: idAt(then, at), time: new Date(then).toISOString() }))
  }
  await log.publish()
  if (size === 0) {
    ms = LATER_MS
    // The log begins its next shard before it appends.
    const lastMs = ms + 1_000
    await log.append(canonicalBytes({ ...last, id: idAt(lastMs, 999), time: new Date(lastMs).toISOString() }))
  }
  await log.close()
  const replace = ['rotate-key', '--log', writer, '--key', `${writer}.key`, '--reason', 'ROUTINE']
  const { code, stderr } = await auditHere(replace, folder)
  if (code !== 0) throw new Error(stderr)
  return receipts
}

async function readKey(folder: string, writer: Writer): Promise<string> {
  return (await readFile(join(folder, `${writer}.key`), 'utf8')).trim()
}
