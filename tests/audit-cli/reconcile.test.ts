import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idAt } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { signText } from '../../audit/note/note.ts'
import { formatTlogProof } from '../../audit/note/tlog-proof.ts'
import { runAudit } from '../../auditors/run.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { writePolicy } from './logs.ts'

/** Compares real logs and exports: with witnesses, without, with wrong clocks, over HTTP, and with lines that somebody left out. */

const START_MS = Date.parse('2026-11-24T00:00:00.000Z')
const [GATEWAY, HN] = [newSigner('istmo.example/gateway'), newSigner('istmo.example/hn')]
let witnessMs = START_MS
const WITNESSES = ['a', 'b', 'c', 'd'].map((name) =>
  newSigner(`witness.example/${name}`, 'cosignature', () => witnessMs),
)
const iso = (ms: number) => new Date(ms).toISOString()
const hex = (text: string) => createHash('sha256').update(text).digest('hex')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-reconcile-'))
  await writePolicy(folder, [GATEWAY], WITNESSES, 'policy')
  await writePolicy(folder, [HN], [], 'national-policy')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Minutes from the start of the gateway's log, at which somebody asked. */
const ASKED = [1, 2, 3, 4, 5]

interface WrittenLog {
  readonly proofs: readonly string[]
  readonly entries: readonly Entry[]
}

/** Writes a log entry by entry. Witnesses cosign at the times in `cosignedAt`, which also says after how many entries. */
async function write(
  name: string,
  signer: NoteSigner,
  entries: readonly Entry[],
  cosignedAt: Readonly<Record<number, number>> = {},
): Promise<WrittenLog> {
  const log = await openLog({ folder: join(folder, name), signer, publishAfterMs: 1_000_000 })
  for (const [at, entry] of entries.entries()) {
    await log.append(canonicalBytes(entry))
    const ms = cosignedAt[at + 1]
    if (ms === undefined) continue
    witnessMs = ms
    await log.publish()
    const { note } = log.published()
    const text = note.slice(0, note.indexOf('\n\n') + 1)
    await log.addCosignatures(
      note,
      WITNESSES.map((witness) => signText(text, witness)),
    )
  }
  await log.publish()
  const { size, note } = log.published()
  const proofs = await Promise.all(
    entries.map(async (_, index) =>
      formatTlogProof({ index, hashes: await log.inclusion(index, size), checkpoint: note }),
    ),
  )
  await log.close()
  return { proofs, entries }
}

const legAt = (minute: number): EntryOf<'leg'> => ({
  ...{ ...SAMPLE_LEG, node: HN.verifier.name, requestId: idAt(START_MS + minute * 60_000, minute), details: 0 },
  ...{ id: idAt(START_MS + minute * 60_000 + 5, 500 + minute), time: iso(START_MS + minute * 60_000 + 5) },
  ...{ operationHash: hex('o'), requestHash: hex(`q${minute}`), responseHash: hex(`r${minute}`) },
  records: { count: 0, hash: hex('') },
})
const hnEntries: readonly Entry[] = [
  {
    ...{ v: 1, kind: 'node-start', id: idAt(START_MS, 1), time: iso(START_MS), node: HN.verifier.name, country: 'HN' },
    ...{ domains: ['cases'], access: hex('a'), policySet: hex('b'), repairs: [] },
  },
  ...ASKED.map(legAt),
]

