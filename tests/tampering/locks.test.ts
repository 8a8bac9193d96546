import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog } from '../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'

/** Somebody lets a second process write to the log of a running one. */

const APPENDER = fileURLToPath(new URL('../audit/crash/appender.ts', import.meta.url))
const KEY = generateSignerKey('log.example/hn', SIGNATURE_TYPES.ed25519)
const signer = parseSignerKey(KEY)

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-locks-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe('a log that a process has open', () => {
  it('cannot be opened by another writer, also after somebody deleted its lock file, and still holds', async () => {
    const folder = join(home, 'log')
    const owner = spawn(process.execPath, ['--no-warnings', APPENDER, home, KEY, 'first'])
    const ended = once(owner, 'close')
    expect(String((await once(owner.stdout, 'data'))[0])).toMatch(/^OPEN\n/)
    // Somebody must read what it prints.
    owner.stdout.resume()
    await rm(join(folder, 'lock'))
    await expect(openLog({ folder, signer })).rejects.toThrow(FolderInUseError)
    // Nor when a writer that was refused has made the file again.
    await expect(openLog({ folder, signer })).rejects.toThrow(FolderInUseError)
    owner.kill('SIGKILL')
    await ended
    const log = await openLog({ folder, signer })
    expect(log.size()).toBeGreaterThan(0)
    await log.close()
    const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)
    expect((await verifyLog(folderSource(folder), policy)).findings).toEqual([])
  })
})
