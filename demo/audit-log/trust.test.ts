import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isQuorum, parsePolicy } from '../../audit/note/policy.ts'
import { auditLogHomeIn, writeTrust } from './trust.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-trust-'))
  await writeTrust(folder, 4000)
})
afterAll(() => rm(folder, { recursive: true }))

const read = async (name: 'policy' | 'nationalPolicy') => readFile(auditLogHomeIn(folder)[name], 'utf8')

describe('the trust policy of the demo', () => {
  it('accepts a checkpoint without any one of the witnesses, but not without two', async () => {
    const policy = parsePolicy(await read('policy'))
    expect(policy.logs.map(({ verifier }) => verifier.name)).toEqual(['istmo.example/gateway'])
    const names = policy.witnesses.map(({ name }) => name)
    expect(names).toEqual(['GT', 'HN', 'observer'])
    for (const silent of names) {
      expect(isQuorum(policy, new Set(names.filter((name) => name !== silent)))).toBe(true)
      expect(isQuorum(policy, new Set([silent]))).toBe(false)
    }
  })

  it('names each country’s log, without witnesses', async () => {
    const { logs, quorum } = parsePolicy(await read('nationalPolicy'))
    expect(logs.map(({ verifier }) => verifier.name)).toContain('istmo.example/hn')
    expect(quorum).toBe('none')
  })

  it('keeps its keys at a restart, and takes over the new ports', async () => {
    const before = await read('policy')
    await writeTrust(folder, 5000)
    expect(await read('policy')).toBe(before.replaceAll(':40', ':50'))
    expect((await stat(auditLogHomeIn(folder).witnessKey('GT'))).mode & 0o777).toBe(0o600)
  })
})
