/** A file that the console exported, as `istmo audit check-file` finds it in the log of the officer's authority. */
import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idAt, refOf } from '../../audit/index/testing.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { auditHere } from '../audit-cli/istmo.ts'
import { writeLog, writePolicy } from '../audit-cli/logs.ts'

const START_MS = Date.parse('2026-11-28T01:00:00Z')
const ENTRY = idAt(START_MS, 1)
const REQUESTS = [2, 3].map((at) => idAt(START_MS, at))
const FILE = Buffer.from(
  '\uFEFFCaso,Nombre\r\nGT:1,Erick Ramírez\r\nHN:2,Ana Zúñiga\r\n\r\nSal,abcdefghijklmnopqrstuv\r\n',
)

describe('istmo audit check-file', () => {
  let folder: string
  const check = (...args: string[]) => auditHere(['check-file', ...args], folder)
  const prove = (log: string, entry: string, out: string, policy = 'policy') =>
    auditHere(['prove', entry, '--log', log, '--policy', policy, '--out', out], folder)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'istmo-exported-'))
    const key = generateSignerKey('authority.mp.gob.gt/log', SIGNATURE_TYPES.ed25519)
    const signer = parseSignerKey(key)
    const entryOf = (id: string, digest: string) => ({
      ...{ v: 1, kind: 'export', id, time: '2026-11-28T01:00:00.000Z', origin: 'authority.mp.gob.gt/log' },
      ...{ officer: refOf(1), grant: 'g', client: 'console', gateway: 'istmo', mandate: 'm'.repeat(43) },
      ...{ requests: REQUESTS, format: 'csv', rows: 2, digest },
    })
    const digests = [hash('sha256', 'another file', 'hex'), hash('sha256', FILE, 'hex'), 'd'.repeat(43)]
    const entries = digests.map((digest, at) => entryOf(at === 1 ? ENTRY : idAt(START_MS, 9 + at), digest))
    await writeLog(join(folder, 'log'), signer, entries)
    await writePolicy(folder, [signer])
    await writeFile(join(folder, 'file.csv'), FILE)
    await writeFile(join(folder, 'changed.csv'), FILE.toString('utf8').replace('Zúñiga', 'Zúniga'))
    for (const at of ['0', '1', '2']) await prove('log', at, `${at}.tlog-proof`)
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('says of a file which export it is of, from which requests, and that it holds', async () => {
    const { code, stdout } = await check('file.csv', '--proof', '1.tlog-proof', '--policy', 'policy')
    expect(stdout).toContain(`entry ${ENTRY} of 2026-11-28T01:00:00.000Z: csv, 2 records`)
    for (const request of REQUESTS) expect(stdout).toContain(`from the request ${request} at istmo`)
    expect(stdout).toContain('HOLDS: this is the file of the entry, byte by byte')
    expect(code).toBe(0)
  })

  it('takes the proof through a pipe too, which can be read once', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    const written = readFile(join(folder, '1.tlog-proof')).then((proof) => writeFile(join(folder, 'pipe'), proof))
    const { code, stdout } = await check('file.csv', '--proof', 'pipe', '--policy', 'policy')
    await written
    expect([code, stdout]).toEqual([0, expect.stringContaining('HOLDS')])
  })

  it('finds one changed letter', async () => {
    const { code, stdout } = await check('changed.csv', '--proof', '1.tlog-proof', '--policy', 'policy')
    expect(stdout).toMatch(/the file of entry .*: expected [\da-f]{64}, came [\da-f]{64}\nDOES NOT HOLD/)
    expect(code).toBe(1)
  })

  it('cannot tell without the entry, and says how its SHA-256 finds it', async () => {
    const { code, stderr, stdout } = await check('file.csv')
    const digest = hash('sha256', FILE, 'hex')
    expect([code, stdout.trim()]).toEqual([2, `file.csv: SHA-256 ${digest}`])
    expect(stderr).toContain(`istmo audit prove ${digest} --log LOG`)
    expect((await prove('log', digest, 'found.tlog-proof')).code).toBe(0)
    expect(await readFile(join(folder, 'found.tlog-proof'), 'utf8')).toBe(
      await readFile(join(folder, '1.tlog-proof'), 'utf8'),
    )
    expect((await prove('log', hash('sha256', 'never exported', 'hex'), 'none')).code).toBe(1)
  })

  it('cannot tell by the entry of an older tool, which has a digest of records, and names where it is said how to', async () => {
    const { code, stderr } = await check('file.csv', '--proof', '2.tlog-proof', '--policy', 'policy')
    expect([code, stderr]).toEqual([2, expect.stringContaining('a digest of records, as older tools noted it')])
  })

  it('does not believe an entry of the authority in the log of somebody else', async () => {
    const stranger = parseSignerKey(generateSignerKey('stranger.example/log', SIGNATURE_TYPES.ed25519))
    const { extra } = parseTlogProof(await readFile(join(folder, '1.tlog-proof'), 'utf8'))
    await writeLog(join(folder, 'stranger'), stranger, [JSON.parse(Buffer.from(extra ?? []).toString('utf8'))])
    await writePolicy(folder, [stranger], [], 'stranger-policy')
    await prove('stranger', '0', 'stranger.tlog-proof', 'stranger-policy')
    const policy = ['--policy', 'stranger-policy']
    const { code, stdout } = await check('file.csv', '--proof', 'stranger.tlog-proof', ...policy)
    expect(stdout).toContain('expected an entry of the log authority.mp.gob.gt/log, came one of stranger.example/log')
    expect(code).toBe(1)
  })

  it('refuses the entry of another export, and a proof without a policy', async () => {
    const other = await check('file.csv', '--proof', '0.tlog-proof', '--policy', 'policy')
    expect([other.code, other.stdout]).toEqual([1, expect.stringContaining('DOES NOT HOLD')])
    const noPolicy = await check('file.csv', '--proof', '1.tlog-proof')
    expect([noPolicy.code, noPolicy.stderr]).toEqual([2, expect.stringContaining('expected --policy with --proof')])
  })
})
