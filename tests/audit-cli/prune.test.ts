import { cp, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeeper } from '../../audit/content-store/content-store.ts'
import { idAt } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { findSalt } from '../../audit/salts/salts.ts'
import { runAudit } from '../../auditors/run.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST, SAMPLE_SPLIT } from '../../contract/audit-log/testing.ts'
import { writePolicy } from './logs.ts'

/** A rule of retention deletes old entries: the tree stays provable, and readers are told what is gone and by which entry. */

const key = generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519)
const signer = parseSignerKey(key)
const START_MS = Date.parse('2024-11-24T00:00:00.000Z')
/** Two entries an hour: entry 700 is 350 hours old. */
const timeOf = (at: number) => START_MS + at * 1_800_000
const id = (at: number) => idAt(timeOf(at), at)
/** Entries 0 to 599 are older, so that bundles 0 and 1 can go, and bundle 2 has entries of both kinds. */
const BEFORE = new Date(timeOf(600)).toISOString()
const HELD = 300

let folder: string
let graphs: Record<'gone' | 'held' | 'nested' | 'inForce' | 'young', string>

function entry(at: number): EntryOf<'request'> | EntryOf<'graph'> {
  const base = { id: id(at), time: new Date(timeOf(at)).toISOString() }
  const named = at < 256 ? graphs.gone : at === HELD ? graphs.held : graphs.young
  const { gateway } = SAMPLE_REQUEST
  if (at === 10)
    return { ...base, v: 1, kind: 'graph', gateway, graph: graphs.inForce, countries: [], result: 'SERVED', code: null }
  const operation = { ...SAMPLE_REQUEST.operation, graph: named } as never
  return { ...SAMPLE_REQUEST, ...base, legs: [], denied: [], continuations: 0, operation }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-prune-'))
  const home = join(folder, 'gateway')
  const keep = await createKeeper(join(home, 'kept'))
  const nested = await keep('a text that the held text names')
  const held = await keep(`{"policySet":"${nested}"}`)
  graphs = { gone: await keep('gone'), held, nested, inForce: await keep('in force'), young: await keep('young') }
  const old = new Date(START_MS)
  for (const name of Object.values(graphs)) await utimes(join(home, 'kept', name), old, old)
  const log = await openLog({
    folder: join(home, 'log'),
    salts: join(home, 'salts'),
    signer,
    publishAfterMs: 1_000_000,
  })
  const salt = Buffer.alloc(32, 1)
  await Promise.all(
    Array.from({ length: 700 }, (_, at) => log.append(canonicalBytes(entry(at)), [{ id: id(at), salt }])),
  )
  await log.close()
  await writePolicy(folder, [signer])
  await writeFile(join(folder, 'key'), `${key}\n`)
  await writeFile(join(folder, 'holds'), `# case 7\n${id(HELD)} # the search\n`)
  const reader = generateSignerKey('audit.example/7', SIGNATURE_TYPES.ed25519)
  await writeFile(join(folder, 'own.key'), `${reader}\n`)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const FILES: readonly string[] = ['key', 'holds', 'policy', 'own', 'own.key', 'db', 'entry.tlog-proof']

/** Runs a command in this process on the copy `name` of the log. `LOG` is its folder. */
async function audit(name: string, ...args: readonly string[]) {
  let [stdout, stderr] = ['', '']
  const streams = {
    out: { write: (text: string) => (stdout += text) },
    err: { isTTY: false, write: (text: string) => (stderr += text) },
  }
  const place = (arg: string) => (arg === 'LOG' ? join(folder, name) : FILES.includes(arg) ? join(folder, arg) : arg)
  return { code: await runAudit(args.map(place), streams as never), stdout, stderr }
}

const PRUNE = ['prune', '--before', BEFORE, '--log', 'LOG', '--policy', 'policy', '--key', 'key', '--by', 'dba-2']
const VERIFY = ['verify', 'LOG', '--policy', 'policy']
const SEARCH = [
  'search',
  '--no-index',
  '--log',
  'LOG',
  '--policy',
  'policy',
  '--own-log',
  'own',
  '--own-key',
  'own.key',
]

async function copy(name: string): Promise<string> {
  await cp(join(folder, 'gateway'), join(folder, name), { recursive: true, preserveTimestamps: true })
  return name
}

async function bundles(name: string): Promise<readonly string[]> {
  return (await readdir(join(folder, name, 'log/tile/entries'))).filter((path) => !path.includes('.p')).sort()
}

describe('istmo audit prune', () => {
  it('deletes what is older, and verify says what is gone, since when, and by which entry', async () => {
    const name = await copy('pruned')
    const { code, stdout } = await audit(name, ...PRUNE)
    expect(stdout).toMatch(/^Entries before 512 are gone: 2 bundles, 600 salts and 3 texts deleted now/)
    expect([code, await bundles(name)]).toEqual([0, []])
    const verified = await audit(name, ...VERIFY)
    expect(verified.stdout).toMatch(/bundles before entry 512 were pruned on 20.* by entry 700, [0-9a-f-]{36}\nHOLDS/)
    expect(verified.code).toBe(0)
    const found = await audit(name, ...SEARCH, '--kind', 'prune', '--json')
    expect(JSON.parse(found.stdout)).toMatchObject({ entries: [{ position: 700, kind: 'prune' }] })
  })

  it('changes nothing in a dry run, without an old bundle, and with a date to come', async () => {
    const name = await copy('dry')
    const dry = await audit(name, ...PRUNE, '--dry-run')
    expect(dry.stdout).toMatch(/the entries before 512, except 0 held ranges\. Nothing was deleted/)
    const young = await audit(name, ...PRUNE.with(2, new Date(timeOf(250)).toISOString()))
    expect([young.code, young.stdout]).toEqual([0, expect.stringMatching(/Nothing to delete/)])
    expect((await audit(name, ...PRUNE.with(2, '2100-01-01'))).code).toBe(2)
    expect(await bundles(name)).toEqual(['000', '001'])
    expect((await audit(name, ...VERIFY)).stdout).toMatch(/700 entries/)
  })

  it('keeps the bundle, the salt and the texts of an entry under a legal hold, until the hold ends', async () => {
    const name = await copy('held')
    const held = await audit(name, ...PRUNE, '--hold', 'holds')
    expect(held.stdout).toMatch(/before 512 are gone, except 1 held ranges: 1 bundles, 599 salts and 1 texts/)
    expect(await bundles(name)).toEqual(['001'])
    const kinds = [HELD, HELD + 1].map(async (at) => (await findSalt(join(folder, name, 'salts'), id(at))).kind)
    expect(await Promise.all(kinds)).toEqual(['KEPT', 'ERASED'])
    const { gone, ...rest } = graphs
    const kept = await readdir(join(folder, name, 'kept'))
    expect(kept).toEqual(expect.arrayContaining(Object.values(rest)))
    expect(kept).not.toContain(gone)
    const proved = await audit(
      name,
      'prove',
      id(HELD),
      '--log',
      'LOG',
      '--policy',
      'policy',
      '--out',
      'entry.tlog-proof',
    )
    expect(proved.code).toBe(0)
    const missing = await audit(name, 'prove', '7', '--log', 'LOG', '--policy', 'policy', '--out', 'entry.tlog-proof')
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/entry 7 was pruned/)])
    const released = await audit(name, ...PRUNE)
    expect([released.code, await bundles(name)]).toEqual([0, []])
    const verified = await audit(name, ...VERIFY)
    expect(verified.stdout.match(/were pruned on/g)).toHaveLength(2)
    expect(verified.code).toBe(0)
  })

  it('may cut a request from its parts, and the numbers of a country, which verify does not hold against the log', async () => {
    const name = await copy('parted')
    await rm(join(folder, name, 'log'), { recursive: true })
    const log = await openLog({ folder: join(folder, name, 'log'), signer, publishAfterMs: 1_000_000 })
    const [request, part] = SAMPLE_SPLIT
    // Of three entries each: the edges at 256 and 512 are within a request.
    const parted = (at: number) => {
      const [n, place] = [Math.floor(at / 3), at % 3]
      const base = { id: id(at), time: new Date(timeOf(at)).toISOString() }
      if (place === 0) return { ...request, ...base, continuations: 2 }
      const country = place === 1 ? 'HN' : 'SV'
      return { ...part, ...base, of: id(at - place), part: place, country, seq: n + 1, legs: [], denied: [] }
    }
    await Promise.all(Array.from({ length: 702 }, (_, at) => log.append(canonicalBytes(parted(at)))))
    await log.close()
    await writeFile(join(folder, 'first'), `${id(6)}\n`)
    await audit(name, ...PRUNE, '--hold', join(folder, 'first'))
    expect(await bundles(name)).toEqual(['000'])
    const held = await audit(name, ...VERIFY)
    expect([held.code, held.stdout]).toEqual([0, expect.stringContaining('HOLDS')])
    await audit(name, ...PRUNE)
    expect(await bundles(name)).toEqual([])
    const pruned = await audit(name, ...VERIFY)
    expect([pruned.code, pruned.stdout]).toEqual([0, expect.stringContaining('HOLDS')])
  })

  it('is finished by a second run if a crash came between the entry and the deletion', async () => {
    const name = await copy('crashed')
    await audit(name, ...PRUNE)
    const log = join(folder, name, 'log')
    await cp(join(folder, 'gateway/log/tile/entries/000'), join(log, 'tile/entries/000'))
    const again = await audit(name, ...PRUNE)
    expect(again.stdout).toMatch(/1 bundles, 0 salts and 0 texts deleted now/)
    expect(await readdir(join(log, 'prunings'))).toEqual(['0'])
    expect((await audit(name, ...VERIFY)).stdout).toMatch(/ {2}701 entries[\s\S]*HOLDS/)
  })
})

