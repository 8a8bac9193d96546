import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENTRY_KINDS } from '../../contract/audit-log/entry.ts'
import { checkFiles } from '../../tools/check-page/check-files.ts'
import { RECORD, WRITERS, type Written, writeEveryKind } from './every-kind.ts'
import { auditHere, type Ended } from './istmo.ts'

/** Each command that reads logs reads logs that have every kind of entry. */

let folder: string
let written: Written

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-every-kind-'))
  written = await writeEveryKind(folder)
  const made = await audit('desk', 'desk', '--reader', 'auditor-7', '--name', 'audit.example/7', '--policy', 'policy')
  expect(said(made)).toBe('0: ')
  await writeFile(join(folder, 'own-policy'), `log ${made.stdout.trim()}\nquorum none\n`)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const audit = (...args: readonly string[]): Promise<Ended> => auditHere(args, folder)
/** The exit code, and what the command wrote beside its answer; its whole answer if the code is not 0. */
const said = ({ code, stdout, stderr }: Ended): string => `${code}: ${stderr}${code === 0 ? '' : stdout}`
const desk = ['--desk', 'desk']

interface Rows {
  readonly entries: readonly Row[]
}
interface Row {
  readonly log: string
  readonly position: number
  readonly kind: string
  readonly id: string
}
const key = ({ log, position }: Row): string => `${log} ${String(position).padStart(9, '0')}`
const compare = (one: string, other: string): number => (one < other ? -1 : 1)
/** The parts of other entries, which have no row of their own. */
const PARTS: readonly string[] = ['continuation', 'leg-detail']

const logOf = (name: string) => ['--log', name, ...desk]
async function json<Answer>(...args: readonly string[]): Promise<Answer> {
  const ended = await audit(...args, '--json')
  expect(said(ended)).toMatch(/^0: /)
  return JSON.parse(ended.stdout) as Answer
}

describe('logs in which each writer wrote every kind of entry', () => {
  it('have every kind that the contract knows', async () => {
    const kinds = new Set(Object.values(written).flatMap((entries) => entries.map(({ kind }) => kind as string)))
    for (const name of WRITERS) {
      for (const joining of ['key-rotation', 'shard-end', 'shard-start']) {
        const found = await audit('search', '--no-index', ...logOf(name), '--kind', joining)
        if (found.code === 0) kinds.add(joining)
      }
    }
    expect([...kinds].toSorted()).toEqual(ENTRY_KINDS.toSorted())
  })

  it('are verified', async () => {
    const answer = await json('verify', ...WRITERS, '--policy', 'policy')
    expect(answer).toMatchObject({ verdict: 'HOLDS', findings: [] })
  })

  it('are verified one by one, if the reader names the log that must be there', async () => {
    const one = (place: string, ...only: readonly string[]) => audit('verify', place, '--policy', 'policy', ...only)
    const named = await one('gateway', '--only', 'istmo.example/gateway')
    expect(said(named)).toBe('0: ')
    expect(named.stdout).toMatch(/^istmo\.example\/gateway {2}gateway/m)
    for (const other of ['hn', 'authority'])
      expect(named.stdout).toContain(`not looked at, although the trust policy names it: istmo.example/${other}\n`)
    // Whoever serves the log of another gateway in place of the own one is found.
    expect((await one('hn', '--only', 'istmo.example/gateway')).stdout).toMatch(/ORIGIN istmo\.example\/gateway: /)
    const unnamed = await one('gateway')
    expect(unnamed.stdout).toMatch(/ORIGIN istmo\.example\/hn: [\s\S]*--only NAME\.\n$/)
    expect([unnamed.code, (await one('gateway', '--only', 'istmo.example/other')).code]).toEqual([1, 2])
  })

  it('are found by the index as without it, and the index says what the logs say', async () => {
    const all = [...desk, '--first', '1000']
    const read: Row[] = []
    for (const name of WRITERS) {
      expect(said(await audit('index', '--log', name, '--policy', 'policy', '--db', 'db'))).toBe('0: ')
      const answer = await json<Rows>('search', '--no-index', '--log', name, ...all)
      const rows = written[name].filter(({ kind }) => !PARTS.includes(kind)).map(({ id }) => id)
      expect(answer.entries.map(({ id }) => id)).toEqual(expect.arrayContaining(rows))
      read.push(...answer.entries)
    }
    const indexed = await json<Rows>('search', '--db', 'db', ...all)
    const sorted = (rows: readonly Row[]) => rows.toSorted((one, other) => compare(key(one), key(other)))
    expect(sorted(indexed.entries)).toEqual(sorted(read))
    for (const name of WRITERS)
      expect(said(await audit('index', '--check', '--log', name, '--policy', 'policy', '--db', 'db'))).toBe('0: ')
  })

  it.each(WRITERS)('are proved, and told in words on the page without a network: that of %s', async (name) => {
    const policy = { name: 'policy', text: await readFile(join(folder, 'policy'), 'utf8') }
    for (const { kind, id } of written[name].filter(({ kind }) => !PARTS.includes(kind))) {
      expect([
        kind,
        said(await audit('prove', id, '--log', name, '--policy', 'policy', '--out', `${kind}.proof`)),
      ]).toEqual([kind, '0: '])
      expect([kind, said(await audit('check', `${kind}.proof`, '--policy', 'policy'))]).toEqual([kind, '0: '])
      const proof = { name: 'a.tlog-proof', text: await readFile(join(folder, `${kind}.proof`), 'utf8') }
      for (const language of ['en', 'es'] as const) {
        const { verdict, proofs } = checkFiles([policy, proof], language)
        expect([kind, verdict, proofs[0]?.words?.title]).toEqual([kind, 'HOLDS', expect.stringMatching(/\S/)])
      }
    }
  })

  it.each(WRITERS)('are exported for a country and checked: that of %s', async (name) => {
    const out = `${name}.jsonl`
    expect(said(await audit('export', ...logOf(name), '--country', 'HN', '--whole-old-entries', '--out', out))).toBe(
      '0: ',
    )
    const checked = await audit('check', out, '--policy', 'policy', '--country', 'HN')
    // Only a gateway counts the parts of countries.
    if (name === 'gateway') expect(said(checked)).toMatch(/^0: /)
    else expect(said(checked)).toMatch(/^2: [^\n]* the log of \w+\.jsonl states no counts\n$/)
    expect(said(await audit('export', ...logOf(name), '--out', `all-${out}`))).toBe('0: ')
    expect(said(await audit('check', `all-${out}`, '--policy', 'policy'))).toBe('0: ')
    expect(said(await audit('export', ...logOf(name), '--ocsf', '--out', `ocsf-${out}`))).toBe('0: ')
    const policy = { name: 'policy', text: await readFile(join(folder, 'policy'), 'utf8') }
    const list = { name: out, text: await readFile(join(folder, out), 'utf8') }
    expect(checkFiles([policy, list], 'en')).toMatchObject({ verdict: name === 'gateway' ? 'HOLDS' : 'UNTOLD' })
  })

  it.each(WRITERS)('are not pruned if they are divided, and stay as they are: that of %s', async (name) => {
    const before = ['--before', '2026-11-01', '--policy', 'policy', '--key', `${name}.key`]
    const shards = /--log: expected a log that is not divided into shards; came one with 2 .*Nothing was changed/
    for (const place of [name, `${name}/log`, `${name}/shards/2026-11`]) {
      for (const dry of [[], ['--dry-run']]) {
        expect(await audit('prune', ...before, '--log', place, ...dry)).toMatchObject({
          ...{ code: 2, stderr: expect.stringMatching(shards) },
        })
      }
    }
    const verified = await audit('verify', name, '--policy', 'policy', '--only', `istmo.example/${name}`)
    expect(said(verified)).toBe('0: ')
  })

  it('say who saw a record, and agree with one another', async () => {
    const saw = await audit('who-saw', RECORD, ...logOf('hn'), '--keys', 'refs.json')
    expect(said(saw)).toBe('0: ')
    const reconciled = await audit('reconcile', 'gateway', 'hn', '--policy', 'policy')
    expect(reconciled.stdout, said(reconciled)).toMatch(/HOLDS/)
    const settings = {
      ownLog: 'hn',
      ownKey: 'hn.key',
      policies: ['policy'],
      counterparts: ['gateway'],
      state: 'state',
      firstDay: '2026-10-24',
    }
    await writeFile(join(folder, 'daily.yaml'), JSON.stringify(settings))
    const daily = await audit('daily', '--config', 'daily.yaml')
    expect(daily.stdout, said(daily)).toMatch(/HOLDS/)
  })

  it.each(WRITERS)('are reported for a court: one of %s', async (name) => {
    const [{ id } = { id: '' }] = written[name].filter(({ kind }) => !PARTS.includes(kind))
    expect(said(await audit('report', id, ...logOf(name), '--out', `${name}.html`))).toBe('0: ')
  })

  it('leave a log of the readings that is verified too', async () => {
    expect(said(await audit('search', '--no-index', ...logOf('hn'), '--first', '1'))).toBe('0: ')
    expect(await json('verify', 'desk/own', '--policy', 'own-policy')).toMatchObject({ verdict: 'HOLDS', findings: [] })
  })
})

