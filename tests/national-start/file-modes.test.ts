import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { PROJECT_DIR } from '../../demo/config.ts'

/** What others may read, under the most generous umask. The files of all processes of a demo are in `tests/network`, of the demo in `tests/demo/demo.test.ts`. */

let folder: string
const umaskBefore = process.umask()

beforeAll(async () => {
  process.umask(0)
  folder = await mkdtemp(join(tmpdir(), 'istmo-modes-'))
})

afterAll(async () => {
  process.umask(umaskBefore)
  await rm(folder, { recursive: true, force: true })
})

/** Runs `istmo` to its end. */
async function istmo(...args: string[]): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [join(PROJECT_DIR, 'cli/istmo.ts'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += String(text)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stderr }
}

it('a witness does not start with a key that others can read, and says how to repair it', async () => {
  const key = join(folder, 'witness.key')
  await istmo('witness', '--new-key', 'witness.example/w', '--key', key)
  expect((await stat(key)).mode & 0o777).toBe(0o600)
  for (const mode of [0o604, 0o640]) {
    await chmod(key, mode)
    const log = parseSignerKey(generateSignerKey('istmo.example/a', SIGNATURE_TYPES.ed25519)).verifier.vkey
    const { code, stderr } = await istmo('witness', '--key', key, '--folder', join(folder, 'heads'), '--log', log)
    expect(stderr).toContain(`--key: other users of this machine may use ${key}. Run: chmod 600 ${key}`)
    expect(code).toBe(2)
  }
})

it('the folder of an older release is closed to others, and the operator is told', async () => {
  const data = join(folder, 'GT')
  await mkdir(data, { mode: 0o755 })
  await writeFile(join(data, 'names'), 'a name', { mode: 0o644 })
  const program = `import { lockFolder } from ${JSON.stringify(join(PROJECT_DIR, 'service/folder-lock/folder-lock.ts'))}
    ;(await lockFolder(${JSON.stringify(data)}, { file: ${JSON.stringify(`${data}.lock`)} })).release()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += String(text)
  })
  await once(child, 'close')
  expect(stderr).toContain(`everybody on this machine could read ${data}: it is now closed to others (0700)`)
  expect((await stat(data)).mode & 0o777).toBe(0o700)
})