describe('a pruned log', () => {
  it('misses no other bundle: another one that is gone is reported', async () => {
    const name = await copy('robbed')
    await audit(name, ...PRUNE, '--hold', 'holds')
    await rm(join(folder, name, 'log/tile/entries/001'))
    const held = await audit(name, ...VERIFY)
    expect([held.code, held.stdout]).toEqual([1, expect.stringMatching(/MISSING tile\/entries\/001/)])
    await rm(join(folder, name, 'log/tile/entries/002.p'), { recursive: true })
    expect((await audit(name, ...VERIFY)).stdout).toMatch(/MISSING tile\/entries\/002/)
  })

  it('needs the proof of its pruning: without it, or with a forged one, its bundles are missing', async () => {
    const name = await copy('forged')
    await audit(name, ...PRUNE)
    const path = join(folder, name, 'log/prunings/0')
    const proof = await readFile(path, 'utf8')
    await rm(path)
    expect((await audit(name, ...VERIFY)).stdout).toMatch(/MISSING tile\/entries\/000[\s\S]*MISSING tile\/entries\/001/)
    const wider = proof.replace(/^extra (.*)$/m, (_, extra: string) => {
      const text = Buffer.from(extra, 'base64').toString().replace('"minimumIndex":512', '"minimumIndex":768')
      return `extra ${Buffer.from(text).toString('base64')}`
    })
    await writeFile(path, wider)
    const forged = await audit(name, ...VERIFY)
    expect(forged.stdout).toMatch(/MALFORMED prunings\/0: .*a proof that does not hold/)
    expect(forged.code).toBe(1)
  })

  it('is written on, and tells readers that they cannot look back', async () => {
    const name = await copy('growing')
    await audit(name, 'index', '--log', 'LOG', '--policy', 'policy', '--db', 'db')
    await audit(name, ...PRUNE, '--hold', 'holds')
    const log = await openLog({ folder: join(folder, name, 'log'), signer })
    for (let at = 701; at < 1_000; at++) void log.append(canonicalBytes(entry(at)))
    await log.close()
    // The new entries are older than the pruning, because the test makes their times.
    expect((await audit(name, ...VERIFY, '--no-entries')).stdout).toMatch(/ {2}1000 entries[\s\S]*HOLDS/)
    const nobody = await audit(name, ...SEARCH, '--agency', 'nobody')
    expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringMatching(/before entry 512 were pruned/)])
    expect((await audit(name, ...SEARCH, '--agency', 'nobody', '--from', BEFORE)).code).toBe(1)
    const indexed = await audit(name, 'index', '--log', 'LOG', '--policy', 'policy', '--db', 'db')
    expect(indexed.stdout).toMatch(/299 entries read|300 entries read/)
    const old = await audit(
      name,
      'search',
      '--db',
      'db',
      '--until',
      new Date(timeOf(512)).toISOString(),
      '--count-by',
      'kind',
      '--own-log',
      'own',
      '--own-key',
      'own.key',
    )
    expect(old.stdout).toMatch(/^ +256 {2}request\n$/)
  })
})