describe('a log that is not divided, whose first bundle has every kind of entry', () => {
  let full: string
  let entries: Written
  beforeAll(async () => {
    full = await mkdtemp(join(tmpdir(), 'istmo-every-kind-full-'))
    entries = await writeEveryKind(full, 300)
    const made = ['desk', 'desk', '--reader', 'auditor-7', '--name', 'audit.example/7', '--policy', 'policy']
    expect(said(await auditHere(made, full))).toBe('0: ')
  })
  afterAll(() => rm(full, { recursive: true, force: true }))

  it.each(WRITERS)('is pruned: that of %s', async (name) => {
    const place = ['--log', name, '--policy', 'policy']
    const search = async (): Promise<readonly Row[]> => {
      const ended = await auditHere(['search', '--no-index', '--log', name, ...desk, '--first', '1000', '--json'], full)
      expect(said(ended)).toMatch(/^0: /)
      return (JSON.parse(ended.stdout) as Rows).entries
    }
    const before = ['--before', '2026-11-01', ...place, '--key', `${name}.key`]
    const pruned = await auditHere(['prune', ...before], full)
    expect(said(pruned)).toBe('0: ')
    expect(pruned.stdout).toMatch(/^Entries before 256 are gone: 1 bundles/)
    const verified = await auditHere(['verify', name, '--policy', 'policy', '--only', `istmo.example/${name}`], full)
    expect(said(verified)).toBe('0: ')
    expect(verified.stdout).toMatch(/bundles before entry 256 were pruned on [\s\S]*\nHOLDS/)
    const left = await search()
    const ids = new Set(left.map(({ id }) => id))
    expect(entries[name].filter(({ id }) => ids.has(id))).toEqual([])
    expect(left.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['prune']))
    // Nothing is left to prune, and a second time changes nothing.
    expect((await auditHere(['prune', ...before], full)).code).toBe(0)
    expect(said(await auditHere(['verify', name, '--policy', 'policy', '--only', `istmo.example/${name}`], full))).toBe(
      '0: ',
    )
  })
})
