import { hash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { parseSignerFile } from '../../audit/note/key.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { listFiles, makeBackup, readManifest } from '../../joining/running/backup.ts'
import { runBackup, runRestore } from '../../joining/running/backup-command.ts'
import { readLogState } from '../../joining/running/log-state.ts'
import { readNodePlace } from '../../joining/running/node-place.ts'
import { checkBackup } from '../../joining/running/restore.ts'
import { prepareNodeKey } from '../../joining/running/rotate-command.ts'
import { startCountry } from '../../subgraphs/domains.ts'
import { testServerUrl } from '../../subgraphs/kit/config.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import type { RunningNode } from '../../subgraphs/kit/server.ts'
import { openEmptyDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { aTerminal, countCases, fillCases, type NodeWorld, openNodeWorld, PLAIN_ENV, readText } from './world.ts'

/** A backup of a node under questions, and what a restore makes of it. On a server, the rows are copied while the node runs. */

/** More than one statement reads or writes. */
const COUNT = 1_100
const QUERY = '{ cases(countries: ["HN"], first: 3) { edges { node { id status } } } }'
const hasServer = testServerUrl() !== undefined
/** An embedded database takes seconds to open, so there its rows go this way only in `npm run test:full` (kill.test.ts). */
const less = hasServer ? [] : ['--without-rows']

let world: NodeWorld
let server: (TestDatabase & { readonly url?: string }) | null = null
let node: RunningNode
/** The database of the node. An embedded one belongs to one process. */
let rows: Database
let backup: string
/** The home of the log of the node that was backed up. */
let home: string

const env = (): string => world.at('node.env')
/** A backup with the same log, without the rows. */
const light = (): string => join(world.folder, 'light')
const signerOf = async (file: string) => parseSignerFile(await readText(file))

async function run(command: typeof runBackup, ...args: string[]) {
  const terminal = aTerminal()
  const code = await command(args, terminal)
  return { code, out: terminal.out(), err: terminal.err() }
}

const asked = async (at: Pick<RunningNode, 'url'>) => (await world.ask(at, 'cases', QUERY)).body

beforeAll(async () => {
  world = await openNodeWorld()
  server = hasServer ? await openEmptyDatabase() : null
  const place = server === null ? {} : { DATABASE_FOLDER: null, DATABASE_URL: server.url ?? '' }
  await world.writeEnv({ ...PLAIN_ENV, ...place })
  home = world.at('audit-log')
  backup = join(world.folder, 'backup')
  rows = await openDatabase(server === null ? { folder: world.at('rows') } : { url: server.url })
  node = await world.start(rows)
  await fillCases(rows, COUNT)
})

afterAll(async () => {
  if (!hasServer) await rows.close()
  await server?.close()
  await world.close()
})

it('the operator sees that the tables are in order, and which domains were never filled', async () => {
  const metrics = await (await fetch(`${node.operatorUrl}/metrics`)).text()
  expect(metrics).toMatch(/^istmo_node_domain_ready\{domain="legal"\} 1$/m)
  const { database } = (await (await fetch(`${node.operatorUrl}/status`)).json()) as { database: object }
  expect(database).toMatchObject({ problems: { cases: null, legal: null }, empty: ['legal'], lastImports: [] })
  expect(metrics.includes('istmo_node_database_connections{state="idle"}')).toBe(hasServer)
})

it('a backup of a node that answers is whole, and its log is that of one moment', async () => {
  expect(await asked(node)).toHaveProperty('data.cases.edges.2.node.status', 'OPEN')
  let isOver = false
  let answers = 0
  const asking = Array.from({ length: 3 }, async () => {
    while (!isOver) {
      expect((await asked(node)).errors).toBeUndefined()
      answers += 1
      await sleep(20)
    }
  })
  const live = join(world.folder, 'live')
  const { code, out, err } = await run(runBackup, live, '--env', env(), ...less)
  isOver = true
  await Promise.all(asking)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('SECRET KEYS ARE IN IT')
  const { manifest, faults } = await checkBackup(live)
  expect(faults).toEqual([])
  expect(answers).toBeGreaterThan(0)
  expect(manifest.log?.size).toBeGreaterThan(1)
  if (hasServer) expect(manifest.rows?.tables['cases.case_file']).toBe(COUNT)
  await expect
    .poll(() => newestOf(home, 'backup'))
    .toMatchObject({
      ...{ manifest: await hashOf(live), files: manifest.files.length, entries: manifest.log?.size },
      ...{ hasKeys: true, hasSalts: true, rows: hasServer ? expect.any(Number) : null, by: { source: 'OS_USER' } },
    })
})

it.each([
  ['while the backup is made', 'busy', () => true, /expected a new or an empty folder/],
  [
    'when its manifest is there',
    'late',
    (draft: string) => existsSync(join(draft, 'manifest.json')),
    /expected that .* stays empty; files came into it/,
  ],
])('a file that comes into the target %s stays, and there is no backup', async (_when, name, isNow, message) => {
  const target = join(world.folder, name)
  await mkdir(target)
  const theirs = join(target, 'theirs.txt')
  // The clock is read in the draft, and for the entry, which is written last.
  const draft = `${target}.unfinished`
  const now = (): number => {
    if (existsSync(draft) && isNow(draft)) writeFileSync(theirs, 'of somebody else')
    return Date.now()
  }
  const options = { place: await readNodePlace({ env: env() }, {}), target, now, onRows: () => undefined }
  const made = makeBackup({ ...options, hasKeys: false, hasSalts: false, hasRows: false })
  await expect(made).rejects.toThrow(message)
  expect(await readText(theirs)).toBe('of somebody else')
  expect((await readdir(world.folder)).filter((each) => each.startsWith(name))).toEqual([name])
})

const hashOf = async (folder: string) => hash('sha256', await readFile(join(folder, 'manifest.json')))

/** Reads the newest published entry of a kind in the log of a node. */
async function newestOf(folder: string, kind: string): Promise<Entry | undefined> {
  const state = await readLogState(folder, await signerOf(world.at('keys/audit-log.key')))
  let newest: Entry | undefined
  if (state === null) return newest
  for await (const { bytes } of readEntries(state.source, state.size)) {
    const entry = parseEntry(bytes)
    if (entry.kind === kind) newest = entry
  }
  return newest
}

describe('a restored node', () => {
  /** The thumbprint of the key that will replace the node’s, which partners have already. */
  let prepared: string

  beforeAll(async () => {
    await node.close()
    if (hasServer) await rows.close()
    prepared = (await prepareNodeKey(world.at('keys/leg.jwk.json'))).thumbprint
    expect(await run(runBackup, backup, '--env', env(), ...less)).toMatchObject({ code: 0, err: '' })
  })

  it('answers the same, and its log goes on, if nobody has seen more of it', async () => {
    const empty = hasServer ? await openEmptyDatabase() : null
    const into = join(world.folder, 'restored')
    const place = empty === null ? [] : ['--database-url', empty.url ?? '']
    // What the log has behind the backup was not seen by the gateway.
    const copy = join(world.folder, 'surviving')
    await cp(join(backup, 'audit-log'), copy, { recursive: true })
    const { code, out, err } = await run(runRestore, backup, '--into', into, ...place, '--old-log', copy)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Its audit log goes on')
    expect((await stat(join(into, 'keys/audit-log.key'))).mode & 0o777).toBe(0o600)
    const { config } = await readNodePlace({ env: join(into, 'node.env') }, {})
    expect(config.contactPoint).toBe('Unidad "A" de enlace')
    expect(await prepareNodeKey(join(into, 'keys/leg.jwk.json'))).toEqual({ thumbprint: prepared, isNew: false })
    // The country's file names it, and cannot be read without it.
    expect(await readText(join(into, 'rules/node-ca.pem'))).toBe(await readText(world.at('rules/node-ca.pem')))
    const restored = await startCountry(config, hasServer ? {} : { db: rows })
    try {
      expect(await asked(restored)).toHaveProperty('data.cases.edges.2.node.status', 'OPEN')
      if (empty !== null) expect(await countCases(empty.db)).toBe(COUNT)
      const manifest = await hashOf(backup)
      await expect
        .poll(() => newestOf(join(into, 'audit-log'), 'restore'), { timeout: 20_000 })
        .toMatchObject({ manifest, log: 'OF_NODE', country: 'HN' })
    } finally {
      await restored.close()
    }
    const signer = await signerOf(join(into, 'keys/audit-log.key'))
    const [before, after] = [await readManifest(backup), await readLogState(join(into, 'audit-log'), signer)]
    expect(after?.size).toBeGreaterThan(before.log?.size ?? 0)
    await empty?.close()
    const again = await run(runRestore, backup, '--into', into, ...place, '--old-log', copy)
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('expected a folder that does not exist') })
  })
})

