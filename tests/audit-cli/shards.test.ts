import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import {
  generateSignerKey,
  type NoteSigner,
  parseSignerFile,
  parseSignerKey,
  SIGNATURE_TYPES,
} from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { parseRotation } from '../../audit/note/rotation.ts'
import { shardKeys } from '../../audit/note/shard-name.ts'
import { openShardedLog } from '../../audit/shards/sharded-log.ts'
import { createWitness, createWitnessServer, type Witness } from '../../audit/witness/witness.ts'
import { runAudit } from '../../auditors/run.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { openEndedShards } from '../../gateway/audit-log/ended-shards.ts'
import { openWitnesses } from '../../gateway/audit-log/witnesses.ts'
import { openRecorder } from '../../service/audit-log/recorder.ts'

/** A log runs from June to August, with a shard for each month and three witnesses. An auditor asks all of it at once. */

const NAME = 'istmo.example/gateway'
const gatewayKey = generateSignerKey(NAME, SIGNATURE_TYPES.ed25519)
const signer = parseSignerKey(gatewayKey)
const cosigners = ['GT', 'HN', 'SV'].map((name) => ({
  name,
  signer: newSigner(`witness.example/${name.toLowerCase()}`, 'cosignature'),
}))
const MONTHS = ['2026-06', '2026-07', '2026-08']
const ids: string[] = []

let folder: string
let home: string
let servers: readonly Server[]
let witnesses: readonly Witness[]
let url: string

const at = (name: string) => join(folder, name)

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function istmoAudit(...args: readonly string[]) {
  let text = ''
  const out = { write: (part: string) => (text += part) }
  const code = await runAudit([...args, '--json'], { out, err: { write: () => undefined, isTTY: false } })
  return { code, json: JSON.parse(text) as Record<string, unknown> & { verdict: string } }
}

async function runToText(...args: readonly string[]): Promise<string> {
  let text = ''
  const out = { write: (part: string) => (text += part) }
  await runAudit(args, { out, err: { write: () => undefined, isTTY: false } })
  return text
}

