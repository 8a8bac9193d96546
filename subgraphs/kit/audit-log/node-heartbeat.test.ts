import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it, vi } from 'vitest'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../../audit/note/key.ts'
import { parseNote } from '../../../audit/note/note.ts'
import { parsePolicy } from '../../../audit/note/policy.ts'
import { readKeyFile, rotateKeyFile } from '../../../audit/pseudonym/key-file.ts'
import { pseudonymOf } from '../../../audit/pseudonym/pseudonym.ts'
import { readEntries } from '../../../audit/verify/read-log.ts'
import { folderSource } from '../../../audit/verify/source.ts'
import { verifyLog } from '../../../audit/verify/verify-log.ts'
import { createPolicySet } from '../../../contract/access/policy-set.ts'
import { parseEntry } from '../../../contract/audit-log/entry.ts'
import { HEARTBEAT_EVERY_MS } from '../../../service/audit-log/heartbeat.ts'
import type { CountryRules } from '../rules.ts'
import { openNodeAuditLog } from './node-audit-log.ts'

it('a national node says with which key it starts, and writes a heartbeat every ten minutes, so that its log shows that it lives', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-node-heartbeat-'))
  try {
    const [auditLogKey, auditLogRefKeys] = [join(folder, 'key'), join(folder, 'refs.json')]
    await writeFile(auditLogKey, generateSignerKey('istmo.example/hn', SIGNATURE_TYPES.ed25519))
    await rotateKeyFile(auditLogRefKeys, 0)
    let nowMs = Date.parse('2026-11-24T20:15:00.000Z')
    const access = { country: 'HN', taskForces: [], policies: createPolicySet('HN', '') }
    const files = { folder: join(folder, 'record'), key: auditLogKey, refKeys: auditLogRefKeys }
    const log = await openNodeAuditLog({
      ...{ files, country: 'HN', domains: ['cases'], log: pino({ level: 'silent' }), now: () => nowMs },
      rules: { access, sdl: new Map() } as unknown as CountryRules,
    })
    nowMs += HEARTBEAT_EVERY_MS
    const source = folderSource(join(files.folder, 'log'))
    const read = async (size: number) => {
      const entries = []
      for await (const { bytes } of readEntries(source, size)) entries.push(parseEntry(bytes))
      return entries
    }
    await vi.waitFor(async () => expect(await read(2)).toHaveLength(2), { timeout: 10_000 })
    await log.close()
    const keyCheck = pseudonymOf('country', 'HN', await readKeyFile(auditLogRefKeys))
    expect((await read(1))[0]).toMatchObject({ kind: 'node-start', v: 2, keyCheck })
    expect((await read(3)).map(({ kind, time }) => [kind, time])).toEqual([
      ['node-start', '2026-11-24T20:15:00.000Z'],
      ['node-heartbeat', '2026-11-24T20:25:00.000Z'],
      ['node-stop', '2026-11-24T20:25:00.000Z'],
    ])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

it('a national node that nobody asks and nobody cosigns for ten minutes starts again, and its log has grown by its heartbeat only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-node-idle-'))
  try {
    const [auditLogKey, auditLogRefKeys] = [join(folder, 'key'), join(folder, 'refs.json')]
    const key = generateSignerKey('istmo.example/hn', SIGNATURE_TYPES.ed25519)
    await writeFile(auditLogKey, key)
    await rotateKeyFile(auditLogRefKeys, 0)
    const startMs = Date.now() - 3_600_000
    let nowMs = startMs
    const access = { country: 'HN', taskForces: [], policies: createPolicySet('HN', '') }
    const files = { folder: join(folder, 'record'), key: auditLogKey, refKeys: auditLogRefKeys }
    const start = () =>
      openNodeAuditLog({
        ...{ files, country: 'HN', domains: ['cases'], log: pino({ level: 'silent' }), now: () => nowMs },
        rules: { access, sdl: new Map() } as unknown as CountryRules,
      })
    const source = folderSource(join(files.folder, 'log'))
    const policy = parsePolicy(`log ${parseSignerKey(key).verifier.vkey}\nquorum none\n`)
    const verify = () => verifyLog(source, policy)
    const idle = await start()
    nowMs += HEARTBEAT_EVERY_MS
    await vi.waitFor(async () => expect((await verify()).size).toBe(2))
    await idle.close()
    const again = await start()
    await again.close()
    const { findings, size } = await verify()
    expect([findings, size]).toEqual([[], 5])
    const kinds: string[] = []
    for await (const { bytes } of readEntries(source, 5)) kinds.push(parseEntry(bytes).kind)
    expect(kinds).toEqual(['node-start', 'node-heartbeat', 'node-stop', 'node-start', 'node-stop'])
    const checkpoint = Buffer.from((await source.read('checkpoint')) ?? []).toString('utf8')
    expect(parseNote(checkpoint).signatures).toHaveLength(1)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
