import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog } from '../../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../../audit/note/key.ts'
import { parsePolicy } from '../../../audit/note/policy.ts'
import { eraseSalt, findSalt } from '../../../audit/salts/salts.ts'
import { readEntries } from '../../../audit/verify/read-log.ts'
import { folderSource } from '../../../audit/verify/source.ts'
import { verifyLog } from '../../../audit/verify/verify-log.ts'
import { FolderInUseError } from '../../../service/folder-lock/folder-lock.ts'
import { randomOf, repeats } from '../../share.ts'

/** The moments of kills: the same for the same code (docs/decisions/0068). */
const random = randomOf('audit/crash/crash')

/** How often a process is killed. Two logs run at the same time. `npm run test:full` kills more. */
const ROUNDS = Number(process.env.ISTMO_CRASHES ?? repeats(30))

/** How many entries are acknowledged at least before the process is killed, round by round. */
const AT_LEAST = [1, 0, 5, 20]

const APPENDER = fileURLToPath(new URL('./appender.ts', import.meta.url))
const KEY = generateSignerKey('log.example/hn', SIGNATURE_TYPES.ed25519)
const signer = parseSignerKey(KEY)
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-crash-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Appender {
  readonly child: ChildProcess
  /** Returns its standard output so far. */
  readonly output: () => string
  /** Resolves when the log is open. Rejects with its standard error if the log does not open. */
  readonly opened: Promise<void>
  readonly exited: Promise<void>
}

function startAppender(path: string, round: string, thread = ''): Appender {
  const child = spawn(process.execPath, ['--no-warnings', APPENDER, path, KEY, round, thread], {
    // The processes start sooner if only the first of them compiles.
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
  })
  let [output, errors] = ['', '']
  child.stderr.on('data', (data) => {
    errors += data
  })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const opened = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data) => {
      output += data
      if (output.startsWith('OPEN\n')) resolve()
    })
    exited.then(() => reject(new Error(errors)))
  })
  return { child, output: () => output, opened, exited }
}

/** Lets a process append for a moment, and kills it. Returns the complete lines of its output: the acknowledged entries. */
async function killOne(path: string, thread: string, round: number): Promise<readonly string[]> {
  const { child, output, opened, exited } = startAppender(path, `round-${round}`, thread)
  await opened
  // On a busy machine an entry takes longer than the pause, so most of the processes live until so many are there.
  const atLeast = AT_LEAST[round % AT_LEAST.length] ?? 0
  while (output().split('\n').length < 2 + atLeast) await sleep(1)
  await sleep(random() * 40)
  child.kill('SIGKILL')
  await exited
  return output().split('\n').slice(1, -1)
}

/** Opens the log, which repairs what a crash left, and returns its entries. */
async function entriesIn(path: string, folder = path): Promise<readonly string[]> {
  const log = await openLog({ folder, signer })
  await log.close()
  const entries: string[] = []
  for await (const { index, bytes } of readEntries(folderSource(folder), log.size())) {
    entries.push(`${index} ${Buffer.from(bytes)}`)
  }
  return entries
}

/** Checks that the log has each acknowledged entry, and that its salt is found, or erased if it was erased. */
async function expectAcknowledged(
  path: string,
  acknowledged: readonly Acknowledged[],
  erased: ReadonlySet<string>,
): Promise<void> {
  const entries = new Set(await entriesIn(path, join(path, 'log')))
  expect(acknowledged.filter(({ line }) => !entries.has(line))).toEqual([])
  expect(await verifyLog(folderSource(join(path, 'log')), policy)).toMatchObject({ size: entries.size, findings: [] })
  for (const { text, id } of acknowledged.filter(({ id: each }, at) => at % 20 === 0 || erased.has(each))) {
    const kept = { kind: 'KEPT', salt: hash('sha256', text, 'buffer') }
    expect([text, await findSalt(join(path, 'salts'), id)]).toEqual([text, erased.has(id) ? { kind: 'ERASED' } : kept])
  }
}

interface Acknowledged {
  readonly line: string
  readonly text: string
  readonly id: string
}

function parseLine(line: string): Acknowledged {
  const [index = '', text = '', id = ''] = line.split(' ')
  return { line: `${index} ${text}`, text, id }
}

describe('a log whose process is killed at random moments', () => {
  it.concurrent.each(['', 'thread'])(
    'has each acknowledged entry with its salt, and no salt that was erased (%s)',
    { timeout: 400_000 },
    async (thread) => {
      const path = join(folder, `killed-${thread}`)
      const acknowledged: Acknowledged[] = []
      const erased = new Set<string>()
      for (let round = 0; round < ROUNDS / 2; round++) {
        const fresh = (await killOne(path, thread, round)).map(parseLine)
        acknowledged.push(...fresh)
        // The last entry is still in the journal, which nobody has open now.
        const last = fresh.at(-1)
        if (last !== undefined) {
          expect(await eraseSalt(join(path, 'salts'), last.id)).toBe(true)
          erased.add(last.id)
        }
        if (round % 25 < 24 && round < ROUNDS / 2 - 1) continue
        await expectAcknowledged(path, acknowledged, erased)
      }
      expect(acknowledged.length).toBeGreaterThan(ROUNDS)
      expect(erased.size).toBeGreaterThan(0)
    },
  )
})

describe('a folder', () => {
  it('cannot be opened by a second process until the first one is killed', async () => {
    const path = join(folder, 'locked')
    const first = startAppender(path, 'first')
    await first.opened
    await expect(openLog({ folder: join(path, 'log'), signer })).rejects.toThrow(FolderInUseError)
    await expect(startAppender(path, 'second').opened).rejects.toThrow('is already open for writing')
    first.child.kill('SIGKILL')
    await first.exited
    const log = await openLog({ folder: join(path, 'log'), signer })
    expect((await log.append(Buffer.from('after'))).index).toBe(log.size() - 1)
    await log.close()
  })
})

/** Mounts a disk of 1 MiB, if this process may do so. The test then runs on a disk that is really full. */
function mountSmallDisk(path: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]).status === 0
}

describe('a full disk', () => {
  it('makes appends reject, loses no acknowledged entry, and accepts entries again when there is room', async () => {
    const path = await mkdtemp(join(folder, 'disk-'))
    const isMounted = mountSmallDisk(path)
    try {
      const log = await openLog({ folder: join(path, 'log'), signer, publishAfterMs: 1_000_000 })
      const acknowledged: string[] = []
      const append = async (text: string) => {
        const { index } = await log.append(Buffer.from(text))
        acknowledged.push(`${index} ${text}`)
      }
      const filler = (number: number) => `${number}-${'x'.repeat(20_000)}`
      let rejected: unknown
      for (let number = 0; isMounted && rejected === undefined; number++) {
        await append(filler(number)).catch((error: unknown) => {
          rejected = error
        })
      }
      if (isMounted) expect(rejected).toMatchObject({ code: 'ENOSPC' })
      if (isMounted) expect(spawnSync('mount', ['-o', 'remount,size=8m', path]).status).toBe(0)
      await append('after')
      await log.close()
      expect(await entriesIn(join(path, 'log'))).toEqual(acknowledged)
      expect((await verifyLog(folderSource(join(path, 'log')), policy)).findings).toEqual([])
    } finally {
      if (isMounted) spawnSync('umount', [path])
    }
  })
})
