import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstatSync, readdirSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { PROJECT_DIR } from '../../demo/config.ts'
import { createDemoPlace, type DemoPlace } from '../demo/running-demo.ts'

/** Walks what real processes write, under the most generous umask, and looks at the permissions of each file. */

const GROUP_AND_OTHERS = 0o077

let place: DemoPlace
let folder: string
const umaskBefore = process.umask()

beforeAll(async () => {
  process.umask(0)
  folder = await mkdtemp(join(tmpdir(), 'istmo-modes-'))
  place = await createDemoPlace()
})

afterAll(async () => {
  process.umask(umaskBefore)
  await place.remove()
  await rm(folder, { recursive: true, force: true })
})

/** Lists the files and folders below `root` that the group or others may use, with their permissions. */
function listOpen(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const mode = (lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777
      return (mode & GROUP_AND_OTHERS) === 0 ? [] : [`${relative(root, path)} ${mode.toString(8)}`]
    })
}

it('gateway, nodes, witnesses and authorities write files and folders that only their user can read', async () => {
  const demo = await place.start(['--persons', '10', '--cases', '20'])
  try {
    const token = (await place.run('demo/token.ts', 'analyst')).stdout.trim()
    const response = await fetch(`http://127.0.0.1:${place.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ statutes(first: 1) { outcomes { country reach } } }' }),
    })
    expect(response.status).toBe(200)
    const names = readdirSync(place.home)
    const secret = ['authorities', 'mandates', 'node-keys', 'suspenders', 'suspensions', 'tls']
    expect(names).toEqual(expect.arrayContaining([...secret, 'audit-log', 'data', 'issuer', 'run']))
    expect(readdirSync(join(place.home, 'audit-log/gateway'))).toEqual(expect.arrayContaining(['log', 'salts']))
    expect(readdirSync(join(place.home, 'data'))).toContain('HN')
    expect(listOpen(place.home)).toEqual([])
  } finally {
    await demo.end('SIGTERM')
  }
}, 600_000)

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