async function writeMonths(): Promise<void> {
  let nowMs = Date.parse('2026-06-20T12:00:00.000Z')
  const base = (kind: 'start' | 'stop') => ({ kind, gateway: NAME })
  const recorder = await openRecorder({
    ...{ folder: home, signer, hasSalts: true, hasThread: true, sharding: 'monthly', log: pino({ level: 'silent' }) },
    now: () => nowMs,
    ownEntries: {
      start: (first, repairs) => ({ ...first, ...base('start'), version: '1', repairs }) as Entry,
      rejections: (first, count) => ({ ...first, gateway: NAME, kind: 'refusals', ...count }),
      stop: (first) => ({ ...first, ...base('stop') }) as Entry,
    },
  })
  for (const month of MONTHS) {
    nowMs = Date.parse(`${month}-28T12:00:00.000Z`)
    const id = createUuidV7(nowMs)
    ids.push(id)
    const salts = [{ id, salt: Buffer.alloc(32, 1) }]
    await recorder.append([{ ...SAMPLE_REQUEST, id, time: new Date(nowMs).toISOString(), gateway: NAME }], salts)
  }
  const policy = parsePolicy(await readFile(at('policy'), 'utf8'))
  const log = pino({ level: 'silent' })
  const present = await openWitnesses({ entries: recorder.entries, folder: join(home, 'log'), policy, log })
  const ended = openEndedShards({ home, signer, policy, log })
  await present.collect()
  await ended.collect()
  await Promise.all([present.close(), ended.close()])
  await recorder.entries.close()
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-shards-cli-'))
  home = at('gateway')
  witnesses = await Promise.all(
    cosigners.map((cosigner) =>
      createWitness({ folder: at(cosigner.name), signer: cosigner.signer, logs: [signer.verifier] }),
    ),
  )
  const witnessServers = witnesses.map((witness) => createWitnessServer(witness))
  const files = createServer((request, response) => {
    readFile(join(home, request.url ?? '')).then(
      (bytes) => response.writeHead(200).end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  servers = [...witnessServers, files]
  const witnessUrls = await Promise.all(witnessServers.map(listen))
  url = await listen(files)
  const lines = [
    `log ${signer.verifier.vkey}`,
    ...cosigners.map(({ name, signer: { verifier } }, n) => `witness ${name} ${verifier.vkey} ${witnessUrls[n]}`),
    'group all-three 3 GT HN SV',
    'quorum all-three',
  ]
  await writeFile(at('policy'), `${lines.join('\n')}\n`)
  await writeFile(at('own.key'), `${generateSignerKey('auditor.example', SIGNATURE_TYPES.ed25519)}\n`)
  await writeMonths()
})
afterAll(async () => {
  for (const server of servers) server.close()
  await Promise.all(witnesses.map((witness) => witness.close()))
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

describe('a log with a shard for each month', () => {
  it.each(['folder', 'URL'])(
    'is verified as a whole by its %s, under a trust policy that names only the log',
    async (what) => {
      const { code, json } = await istmoAudit('verify', what === 'URL' ? url : home, '--policy', at('policy'))
      expect(json).toMatchObject({ verdict: 'HOLDS', findings: [] })
      const logs = json.logs as readonly { origin: string; size: number; witnessed: { size: number } }[]
      expect(logs.map(({ origin }) => origin)).toEqual([NAME, `${NAME}/2026-07`, `${NAME}/2026-08`])
      for (const { size, witnessed } of logs) expect(witnessed.size).toBe(size)
      expect(code).toBe(0)
    },
  )

  it('is searched as a whole, without and with an index, newest first', async () => {
    const log = ['--log', home, '--policy', at('policy')]
    const desk = ['--own-log', at('own'), '--own-key', at('own.key')]
    const search = ['--kind', 'request', ...desk]
    const found = await istmoAudit('search', '--no-index', ...log, ...search)
    expect((found.json.entries as { id: string }[]).map(({ id }) => id)).toEqual([...ids].reverse())
    expect((await istmoAudit('index', ...log, '--db', at('index'))).json).toMatchObject({ verdict: 'HOLDS' })
    const again = await istmoAudit('index', ...log, '--db', at('index'))
    expect((again.json.shards as { read: number }[]).map(({ read }) => read)).toEqual([0, 0, 0])
    const indexed = await istmoAudit('search', '--db', at('index'), ...search)
    const rows = indexed.json.entries as readonly { id: string; log: string }[]
    expect(rows.map(({ id }) => id)).toEqual([...ids].reverse())
    expect(rows.map((row) => row.log)).toEqual([`${NAME}/2026-08`, `${NAME}/2026-07`, NAME])
  })

  it('proves an entry of an ended shard, and the proof needs only the trust policy', async () => {
    const out = at('july.tlog-proof')
    const proved = await istmoAudit('prove', ids[1] ?? '', '--log', home, '--policy', at('policy'), '--out', out)
    expect(proved).toMatchObject({ code: 0, json: { index: 1, size: 3 } })
    const checked = await istmoAudit('check', out, '--policy', at('policy'))
    expect(checked).toMatchObject({ code: 0, json: { index: 1, entry: { id: ids[1] } } })
  })

  it('is exported as a whole, each entry with the proof in its shard', async () => {
    const own = ['--own-log', at('own'), '--own-key', at('own.key'), '--out', at('hn.jsonl'), '--country', 'HN']
    const exported = await istmoAudit('export', '--log', home, '--policy', at('policy'), ...own)
    expect(exported).toMatchObject({ code: 0, json: { entries: 3, unwitnessed: 0 } })
    // The entries are of version 1, which has no counts, so nobody can tell whether more are missing.
    const checked = await istmoAudit('check', at('hn.jsonl'), '--policy', at('policy'))
    expect(checked).toMatchObject({ code: 2, json: { entries: 3, findings: [] } })
  })

  it('goes on with another key: the rotation is an entry of the present shard, and later shards have the new key', async () => {
    await cp(home, at('rotated'), { recursive: true })
    await writeFile(at('gateway.key'), `${gatewayKey}\n`)
    const rotated = await istmoAudit(
      'rotate-key',
      '--log',
      at('rotated'),
      '--key',
      at('gateway.key'),
      '--reason',
      'ROUTINE',
    )
    expect(rotated).toMatchObject({ code: 0, json: { origin: `${NAME}/2026-08` } })
    const open = (folder: string, by: NoteSigner) => openLog({ folder, signer: by })
    // The rotation was written now, and the next shard begins behind it.
    const nowMs = Date.now()
    const time = new Date(nowMs).toISOString()
    const next = `${NAME}/${time.slice(0, 7)}`
    const log = await openShardedLog({
      ...{ home: at('rotated'), signer: parseSignerFile(await readFile(at('gateway.key'), 'utf8')), open },
      ...{ sharding: 'monthly', now: () => nowMs },
      newEntry: () => ({ v: 1, id: createUuidV7(nowMs), time }),
    })
    expect(log.origin).toBe(next)
    await log.close()
    await writeFile(at('no-quorum'), `log ${signer.verifier.vkey}\nquorum none\n`)
    const verified = await istmoAudit('verify', at('rotated'), '--policy', at('no-quorum'))
    expect(verified.json).toMatchObject({ verdict: 'HOLDS', logs: [{}, {}, {}, { size: 1, findings: [] }] })
    const desk = ['--own-log', at('own'), '--own-key', at('own.key')]
    const search = ['search', '--no-index', '--log', at('rotated'), '--policy', at('no-quorum'), '--kind', 'request']
    expect((await istmoAudit(...search, ...desk)).json.entries).toHaveLength(3)
    const rotation = parseRotation(await readFile(String(rotated.json.proof), 'utf8'))
    const [old] = shardKeys([signer.verifier], [rotation], `${NAME}/2026-07`)
    const [later] = shardKeys([signer.verifier], [rotation], next)
    expect([old, later].map((period) => period?.verifier.publicKey)).toEqual([
      signer.verifier.publicKey,
      rotation.newKey.publicKey,
    ])
    const own = [newSigner(NAME).verifier]
    expect(() => shardKeys(own, [rotation], `${NAME}/2026-10`)).toThrow('do not lead to the trusted key')
  })

  it.each([
    ['the newest month', 'shards/2026-08', /expected the next shard .*\/2026-08, came no shard of that origin/],
    ['a month between', 'shards/2026-07', /expected the next shard .*\/2026-07, came no shard of that origin/],
    ['the first month', 'log', /expected the shard istmo\.example\/gateway before it, came no shard/],
  ])(
    'is neither searched nor exported without %s: what was taken away would look as if it had never been',
    async (_, path, said) => {
      await rm(at('cut'), { recursive: true, force: true })
      await cp(home, at('cut'), { recursive: true })
      await rm(join(at('cut'), path), { recursive: true })
      const log = ['--log', at('cut'), '--policy', at('policy')]
      const own = ['--own-log', at('own'), '--own-key', at('own.key')]
      for (const command of [
        ['search', '--no-index', ...log, ...own],
        ['export', ...log, ...own, '--country', 'HN', '--out', at('cut.jsonl')],
        ['reconcile', at('cut'), home, '--policy', at('policy')],
        ['index', ...log, '--db', at('cut-index')],
      ]) {
        const { code, json } = await istmoAudit(...command)
        expect([command[0], code, JSON.stringify(json.findings)]).toEqual([
          command[0],
          1,
          expect.stringContaining('"kind":"SHARD"'),
        ])
      }
      const found = await runToText('search', '--no-index', ...log, ...own)
      expect(found).toMatch(said)
      // A shard by itself can still be read.
      const alone = path === 'log' ? join(at('cut'), 'shards/2026-07') : join(at('cut'), 'log')
      const search = ['search', '--no-index', '--log', alone, '--policy', at('policy'), ...own]
      expect((await istmoAudit(...search)).code).toBe(0)
    },
  )

  it('does not hold if one month is missing', async () => {
    const july = join(home, 'shards/2026-07')
    await rm(july, { recursive: true })
    const { code, json } = await istmoAudit('verify', home, '--policy', at('policy'))
    expect(code).toBe(1)
    expect((json.findings as { kind: string; where: string }[]).map(({ kind, where }) => [kind, where])).toEqual([
      ['SHARD', NAME],
      ['SHARD', `${NAME}/2026-08`],
    ])
  })
})
