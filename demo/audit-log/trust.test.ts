import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { describeUnsafeQuorum, isQuorum, parsePolicy } from '../../audit/note/policy.ts'
import { readOversightSettings } from '../../auditors/oversight/config.ts'
import { homeIn } from '../home.ts'
import { writeOversightFile } from '../supervisor/run-files.ts'
import { auditLogHomeIn, writeTrust } from './trust.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-trust-'))
  await writeTrust(folder, 4000)
})
afterAll(() => rm(folder, { recursive: true }))

const read = async (name: 'policy' | 'nationalPolicy') => readFile(auditLogHomeIn(folder)[name], 'utf8')

describe('the trust policy of the demo', () => {
  it('accepts a checkpoint without any one of four witnesses, but not without two, and survives a captured one', async () => {
    const policy = parsePolicy(await read('policy'))
    expect(policy.logs.map(({ verifier }) => verifier.name)).toEqual(['istmo.example/gateway'])
    const names = policy.witnesses.map(({ name }) => name)
    expect(names).toEqual(['GT', 'HN', 'SV', 'observer'])
    for (const silent of names) {
      expect(isQuorum(policy, new Set(names.filter((name) => name !== silent)))).toBe(true)
      for (const other of names) {
        if (other === silent) continue
        expect(isQuorum(policy, new Set(names.filter((name) => name !== silent && name !== other)))).toBe(false)
      }
    }
    expect(describeUnsafeQuorum(policy)).toBeUndefined()
  })

  it('names each country’s log, without witnesses', async () => {
    const { logs, quorum } = parsePolicy(await read('nationalPolicy'))
    expect(logs.map(({ verifier }) => verifier.name)).toContain('istmo.example/hn')
    expect(quorum).toBe('none')
  })

  it('replaces that of an earlier version, in which two of three were enough, and keeps all keys', async () => {
    const home = auditLogHomeIn(folder)
    const present = await read('policy')
    const older = present
      .replace(/witness SV .*\n/, '')
      .replace('group most 3 GT HN SV observer', 'group two-of-three 2 GT HN observer')
      .replace('quorum most', 'quorum two-of-three')
    await writeFile(home.policy, older)
    const message = await writeTrust(folder, 4000)
    expect(message).toMatch(/was replaced, because the quorum two-of-three is 2 of 3; .*policy\.old\.$/)
    expect(await read('policy')).toBe(present)
    expect(await readFile(`${home.policy}.old`, 'utf8')).toBe(older)
    expect(await writeTrust(folder, 4000)).toBeUndefined()
  })

  it('keeps its keys at a restart, and takes over the new ports', async () => {
    const before = await read('policy')
    await writeTrust(folder, 5000)
    expect(await read('policy')).toBe(before.replaceAll('127.0.0.1:40', '127.0.0.1:50'))
    expect((await stat(auditLogHomeIn(folder).witnessKey('GT'))).mode & 0o777).toBe(0o600)
  })

  it('has the auditors’ own log cosigned by the same witnesses, which watch it, and oversight knows them', async () => {
    const home = homeIn(folder)
    await writeTrust(home.auditLog, 4000, ['authority.example/gt+key'])
    await writeOversightFile(home, 4000)
    const places = auditLogHomeIn(home.auditLog)
    const settings = await readOversightSettings(places.oversightFile)
    expect(settings.trustPolicy).toBe(places.oversightPolicy)
    const policy = parsePolicy(await readFile(places.oversightPolicy, 'utf8'))
    expect(policy.logs.map(({ verifier }) => verifier.name)).toEqual(['istmo.example/oversight'])
    const withoutLogs = async (file: string) => (await readFile(file, 'utf8')).replace(/^log .*$/gm, '')
    expect(await withoutLogs(places.oversightPolicy)).toBe(await withoutLogs(places.policy))
    for (const { name } of policy.witnesses) {
      const { logs } = parse(await readFile(places.witnessConfig(name), 'utf8'))
      expect(logs).toEqual([policy.logs[0]?.verifier.vkey, 'authority.example/gt+key'])
    }
  })
})
