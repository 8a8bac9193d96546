import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WRITERS, writeEveryKind } from '../audit-cli/every-kind.ts'
import { auditHere } from '../audit-cli/istmo.ts'

/** The independent checker reads logs that have every kind of entry, and exports of them. */

const CHECKER = fileURLToPath(new URL('../../audit/independent/check.py', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-every-kind-'))
  await writeEveryKind(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The last line, which is the verdict. What is not «holds» rejects with the output. */
async function check(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-B', CHECKER, ...args, '--policy', 'policy'], {
    cwd: folder,
  })
  return stdout.trimEnd().split('\n').at(-1) ?? ''
}

it('logs of every kind of entry hold', async () => {
  expect(await check('log', ...WRITERS)).toBe('HOLDS')
})

it('one log holds, if the reader says that the others of the trust policy are not looked at', async () => {
  const only = ['--only', 'istmo.example/gateway']
  expect(await check('log', 'gateway', ...only)).toBe('HOLDS')
  await expect(check('log', 'gateway')).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('ORIGIN') })
  await expect(check('log', 'hn', ...only)).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('ORIGIN'),
  })
  await expect(check('log', 'gateway', '--only', 'istmo.example/other')).rejects.toMatchObject({ code: 2 })
})

it.each([[[]], [['--country', 'HN', '--whole-old-entries']]])('an export holds, with %j', async (country) => {
  const own = ['--own-log', 'own', '--own-key', 'authority.key', '--reader', 'auditor-7', '--policy', 'policy']
  const made = await auditHere(['export', '--log', 'gateway', ...own, ...country, '--out', 'gateway.jsonl'], folder)
  expect([made.code, made.stderr]).toEqual([0, ''])
  expect(await check('export', 'gateway.jsonl')).toBe('HOLDS')
})
