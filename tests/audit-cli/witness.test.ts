import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Log, openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { formatBase64 } from '../../audit/note/base64.ts'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { parseSignerKey, parseVerifierKey } from '../../audit/note/key.ts'
import { parseNote, signText } from '../../audit/note/note.ts'
import { type Policy, parsePolicy } from '../../audit/note/policy.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { collectCosignatures } from '../../audit/witness/collect.ts'
import { decodeCosignedSizes, hashOrigin } from '../../audit/witness/heads.ts'
import { auditHere, istmo } from './istmo.ts'

/** Runs four witnesses as processes. One of them stops, and a log removes entries. */

const signer = newSigner('istmo.example/gateway')
const NAMES = ['GT', 'HN', 'SV', 'observer'] as const
const PROJECT = join(import.meta.dirname, '../..')

interface Running {
  readonly child: ChildProcess
  readonly url: string
}

let folder: string
let log: Log
let policy: Policy
const keys = new Map<string, string>()
const running = new Map<string, Running>()

async function start(name: string): Promise<void> {
  const flags = ['--folder', name, '--policy', 'logs', '--port', '0']
  const child = spawn(process.execPath, [join(PROJECT, 'cli/istmo.ts'), 'witness', '--key', `${name}.key`, ...flags], {
    cwd: folder,
  })
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`expected a line; came: ${said}`)))
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer]
  running.set(name, { child, url: /http:\S+/.exec(String(line))?.[0] ?? '' })
}

async function end(name: string, signal: NodeJS.Signals): Promise<unknown> {
  const { child } = running.get(name) as Running
  running.delete(name)
  const exit = once(child, 'exit')
  child.kill(signal)
  return exit
}

/** Sends a log's checkpoint to the running witnesses, and returns the result of each. */
async function collect(from: Log): Promise<readonly string[]> {
  await from.publish()
  const checkpoint = from.published().note
  const witnesses = policy.witnesses.map(({ name, verifier }) => {
    return { name, verifier, url: running.get(name)?.url ?? 'http://127.0.0.1:9/' }
  })
  const { consistency } = from
  const { signatures, outcomes } = await collectCosignatures({ checkpoint, witnesses, consistency, deadlineMs: 10_000 })
  if (signatures.length > 0) await from.addCosignatures(checkpoint, signatures)
  return outcomes.map(({ kind }) => kind)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-witness-'))
  await writeFile(join(folder, 'logs'), `log ${signer.verifier.vkey}\nquorum none\n`)
  for (const name of NAMES) {
    const { stdout } = await istmo(['witness', '--new-key', `witness.example/${name}`, '--key', `${name}.key`], folder)
    keys.set(name, stdout.trim())
    await start(name)
  }
  const lines = NAMES.map((name) => `witness ${name} ${keys.get(name)}`)
  policy = parsePolicy(
    `log ${signer.verifier.vkey}\n${lines.join('\n')}\ngroup any3 3 ${NAMES.join(' ')}\nquorum any3\n`,
  )
  log = await openLog({ folder: join(folder, 'log'), signer, publishAfterMs: 1_000_000 })
})
afterAll(async () => {
  for (const { child } of running.values()) child.kill('SIGKILL')
  await log.close()
  await rm(folder, { recursive: true, force: true })
})

