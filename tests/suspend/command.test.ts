import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runSuspend, runSuspensions, type SuspendWorld } from '../../cli/suspend.ts'
import { readSuspension, verifySuspension } from '../../contract/trust/suspension.ts'
import { openSuspensions, readSuspensionFolder, type Suspensions } from '../../service/suspensions/suspensions.ts'
import { makeSuspender } from '../../service/suspensions/testing.ts'

/** `istmo suspend` and a process that is killed as soon as the command has answered. */

const country = makeSuspender('HN', true)
let home: string
let folder: string
let now = Date.now()
let patienceMs = 0
let printed: string[] = []
let said: string[] = []
let answer: string | null = null
const world: SuspendWorld = {
  now: () => now,
  get patienceMs() {
    return patienceMs
  },
  streams: {
    out: { write: (text: string) => printed.push(text.trimEnd()) },
    err: { write: (text: string) => said.push(text) },
  },
  ask: async () => answer,
}
const running: ChildProcess[] = []

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-suspend-'))
  await writeFile(join(home, 'HN.jwk.json'), JSON.stringify(country.jwk), { mode: 0o600 })
  await writeFile(join(home, 'signers.json'), JSON.stringify([country.signer]))
})
beforeEach(async () => {
  folder = await mkdtemp(join(home, 'folder-'))
  printed = []
  said = []
  patienceMs = 5_000
  now = Date.now()
  process.exitCode = undefined
})
afterEach(async () => {
  for (const kept of open.splice(0)) await kept.close()
  for (const child of running.splice(0)) child.kill('SIGKILL')
  process.exitCode = undefined
})
afterAll(() => rm(home, { recursive: true }))

/** Keeps the folder in this process. */
async function keep(): Promise<Suspensions> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const kept = await openSuspensions({ folder, signers: [country.signer], log })
  open.push(kept)
  return kept
}
const open: Suspensions[] = []
const shown = (kept: Suspensions): readonly string[] => kept.list().map(({ value }) => value)

/** Starts a process that keeps the folder, and reads its first line. */
async function start() {
  const args = [join(import.meta.dirname, 'keeping-process.ts'), folder, join(home, 'signers.json')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(child)
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, first: JSON.parse(line) as readonly string[] }
}

async function command(action: 'suspend' | 'resume', ...flags: readonly string[]): Promise<void> {
  const usual = {
    '--reason': 'a test',
    '--key-file': join(home, 'HN.jwk.json'),
    '--folder': folder,
    '--language': 'en',
  }
  const rest = Object.entries(usual).filter(([flag]) => !flags.includes(flag))
  await runSuspend(action, [...flags, ...rest.flat()], world)
}

describe('a process that is killed right after the command has answered', () => {
  it('keeps what it was told, twelve times', async () => {
    let before: readonly string[] = []
    for (let round = 0; round < 12; round++) {
      const { child, first } = await start()
      expect(first).toEqual(before)
      await command('suspend', '--agency', `round-${round}`)
      child.kill('SIGKILL')
      await once(child, 'exit')
      expect(printed.at(-1)).toMatch(/^Suspended from now on/)
      before = [...before, `round-${round}`]
    }
    expect((await start()).first).toEqual(before)
  })

  it('takes at its start what was given to it while it did not run', async () => {
    patienceMs = 200
    await command('suspend', '--agency', 'a')
    expect(printed).toEqual([expect.stringMatching(/not in effect yet/)])
    expect(process.exitCode).toBe(3)
    expect((await start()).first).toEqual(['a'])
  })
})