describe('a restore that would fork the log refuses, and says what to do:', () => {
  const into = (): string => join(world.folder, 'refused')
  const restoreWith = (...args: string[]) => run(runRestore, light(), '--into', into(), ...args)

  beforeAll(async () => {
    expect(await run(runBackup, light(), '--env', env(), '--without-rows')).toMatchObject({ code: 0, err: '' })
    // The node that was backed up goes on.
    const log = await openLog({ folder: join(home, 'log'), signer: await signerOf(world.at('keys/audit-log.key')) })
    await log.append(canonicalBytes({ v: 1, kind: 'node-heartbeat', time: new Date().toISOString() }))
    await log.close()
  })

  async function headOf(folder: string) {
    const state = await readLogState(folder, await signerOf(world.at('keys/audit-log.key')))
    if (state === null) throw new Error('expected a log')
    return state
  }

  it.each([
    ['nobody was asked', async () => [], 'nobody could say whether this is the newest copy'],
    [
      'the gateway has seen more',
      async () => {
        const { size } = (await readManifest(light())).log ?? { size: 0 }
        const file = join(world.folder, 'heads.json')
        await writeFile(file, JSON.stringify({ 'istmo.mp.hn/hn': { size: size + 1, checkpoint: '0'.repeat(64) } }))
        return ['--gateway-checkpoint', file]
      },
      'would have two histories',
    ],
    [
      'the gateway has seen another tree of the same size',
      async () => {
        const { size } = (await readManifest(light())).log ?? { size: 0 }
        const file = join(world.folder, 'fork.json')
        await writeFile(file, JSON.stringify({ 'istmo.mp.hn/hn': { size, checkpoint: '0'.repeat(64) } }))
        return ['--gateway-checkpoint', file]
      },
      'another tree of',
    ],
    [
      'the gateway has seen a later shard',
      async () => {
        const file = join(world.folder, 'shard.json')
        await writeFile(file, JSON.stringify({ 'istmo.mp.hn/hn/2026-12': { size: 1, checkpoint: '0'.repeat(64) } }))
        return ['--gateway-checkpoint', file]
      },
      'would have two histories',
    ],
    [
      'the node had another log with the same key',
      async () => {
        const other = join(world.folder, 'other')
        const { size } = (await readManifest(light())).log ?? { size: 0 }
        const signer = await signerOf(world.at('keys/audit-log.key'))
        const log = await openLog({ folder: join(other, 'log'), signer })
        for (let at = 0; at <= size; at += 1) await log.append(canonicalBytes({ at }))
        await log.close()
        return ['--old-log', other]
      },
      'would have two histories',
    ],
    [
      'a checkpoint of the log is larger',
      async () => {
        const file = join(world.folder, 'note')
        await writeFile(file, (await headOf(home)).note)
        return ['--gateway-checkpoint', file]
      },
      'would have two histories',
    ],
  ])('%s', async (_, evidence, message) => {
    const { code, out, err } = await restoreWith(...(await evidence()))
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(message)
    expect(err).toContain('--new-log NAME')
    await expect(stat(into())).rejects.toThrow('ENOENT')
  })

  it('but it takes the log that the node had until now, if that continues the one of the backup', async () => {
    const { code, err } = await restoreWith('--old-log', home)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const [ours, theirs] = [await headOf(join(into(), 'audit-log')), await headOf(home)]
    expect(ours.note).toBe(theirs.note)
    // Behind the backup are its own entry and what the node wrote afterwards.
    expect(ours.size).toBe(((await readManifest(light())).log?.size ?? 0) + 2)
    await rm(into(), { recursive: true })
  })

  it('and it does not take one that a process still writes', async () => {
    const log = await openLog({ folder: join(home, 'log'), signer: await signerOf(world.at('keys/audit-log.key')) })
    const { code, err } = await restoreWith('--old-log', home)
    await log.close()
    expect({ code, err: err.includes('expected a log that nobody writes') }).toEqual({ code: 2, err: true })
  })

  it('with a new name it begins a new log, and keeps the old one', async () => {
    const { code, out } = await restoreWith('--new-log', 'istmo.mp.hn/hn-2')
    expect(code).toBe(0)
    const [vkey = ''] = /^istmo\.mp\.hn\/hn-2\+\S+$/m.exec(out) ?? []
    const signer = await signerOf(join(into(), 'keys/audit-log.key'))
    expect(signer.verifier.vkey).toBe(vkey)
    expect(await readLogState(join(into(), 'audit-log'), signer)).toBeNull()
    const { size } = (await readManifest(light())).log ?? { size: 0 }
    const old = await readLogState(
      join(into(), `audit-log-until-${size}`),
      await signerOf(world.at('keys/audit-log.key')),
    )
    expect(old?.size).toBe(size)
  })
})

