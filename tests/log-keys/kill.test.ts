import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { generateSignerKey, parseSignerFile, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { readEntries, readRotations } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { PROJECT_DIR } from '../../demo/config.ts'
import { appendEntry } from '../../service/audit-log/own-log.ts'
import { randomOf } from '../share.ts'

/** The moments of kills: the same for the same code (docs/decisions/0068). */
const random = randomOf('log-keys/kill')

/** The key of a log is replaced while its process runs, and the process or the command is killed at random moments: nothing is lost, and the next run completes it. */

const KILLS = Number(process.env.ISTMO_KEY_KILLS ?? 1)
const NAME = 'istmo.example/gateway'

let home: string
let owner: ChildProcess
let first: string
const keyFile = (): string => join(home, 'log.key')

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-key-kill-'))
  first = generateSignerKey(NAME, SIGNATURE_TYPES.ed25519)
  await writeFile(keyFile(), `${first}\n`, { mode: 0o600 })
  owner = await startOwner()
})
afterEach(async () => {
  await kill(owner)
  await rm(home, { recursive: true, force: true })
})

/** Starts the process that has the log open: again and again, as systemd does, because a command may have the log open meanwhile. */
async function startOwner(): Promise<ChildProcess> {
  for (let tries = 0; tries < 50; tries++) {
    const child = await startOnce()
    if (child !== null) return child
  }
  throw new Error('expected the owner of the log to start')
}

async function startOnce(): Promise<ChildProcess | null> {
  const child = spawn(process.execPath, [join(PROJECT_DIR, 'tests/audit/inbox/owner.ts'), home, keyFile()], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const isOpen = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    once(child, 'exit').then(() => false),
  ])
  return isOpen ? child : null
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Starts `istmo audit rotate-key`. */
function rotate(...args: string[]) {
  const all = ['audit', 'rotate-key', '--log', home, '--key', keyFile(), ...args]
  const child = spawn(process.execPath, [join(PROJECT_DIR, 'cli/istmo.ts'), ...all], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (text) => {
    err += String(text)
  })
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, err })) }
}

/** Writes entries one after another until it is stopped. @returns the ids of those that the log has for sure. */
function keepWriting(): { readonly stop: () => Promise<readonly string[]> } {
  const written: string[] = []
  let isOver = false
  const members = {
    kind: 'oversight',
    ...{ channel: 'EXPORT', actor: null, grounds: null, country: 'HN', operation: null },
    ...{ entries: 3, v: 2, reader: { name: 'a', source: 'OPTION' } },
  } as const
  const writing = (async () => {
    while (!isOver) {
      const done = await appendEntry({ log: home, key: keyFile() }, { members }, { now: Date.now }).catch(() => null)
      if (done !== null) written.push(done.id)
    }
  })()
  return {
    async stop() {
      isOver = true
      await writing
      return written
    },
  }
}

it(
  'a process or a command that is killed while a key is replaced',
  async () => {
    const writing = keepWriting()
    let length = 2_000
    for (let at = 0; at < KILLS; at++) {
      const before = performance.now()
      for (const args of [['--reason', 'ROUTINE'], ['--finish']]) {
        const running = rotate(...args)
        const victim = random() < 0.5 ? owner : running.child
        await Promise.race([sleep(random() * length), running.ended])
        await kill(victim)
        await running.ended
        if (victim === owner) owner = await startOwner()
        // An operator who saw it fail types it again.
        const again = rotate(...args)
        expect(await again.ended).toEqual({ code: 0, err: '' })
      }
      length = (performance.now() - before) / 4
      const keys = (await readFile(keyFile(), 'utf8')).trim().split('\n')
      expect(keys).toHaveLength(1)
      const rotations = await readRotations(folderSource(join(home, 'log')))
      expect(rotations.at(-1)?.newKey.vkey).toBe(parseSignerFile(keys[0] ?? '').verifier.vkey)
    }
    const written = await writing.stop()
    expect(written.length).toBeGreaterThan(KILLS)
    await kill(owner)
    owner = await startOwner()
    // The log publishes what its journal had.
    await appendEntry(
      { log: home, key: keyFile() },
      { erase: { erased: written[0] ?? '', reason: 'OTHER' } },
      { now: Date.now },
    ).catch(() => undefined)
    const source = folderSource(join(home, 'log'))
    const report = await verifyLog(source, parsePolicy(`log ${parseSignerFile(first).verifier.vkey}\nquorum none\n`), {
      settleMs: 2_000,
    })
    expect(report.findings).toEqual([])
    const ids = new Set<string>()
    for await (const { bytes } of readEntries(source, report.size)) ids.add(parseEntry(bytes).id)
    expect(written.filter((id) => !ids.has(id))).toEqual([])
  },
  (1 + KILLS) * 60_000,
)