describe('istmo witness', () => {
  it('makes a key that only its owner can read, and never overwrites a key', async () => {
    expect((await stat(join(folder, 'GT.key'))).mode & 0o777).toBe(0o600)
    expect(keys.get('GT')).toMatch(/^witness\.example\/GT\+[0-9a-f]{8}\+B/)
    const again = await istmo(['witness', '--new-key', 'x', '--key', 'GT.key'], folder)
    expect(again.code).toBe(1)
  })

  it('cosigns a growing log, and any three of four witnesses are enough', async () => {
    await log.append(Buffer.from('{"one":1}'))
    expect(await collect(log)).toEqual(['COSIGNED', 'COSIGNED', 'COSIGNED', 'COSIGNED'])
    await end('HN', 'SIGKILL')
    await log.append(Buffer.from('{"two":2}'))
    expect(await collect(log)).toEqual(['COSIGNED', 'UNREACHABLE', 'COSIGNED', 'COSIGNED'])
    const { findings, witnessed } = await verifyLog(folderSource(join(folder, 'log')), policy)
    expect([findings, witnessed?.size]).toEqual([[], 2])
  })

  it('gives its verifier key to whoever makes a trust policy', async () => {
    const response = await fetch(new URL('vkey', running.get('GT')?.url))
    expect([response.status, (await response.text()).trim()]).toEqual([200, keys.get('GT')])
  })

  it('remembers after a restart what it cosigned, and does not cosign a log that was shortened', async () => {
    await cp(join(folder, 'log'), join(folder, 'forked'), { recursive: true })
    await log.append(Buffer.from('{"three":3}'))
    await start('HN')
    expect(await collect(log)).toEqual(['COSIGNED', 'COSIGNED', 'COSIGNED', 'COSIGNED'])
    expect(await end('GT', 'SIGTERM')).toEqual([0, null])
    await start('GT')
    const forked = await openLog({ folder: join(folder, 'forked'), signer, publishAfterMs: 1_000_000 })
    expect(await collect(forked)).toEqual(['AHEAD', 'AHEAD', 'AHEAD', 'AHEAD'])
    for (const entry of ['{"other":3}', '{"other":4}']) await forked.append(Buffer.from(entry))
    expect(await collect(forked)).toEqual(['REFUSED', 'REFUSED', 'REFUSED', 'REFUSED'])
    await forked.close()
    expect((await verifyLog(folderSource(join(folder, 'forked')), policy)).findings).toMatchObject([
      { kind: 'NO_QUORUM' },
    ])
  })

  it('makes no log unreadable that asks two of four again and again while it is idle: it opens, is cosigned by all, and holds', async () => {
    await Promise.all(['SV', 'observer'].map((name) => end(name, 'SIGKILL')))
    await log.append(Buffer.from('{"four":4}'))
    expect(await collect(log)).toEqual(['COSIGNED', 'COSIGNED', 'UNREACHABLE', 'UNREACHABLE'])
    // What the two answer in each further second, without the wait for it.
    for (let second = 1; second < 40; second++) {
      const { note } = log.published()
      const lines = ['GT', 'HN'].map(async (name) => {
        const key = (await readFile(join(folder, `${name}.key`), 'utf8')).trim()
        return signText(
          parseNote(note).text,
          parseSignerKey(key, () => Date.now() + second * 1_000),
        )
      })
      await log.addCosignatures(note, await Promise.all(lines))
    }
    await log.close()
    log = await openLog({ folder: join(folder, 'log'), signer, publishAfterMs: 1_000_000 })
    await Promise.all(['SV', 'observer'].map(start))
    expect(await collect(log)).toEqual(['COSIGNED', 'COSIGNED', 'COSIGNED', 'COSIGNED'])
    const lines = NAMES.map((name) => `witness ${name} ${keys.get(name)} ${running.get(name)?.url}`)
    const asked = `log ${signer.verifier.vkey}\n${lines.join('\n')}\ngroup any3 3 ${NAMES.join(' ')}\nquorum any3\n`
    await writeFile(join(folder, 'asked'), asked)
    const verified = await auditHere(['verify', 'log', '--policy', 'asked', '--hashes-only'], folder)
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringMatching(/^HOLDS/m)])
    expect(verified.stdout).not.toMatch(/note:/)
  })

  it('signs no second tree of a size, and forgets nothing that it signed, however often it is killed', async () => {
    const verifier = parseVerifierKey(keys.get('SV') ?? '')
    const folderOf = (name: string) => join(folder, name)
    await cp(folderOf('log'), folderOf('kill-a'), { recursive: true, filter: (path) => !path.endsWith('lock') })
    await cp(folderOf('log'), folderOf('kill-b'), { recursive: true, filter: (path) => !path.endsWith('lock') })
    const logs = await Promise.all(['kill-a', 'kill-b'].map((name) => openLog({ folder: folderOf(name), signer })))
    /** The root of each size for which a cosignature came back. */
    const signed = new Map<number, string>()
    const ask = async (branch: Log, at: number): Promise<void> => {
      await branch.append(Buffer.from(`{"${at}":${branch.size()}}`))
      await branch.publish()
      const { note: checkpoint } = branch.published()
      const { size, root } = parseCheckpoint(parseNote(checkpoint).text)
      const witnesses = [{ name: 'SV', verifier, url: running.get('SV')?.url ?? 'http://127.0.0.1:9/' }]
      const { consistency } = branch
      const { signatures } = await collectCosignatures({ checkpoint, witnesses, consistency, deadlineMs: 10_000 })
      if (signatures.length === 0) return
      expect(signed.get(size) ?? formatBase64(root)).toBe(formatBase64(root))
      signed.set(size, formatBase64(root))
    }
    for (let round = 0; round < 4; round++) {
      let isRunning = true
      const before = signed.size
      const asking = logs.map(async (branch, at) => {
        while (isRunning) await ask(branch, at)
      })
      await vi.waitFor(() => expect(signed.size).toBeGreaterThan(before + 1), { timeout: 20_000, interval: 7 + round })
      const killed = end('SV', 'SIGKILL')
      isRunning = false
      await Promise.all([killed, ...asking])
      await start('SV')
      const url = new URL(`${hashOrigin(signer.verifier.name)}/cosigned`, running.get('SV')?.url)
      const { records } = decodeCosignedSizes(new Uint8Array(await (await fetch(url)).arrayBuffer()))
      const kept = new Map(records.map(({ size, root }) => [size, formatBase64(root)]))
      expect(kept.size).toBe(records.length)
      for (const [size, root] of signed) expect(kept.get(size)).toBe(root)
      expect(Math.max(...kept.keys())).toBeGreaterThanOrEqual(Math.max(...signed.keys()))
    }
    for (const branch of logs) await branch.close()
  })

  it('runs several witnesses in one process, and refuses a trust policy that one captured witness breaks', async () => {
    for (const name of ['one', 'two']) {
      await istmo(['witness', '--new-key', `${name}.example`, '--key', `${name}.key`], folder)
      await writeFile(join(folder, `${name}.yaml`), `key: ${name}.key\nfolder: ${name}\npolicy: logs\nport: 0\n`)
    }
    const both = spawn(
      process.execPath,
      [join(PROJECT, 'cli/istmo.ts'), 'witness', '--config', 'one.yaml', '--config', 'two.yaml'],
      { cwd: folder },
    )
    const [lines] = (await once(both.stdout, 'data')) as [Buffer]
    for (const url of String(lines).match(/http:\S+/g) ?? []) {
      expect((await fetch(new URL('health/ready', url))).status).toBe(200)
    }
    expect(String(lines).match(/http:\S+/g)).toHaveLength(2)
    both.kill()
    expect(await once(both, 'exit')).toEqual([0, null])
    const weak = `${keys.get('GT')}\nwitness B ${keys.get('HN')}\nwitness C ${keys.get('SV')}\ngroup G 2 A B C\nquorum G\n`
    await writeFile(join(folder, 'weak'), `log ${signer.verifier.vkey}\nwitness A ${weak}`)
    const refused = await istmo(['witness', '--key', 'one.key', '--folder', 'weak-heads', '--policy', 'weak'], folder)
    expect(refused.stderr).toMatch(/the quorum G is 2 of 3; with one captured witness.* at least 3 of 3.*--development/)
    expect(refused.code).toBe(2)
    await writeFile(join(folder, 'emptied'), '')
    const emptied = await istmo(['witness', '--key', 'one.key', '--folder', 'x', '--policy', 'emptied'], folder)
    expect(emptied.stderr).toMatch(/--policy: emptied: a trust policy must have a line that says its quorum/)
    expect(emptied.code).toBe(2)
  })

  it('rejects a second process on its folder', async () => {
    const second = await istmo(
      ['witness', '--key', 'GT.key', '--folder', 'GT', '--policy', 'logs', '--port', '0'],
      folder,
    )
    expect(second.stderr).toMatch(/GT is already open for writing/)
    expect(second.code).toBe(1)
  })

  it('reads its settings from a file, and exits with 2 if one is wrong', async () => {
    await writeFile(join(folder, 'wrong.yaml'), 'key: GT.key\nfolder: GT\nprot: 1\n')
    const wrong = await istmo(['witness', '--config', 'wrong.yaml'], folder)
    expect(wrong.stderr).toMatch(/prot/)
    expect(wrong.code).toBe(2)
    await writeFile(join(folder, 'none.yaml'), 'key: GT.key\nfolder: GT\n')
    const none = await istmo(['witness', '--config', 'none.yaml'], folder)
    expect(none.stderr).toMatch(/expected logs to watch/)
    expect(none.code).toBe(2)
    expect((await istmo(['witness', '--key', 'nothing', '--folder', 'x', '--policy', 'logs'], folder)).code).toBe(2)
  })
})