it('a restore says which files the country’s file names by absolute paths, and where their copies are', async () => {
  const file = world.at('rules/HN.yaml')
  const [rules, named] = [await readText(file), world.at('rules/HN.cedar')]
  const [folder, into] = [join(world.folder, 'absolute'), join(world.folder, 'absolute-restored')]
  await writeFile(file, rules.replace('policies: HN.cedar', `policies: ${named}`))
  expect(await run(runBackup, folder, '--env', env(), '--without-rows')).toMatchObject({ code: 0, err: '' })
  await writeFile(file, rules)
  const { code, out } = await run(runRestore, folder, '--into', into, '--new-log', 'istmo.mp.hn/hn-3')
  expect(code).toBe(0)
  expect(out).toContain(`${join(into, 'rules/HN.yaml')} names files by absolute paths`)
  expect(out).toContain(`- policies: HN.cedar in place of ${named}\n`)
  expect(out).not.toContain('node-ca.pem')
})

describe('a backup that is not whole', () => {
  const damaged = (): string => join(world.folder, 'damaged')

  it.each([
    ['a byte of a tile', 'audit-log/log/tile/entries', 'flip'],
    ['a byte of a file', hasServer ? 'rows-copy/cases.case_file.jsonl.gz' : 'keys/leg.jwk.json', 'flip'],
    ['a missing key', 'keys/audit-log.key', 'remove'],
    ['a file that nobody put there', 'rules/more.cedar', 'add'],
    ['a shorter checkpoint', 'audit-log/log/checkpoint', 'cut'],
  ] as const)('is found by --check and never restored: %s', async (_, path, how) => {
    await rm(damaged(), { recursive: true, force: true })
    await cp(backup, damaged(), { recursive: true })
    const found = await firstFile(join(damaged(), path), how)
    const before = how === 'add' ? Buffer.from('x') : await readFile(found)
    if (how === 'remove') await rm(found)
    if (how === 'add') await writeFile(found, before)
    if (how === 'cut') await writeFile(found, before.subarray(0, -1))
    if (how === 'flip') {
      before[before.length - 5] = (before.at(-5) ?? 0) ^ 1
      await writeFile(found, before)
    }
    const checked = await run(runRestore, damaged(), '--check')
    expect(checked.code).toBe(1)
    expect(checked.err.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(1)
    const into = join(world.folder, 'never')
    expect((await run(runRestore, damaged(), '--into', into, '--new-log', 'x')).code).toBe(1)
    await expect(stat(into)).rejects.toThrow('ENOENT')
  })

  async function firstFile(path: string, how: string): Promise<string> {
    if (how === 'add') {
      await mkdir(join(path, '..'), { recursive: true })
      return path
    }
    if ((await stat(path)).isFile()) return path
    const [name] = (await readdir(path, { recursive: true, withFileTypes: true })).filter((each) => each.isFile())
    return join(name?.parentPath ?? path, name?.name ?? '')
  }

  /** Makes the copy of a backup that somebody changed who also wrote its manifest again. */
  async function forge(change: (folder: string) => Promise<void>, more: object = {}): Promise<void> {
    await rm(damaged(), { recursive: true, force: true })
    await cp(light(), damaged(), { recursive: true })
    await change(damaged())
    const manifest = { ...(await readManifest(damaged())), files: await listFiles(damaged()), ...more }
    await writeFile(join(damaged(), 'manifest.json'), JSON.stringify(manifest))
  }
  const restoreForged = () => run(runRestore, damaged(), '--into', join(world.folder, 'never'), '--new-log', 'new.hn/1')

  it('does not lead out of its folder, although its manifest says that it is whole', async () => {
    const outside = join(world.folder, 'outside.key')
    await cp(world.at('keys/audit-log.key'), outside)
    const before = await readText(outside)
    await forge(async (folder) => {
      const text = await readText(join(folder, 'node.env'))
      await writeFile(
        join(folder, 'node.env'),
        text.replace(/^AUDIT_LOG_KEY_FILE=.*$/m, 'AUDIT_LOG_KEY_FILE=../outside.key'),
      )
    })
    expect(await restoreForged()).toMatchObject({ code: 1, err: expect.stringContaining('it leads out of it') })
    expect(await readText(outside)).toBe(before)
    const { files } = await readManifest(light())
    await forge(
      async (folder) => {
        await rm(join(folder, 'keys/leg.jwk.json'))
        await symlink(outside, join(folder, 'keys/leg.jwk.json'))
      },
      { files },
    )
    expect(await restoreForged()).toMatchObject({ code: 1, err: expect.stringContaining('the file is missing') })
    await forge(async () => undefined, { domains: ['../../tmp/x'] })
    expect(await restoreForged()).toMatchObject({ code: 1, err: expect.stringContaining('domains.0') })
    await forge(async (folder) => writeFile(join(folder, 'a\u001b[2J'), 'x'), { files })
    const { err } = await restoreForged()
    expect(err).toContain('a\\u001b[2J: the manifest does not have this file')
    expect(err).not.toContain('\u001b')
  })

  it('says that it is no backup, if there is no manifest', async () => {
    await rm(join(damaged(), 'manifest.json'))
    expect(await run(runRestore, damaged(), '--check')).toMatchObject({
      code: 1,
      err: expect.stringContaining('expected the manifest of a backup; there is no such file or folder (ENOENT)'),
    })
  })
})

it('without keys there is no secret in it, and it says which files are missing', async () => {
  const target = join(world.folder, 'open')
  const { code, out } = await run(
    runBackup,
    target,
    '--env',
    env(),
    '--without-keys',
    '--without-rows',
    '--without-salts',
  )
  expect(code).toBe(0)
  expect(out).toContain('keys/leg.jwk.json, keys/audit-log.key, keys/audit-log-refs.json')
  const names = await readdir(target, { recursive: true })
  expect(names.filter((name) => /keys\/|hours/.test(name))).toEqual([])
  expect(await readText(join(target, 'node.env'))).not.toMatch(/postgres:\/\/[^@]*:[^@]+@/)
})