/** The gateway's entries in version 2: start, each request with its part of HN, a heartbeat with the counts, stop. */
async function gatewayEntries(): Promise<readonly Entry[]> {
  const sizes = new Map<number, string>()
  const log = await openLog({ folder: join(folder, 'hn-for-receipts'), signer: HN, publishAfterMs: 1_000_000 })
  for (const [at, entry] of hnEntries.entries()) {
    const { checkpoint } = await log.append(canonicalBytes(entry))
    sizes.set(at + 1, hex(`${checkpoint.slice(0, checkpoint.indexOf('\n\n'))}\n`))
  }
  await log.close()
  const base = { gateway: GATEWAY.verifier.name } as const
  const requests = ASKED.flatMap((minute, at): readonly Entry[] => {
    const ms = START_MS + minute * 60_000
    const leg = legAt(minute)
    const leaf = Buffer.from(hashLeaf(canonicalBytes(leg))).toString('hex')
    const receipt = { origin: HN.verifier.name, index: at + 1, size: at + 2, checkpoint: sizes.get(at + 2) ?? '', leaf }
    const { operationHash, requestHash, responseHash, records } = leg
    const legs = [{ ...SAMPLE_REQUEST.legs[0], operationHash, requestHash, responseHash, records, receipt }]
    const id = idAt(ms, minute)
    const request = {
      ...SAMPLE_REQUEST,
      ...base,
      v: 2,
      id,
      time: iso(ms + 12),
      legs: [],
      denied: [],
      continuations: 1,
    } as const
    const part = {
      ...{ ...base, v: 2, kind: 'continuation', id: idAt(ms, 900 + minute), time: iso(ms + 12), of: id, part: 1 },
      ...{ country: 'HN', seq: at + 1, coordinates: [], legs, denied: [] },
    } as unknown as Entry
    return [request, part]
  })
  const endMs = START_MS + 20 * 60_000
  const end = { ...base, v: 1, id: idAt(endMs, 3), time: iso(endMs) } as const
  return [
    { ...base, v: 1, kind: 'start', id: idAt(START_MS, 2), time: iso(START_MS), version: '1', repairs: [] },
    ...requests,
    { ...end, kind: 'heartbeat', counts: { HN: ASKED.length } },
    { ...end, kind: 'stop', id: idAt(endMs, 4) },
  ]
}

async function reconcile(...args: readonly string[]) {
  let [out, err] = ['', '']
  const streams = { out: { write: (text: string) => (out += text) }, err: { write: (text: string) => (err += text) } }
  const policies = ['--policy', join(folder, 'policy'), '--policy', join(folder, 'national-policy')]
  const code = await runAudit(['reconcile', ...args, ...policies], streams, () => START_MS + 86_400_000)
  return { code, out, classes: [...out.matchAll(/^ {2}([A-Z_]+) \d+/gm)].map(([, name]) => name), err }
}

const at = (name: string) => join(folder, name)
const END_MS = START_MS + 20 * 60_000