describe('istmo suspend', () => {
  it('asks before a whole country is stopped, and stops it only for the right answer or with --yes', async () => {
    const kept = await keep()
    for (const said of [null, '', 'yes', 'GT']) {
      answer = said
      await command('suspend', '--country', 'HN')
      expect(printed.at(-1)).toMatch(/not confirmed/)
    }
    expect(process.exitCode).toBe(1)
    answer = 'hn'
    await command('suspend', '--country', 'HN')
    expect(shown(kept)).toEqual(['HN'])
    await command('resume', '--country', 'HN')
    expect(shown(kept)).toEqual([])
    await command('suspend', '--country', 'HN', '--yes')
    expect(shown(kept)).toEqual(['HN'])
  })

  it('says which processes took it, and that others with folders of their own were not told', async () => {
    const [kept, gatewayB] = [await keep(), await mkdtemp(join(home, 'gateway-b-'))]
    await command('suspend', '--agency', 'a')
    expect(printed).toEqual([`Suspended from now on: agency a (${folder}).`])
    expect(said.join('')).toMatch(/another gateway of the same name, were not told: repeat .* --folder for each/)
    expect([shown(kept), (await readSuspensionFolder(gatewayB)).inForce]).toEqual([['a'], []])
    said = []
    await command('suspend', '--agency', 'b', '--language', 'es')
    expect(said.join('')).toMatch(/otra pasarela del mismo nombre, no se enteran/)
    said = []
    patienceMs = 200
    await command('suspend', '--agency', 'c', '--folder', gatewayB)
    expect(said, 'nobody has taken it').toEqual([])
  })

  it('does not say «Resumed» of what nothing had suspended, and says what is', async () => {
    await keep()
    await command('resume', '--agency', 'a')
    await command('suspend', '--agency', 'b')
    await command('resume', '--agency', 'a', '--language', 'es')
    await command('resume', '--agency', 'b')
    expect(printed).toEqual([
      `${folder}: agency a was not suspended, and nothing changed. Suspended: nothing.`,
      `Suspended from now on: agency b (${folder}).`,
      `${folder}: institución a no estaba en suspenso, y nada cambió. En suspenso está: institución b.`,
      expect.stringMatching(/^Resumed from now on: agency b /),
    ])
    expect(process.exitCode).toBeUndefined()
  })

  it('exits with 0 only if the statement is in effect in each folder, and with 1 if a process refused it', async () => {
    const asleep = await mkdtemp(join(home, 'asleep-'))
    const other = makeSuspender('oversight')
    await writeFile(join(home, 'other.jwk.json'), JSON.stringify(other.jwk), { mode: 0o600 })
    await keep()
    await command('suspend', '--agency', 'a')
    expect(process.exitCode).toBeUndefined()
    patienceMs = 1_000
    await command('resume', '--agency', 'a', '--folder', folder, '--folder', asleep)
    expect(
      printed
        .slice(-2)
        .map((line) => /^(Resumed|Written)/.exec(line)?.[0])
        .sort(),
    ).toEqual(['Resumed', 'Written'])
    expect(process.exitCode).toBe(3)
    patienceMs = 5_000
    const both = ['--folder', folder, '--folder', asleep, '--key-file', join(home, 'other.jwk.json')]
    await command('suspend', '--agency', 'a', ...both)
    expect(process.exitCode).toBe(1)
  })

  it('signs higher numbers although the clock was set back', async () => {
    patienceMs = 200
    await command('suspend', '--agency', 'a')
    now -= 365 * 86_400_000
    const kept = await keep()
    patienceMs = 5_000
    await command('resume', '--agency', 'a')
    expect(shown(kept)).toEqual([])
    await command('suspend', '--agency', 'a')
    expect(shown(kept)).toEqual(['a'])
  })

  it('says why the process does not take a statement', async () => {
    await keep()
    const other = makeSuspender('oversight')
    await writeFile(join(home, 'other.jwk.json'), JSON.stringify(other.jwk), { mode: 0o600 })
    await command('suspend', '--agency', 'a', '--key-file', join(home, 'other.jwk.json'))
    expect(printed.at(-1)).toMatch(/did not take it, and nothing changed. NOT_SIGNED/)
    await command('resume', '--agency', 'never')
    expect(process.exitCode).toBe(1)
  })

  it('refuses a folder that no process reads, and a value that cannot be, and makes nothing', async () => {
    const nowhere = join(home, 'typing-error')
    for (const wrong of [nowhere, home]) {
      await command('suspend', '--agency', 'a', '--folder', wrong)
      expect(process.exitCode).toBe(2)
      expect(said.join('')).toContain(`--folder: expected ${wrong} to be the folder`)
    }
    await expect(stat(nowhere)).rejects.toThrow('ENOENT')
    said = []
    await command('suspend', '--key', 'short')
    expect(said.join('')).toMatch(/--key: expected a key by its thumbprint.*; came short/)
  })

  it('shows what is suspended and what waits, in both languages', async () => {
    const kept = await keep()
    await command('suspend', '--field', 'Person.names', '--reason', 'Oficio 41')
    expect(shown(kept)).toEqual(['Person.names'])
    printed = []
    await runSuspensions([folder], world)
    expect(printed).toEqual([expect.stringMatching(/^campo Person\.names\n {2}desde \d{4}-.* por HN: /)])
    await runSuspensions([folder, '--language', 'en'], world)
    expect(printed[1]).toMatch(/^field Person\.names\n {2}since \d{4}-/)
    await runSuspensions([folder, '--json'], world)
    expect(JSON.parse(printed[2] ?? '')).toMatchObject({ inForce: [{ kind: 'coordinate', by: 'HN' }], waiting: [] })
  })

  it.each<readonly [string, readonly string[], RegExp]>([
    ['nothing to suspend', [], /expected exactly one of --country/],
    ['two things at once', ['--agency', 'a', '--domain', 'cases'], /came 2/],
    ['a field without its type', ['--field', 'names'], /--field: expected a field, such as Person\.names; came names/],
    ['a country that is none', ['--country', 'Honduras', '--yes'], /country/],
    ['a key that is none', ['--key', 'abc'], /key/],
  ])('rejects %s, and writes nothing', async (_, flags, message) => {
    await command('suspend', ...flags)
    expect(said.join('')).toMatch(message)
    expect(process.exitCode).toBe(2)
    expect(await readdir(folder)).toEqual([])
  })

  it('does not use a key that others can read', async () => {
    const file = join(home, 'open.jwk.json')
    await writeFile(file, JSON.stringify(country.jwk))
    await chmod(file, 0o644)
    await command('suspend', '--agency', 'a', '--key-file', file)
    expect(said.join('')).toMatch(/chmod 600/)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('the signing keys of an authority', () => {
  it('sign under its issuer, the newest of them', async () => {
    const issuer = 'https://authority.gt.example'
    const file = join(home, 'signing.json')
    const [older, newer] = [makeSuspender(issuer), makeSuspender(issuer)]
    const keys = [older, newer].map(({ jwk: { name: _, ...jwk } }) => ({ ...jwk, added: 0 }))
    await writeFile(file, JSON.stringify({ keys }), { mode: 0o600 })
    patienceMs = 200
    await command('suspend', '--agency', 'a', '--key-file', file)
    expect(said.join('')).toMatch(/give its issuer as --signer/)
    await command('suspend', '--agency', 'a', '--key-file', file, '--signer', issuer)
    const [waiting] = (await readSuspensionFolder(folder)).waiting
    await expect(verifySuspension(waiting?.text ?? '', [newer.signer])).resolves.toMatchObject({ value: 'a' })
  })
})

describe('istmo keys --suspender', () => {
  it('makes a key that signs, and prints the line for the country’s file', async () => {
    const { makeKeys } = await import('../../cli/keys.ts')
    const line = await makeKeys(['oversight', '--suspender', join(home, 'keys')], now)
    expect(line).toMatch(/^- \{ name: oversight, key: \{ kty: OKP, crv: Ed25519, x: [\w-]{43} \} \}$/)
    const file = join(home, 'keys', 'oversight.jwk.json')
    expect(line).not.toContain(JSON.parse(await readFile(file, 'utf8')).d)
    patienceMs = 200
    await command('suspend', '--agency', 'a', '--key-file', file)
    const [waiting] = (await readSuspensionFolder(folder)).waiting
    expect(readSuspension(waiting?.text ?? '').claims).toMatchObject({ iss: 'oversight', action: 'suspend' })
    await expect(makeKeys(['oversight', '--suspender', join(home, 'keys')], now)).rejects.toThrow('EEXIST')
  })
})
