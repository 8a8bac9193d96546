import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openLog } from '../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { FolderInUseError, lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'

/** Locks folders with real processes, which are killed, race, and find what others left behind. */

const HOLDER = join(import.meta.dirname, 'lock-holder.ts')

/** How many times two starters race. Each round starts processes, so it takes a third of a second. */
const ROUNDS = 8

let folder: string
const started: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-lock-'))
})

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Starts a process that tries to lock `path`. Returns it with the word that it prints: `held` or `busy`. */
async function startHolder(path: string): Promise<{ readonly child: ChildProcess; readonly word: string }> {
  const child = spawn(process.execPath, [HOLDER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(child)
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, word: text.toString().trim() }
}

it('a start right after kill -9 of the holder gets the folder', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { child, word } = await startHolder(folder)
    expect(word).toBe('held')
    child.kill('SIGKILL')
    ;(await lockFolder(folder)).release()
  }
})

it('of several processes that start at once, exactly one gets the folder', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const place = join(folder, String(round))
    const racers = await Promise.all([startHolder(place), startHolder(place), startHolder(place)])
    expect(racers.map(({ word }) => word).sort()).toEqual(['busy', 'busy', 'held'])
    for (const { child } of racers) child.kill('SIGKILL')
  }
})

it.runIf(process.platform === 'linux')('the message names the folder, the true holder and its command', async () => {
  const { child } = await startHolder(folder)
  const refused = lockFolder(folder, { patienceMs: 0 })
  await expect(refused).rejects.toThrow(FolderInUseError)
  await expect(refused).rejects.toThrow(
    new RegExp(`^${folder} is already open for writing in process ${child.pid} \\(node .*lock-holder\\.ts`),
  )
})

it.runIf(process.platform === 'linux')(
  'a second writer is refused even if somebody deleted the lock file',
  async () => {
    const signer = parseSignerKey(generateSignerKey('test.example/log', SIGNATURE_TYPES.ed25519))
    const place = join(folder, 'log')
    const log = await openLog({ folder: place, signer })
    await rm(join(place, 'lock'))
    await expect(openLog({ folder: place, signer })).rejects.toThrow(FolderInUseError)
    await log.close()

    const data = join(folder, 'GT')
    const database = await openDatabase({ folder: data })
    await rm(`${data}.lock`)
    await expect(openDatabase({ folder: data })).rejects.toThrow(FolderInUseError)
    await database.close()
  },
)

it('the id of a living process in a file of an older release does not stop a start, and is not blamed', async () => {
  const data = join(folder, 'HN')
  await writeFile(`${data}.pid`, String(process.ppid))
  const database = await openDatabase({ folder: data })
  await database.close()
})

it('a process without the program `flock` is still kept out by the lock file', async () => {
  const { word } = await startHolder(folder)
  expect(word).toBe('held')
  const path = process.env.PATH
  process.env.PATH = '/nowhere'
  try {
    await expect(lockFolder(folder, { patienceMs: 0 })).rejects.toThrow(FolderInUseError)
  } finally {
    process.env.PATH = path
  }
})

it('a released lock is free, and a second release takes it from nobody', async () => {
  const first = await lockFolder(folder)
  first.release()
  const second = await lockFolder(folder)
  first.release()
  await expect(lockFolder(folder, { patienceMs: 0 })).rejects.toThrow(FolderInUseError)
  second.release()
})