describe('istmo audit reconcile', () => {
  let written: WrittenLog
  beforeAll(async () => {
    const entries = await gatewayEntries()
    written = await write('gateway', GATEWAY, entries, { 5: START_MS + 130_000, [entries.length]: END_MS + 2_000 })
    await write('hn', HN, hnEntries)
  })

  /** Writes an export with the lines that `isKept` keeps. */
  async function exportTo(name: string, isKept: (entry: Entry) => boolean = () => true): Promise<string> {
    const lines = written.entries.flatMap((entry, index) =>
      isKept(entry) ? [JSON.stringify({ index, entry, proof: written.proofs[index] })] : [],
    )
    await writeFile(at(name), `${lines.join('\n')}\n`)
    return at(name)
  }

  it('holds for logs with their witnesses, in full and in a range', async () => {
    expect(await reconcile(at('gateway'), at('hn'))).toMatchObject({ code: 0, classes: [] })
    const range = await reconcile(
      at('gateway'),
      at('hn'),
      '--from',
      iso(START_MS + 150_000),
      '--until',
      iso(START_MS + 250_000),
    )
    expect(range.out).toMatch(/ {2}matched 2\nHOLDS/)
  })

  it('cannot tell of a log that was forged with its key alone, because no witness cosigned it', async () => {
    await write('forged', GATEWAY, written.entries)
    expect(await reconcile(at('forged'), at('hn'))).toMatchObject({ code: 2, classes: ['UNWITNESSED'] })
  })

  it('notes that the newest entries await their witnesses, and still holds', async () => {
    await write('awaiting', GATEWAY, written.entries, { 11: END_MS - 300_000 })
    expect(await reconcile(at('awaiting'), at('hn'))).toMatchObject({ code: 0, classes: ['AWAITS_WITNESSES'] })
  })

  it('names the clock of a log whose entries are older than what witnesses saw before them, or newer', async () => {
    await write('slow', GATEWAY, written.entries, {
      3: START_MS + 3_600_000,
      [written.entries.length]: START_MS + 7_200_000,
    })
    await write('fast', GATEWAY, written.entries, { [written.entries.length]: START_MS + 200_000 })
    const slow = await reconcile(at('slow'), at('hn'))
    const fast = await reconcile(at('fast'), at('hn'))
    expect([slow.classes, slow.code]).toEqual([['CLOCK_WRONG'], 2])
    expect(slow.out).toMatch(
      /entry 3 says 2026-11-24T00:02:00\.012Z; witnesses cosigned 3 entries at 2026-11-24T01:00:00/,
    )
    expect([fast.classes, fast.code]).toEqual([['CLOCK_WRONG'], 2])
  })

  it('holds for a country that has only its export, if that proves that it is complete', async () => {
    expect(await reconcile(await exportTo('hn.jsonl'), at('hn'))).toMatchObject({ code: 0, classes: [] })
  })

  describe('with what `istmo audit export` writes for the country', () => {
    beforeAll(async () => {
      const streams = { out: { write: () => true }, err: { write: () => true } }
      const run = (...args: readonly string[]) => runAudit(args, streams, () => START_MS + 86_400_000)
      await run('desk', at('desk'), '--reader', 'auditor-7', '--name', 'audit.example/7', '--policy', at('policy'))
      const ended = await run(
        ...['export', '--country', 'HN', '--log', at('gateway'), '--desk', at('desk'), '--out', at('real.jsonl')],
      )
      expect(ended).toBe(0)
    })

    it('holds, because its last line has the entry that counts the parts', async () => {
      expect(await reconcile(at('real.jsonl'), at('hn'))).toMatchObject({ code: 0, classes: [] })
    })

    it('cannot tell if the first parts were taken out, unless the reader asks only about what came later', async () => {
      const lines = (await readFile(at('real.jsonl'), 'utf8')).trimEnd().split('\n')
      const { export: statement } = JSON.parse(lines.at(-1) ?? '')
      const cut = [...lines.slice(4, -1), JSON.stringify({ export: { ...statement, first: 3 } })]
      await writeFile(at('cut.jsonl'), `${cut.join('\n')}\n`)
      const found = await reconcile(at('cut.jsonl'), at('hn'))
      expect(found.classes.toSorted()).toEqual(['BEFORE_LOG', 'UNPROVEN'])
      expect(found.code).toBe(2)
      expect(found.out).toMatch(/it begins with part 3 of HN/)
      const from = ['--from', iso(START_MS + 150_000)]
      const streams = { out: { write: () => true }, err: { write: () => true } }
      const range = ['--log', at('gateway'), '--desk', at('desk'), '--out', at('late.jsonl'), ...from]
      await runAudit(['export', '--country', 'HN', ...range], streams, () => START_MS + 86_400_000)
      expect(await reconcile(at('late.jsonl'), at('hn'), ...from)).toMatchObject({ code: 0, classes: [] })
      expect(await reconcile(at('late.jsonl'), at('hn'))).toMatchObject({ code: 2 })
      // The proved neighbour shows that nothing is missing since; without it, only since the first part.
      expect(await reconcile(at('cut.jsonl'), at('hn'), ...from)).toMatchObject({ code: 2 })
    })

    it('does not hold if the last part was taken out, or the counting entry, or if that was changed', async () => {
      const lines = (await readFile(at('real.jsonl'), 'utf8')).trimEnd().split('\n')
      const forge = async (name: string, kept: readonly string[]) => {
        await writeFile(at(name), `${kept.join('\n')}\n`)
        return reconcile(at(name), at('hn'))
      }
      const isLastPart = (line: string) => line.includes('"seq":5') && !line.startsWith('{"export"')
      expect(lines.filter(isLastPart)).toHaveLength(1)
      const short = await forge(
        'short.jsonl',
        lines.filter((line) => !isLastPart(line)),
      )
      expect([short.code, short.classes]).toEqual([1, ['COUNTRY_ONLY', 'INCOMPLETE']])
      const uncounted = await forge('uncounted.jsonl', lines.slice(0, -1))
      expect([uncounted.code, uncounted.classes]).toEqual([2, ['UNPROVEN']])
      const last = lines.at(-1)?.replace('"counts":{"HN":5}', '"counts":{"HN":4}') ?? ''
      expect(last).not.toBe(lines.at(-1))
      const changed = await forge('changed-count.jsonl', [...lines.slice(0, -1), last])
      expect(changed.code).toBe(1)
    })
  })

  it.each<readonly [string, (entry: Entry) => boolean, readonly string[]]>([
    [
      'a part of a request',
      (entry) => entry.kind !== 'continuation' || !('seq' in entry) || entry.seq !== 3,
      ['INCOMPLETE'],
    ],
    ['the last part', (entry) => entry.kind !== 'continuation' || !('seq' in entry) || entry.seq !== 5, ['INCOMPLETE']],
    [
      'each second request',
      (entry) => entry.kind !== 'request' || Number(entry.id.slice(-1)) % 2 === 0,
      ['INCOMPLETE'],
    ],
    ['everything that counts', (entry) => entry.kind !== 'heartbeat', ['UNPROVEN']],
  ])('does not hold for an export without %s', async (what, isKept, expected) => {
    const found = await reconcile(await exportTo(`${what}.jsonl`, isKept), at('hn'))
    expect(found.code).not.toBe(0)
    expect(found.classes).toEqual(expect.arrayContaining([...expected]))
  })

  it('does not hold for an export in which a line was changed, and names the line', async () => {
    const text = await readFile(await exportTo('changed.jsonl'), 'utf8')
    await writeFile(at('changed.jsonl'), text.replace('"purpose":"INVESTIGATION"', '"purpose":"PROSECUTION"'))
    const found = await reconcile(at('changed.jsonl'), at('hn'))
    expect(found).toMatchObject({ code: 1 })
    expect(found.out).toMatch(/changed\.jsonl: line 2/)
  })

  it('does not hold for an export with lines of a forged log beside one that witnesses cosigned, and names the line', async () => {
    const faster = (entry: Entry): Entry =>
      entry.kind === 'request' ? { ...entry, result: { ...entry.result, durationMs: 1 } } : entry
    const forged = await write('forged-lines', GATEWAY, written.entries.map(faster))
    const last = written.entries.length - 1
    const lines = forged.entries.map((entry, index) => {
      const { proofs } = index === last ? written : forged
      return JSON.stringify({ index, entry, proof: proofs[index] })
    })
    await writeFile(at('mixed.jsonl'), `${lines.join('\n')}\n`)
    const found = await reconcile(at('mixed.jsonl'), at('hn'))
    expect(found.out).toMatch(/NO_QUORUM .*mixed\.jsonl: line 1: expected a checkpoint in quorum/)
    expect(found.code).toBe(1)
  })

  it('reads logs over HTTP, and reads only the range', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      readFile(join(folder, 'gateway', request.url ?? '')).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    expect(await reconcile(url, at('hn'))).toMatchObject({ code: 0, classes: [] })
    expect(asked).toContain('/checkpoint')
    server.close()
  })

  it('says which of the logs is damaged', async () => {
    await cp(at('hn'), at('hn-cut'), { recursive: true })
    await writeFile(join(at('hn-cut'), 'checkpoint'), 'cut')
    expect((await reconcile(at('gateway'), at('hn-cut'))).err).toContain(`${at('hn-cut')}: a note is`)
    await cp(at('hn'), at('hn-bare'), { recursive: true })
    await rm(join(at('hn-bare'), 'tile/entries'), { recursive: true })
    const { code, out } = await reconcile(at('gateway'), at('hn-bare'))
    expect(code).toBe(1)
    expect(out).toContain(`${at('hn-bare')}: tile/entries/`)
  })

  it('names an entry that cannot be read, and goes on', async () => {
    const poison = { ...written.entries[0], kind: 'unknown' } as unknown as Entry
    await write('poisoned', GATEWAY, [...written.entries.slice(0, 3), poison, ...written.entries.slice(3)], {
      14: END_MS + 2_000,
    })
    expect(await reconcile(at('poisoned'), at('hn'))).toMatchObject({ code: 2, classes: ['UNREADABLE'] })
  })
})
