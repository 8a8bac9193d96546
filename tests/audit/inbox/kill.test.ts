import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openLog } from '../../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../../audit/note/key.ts'
import { readEntries } from '../../../audit/verify/read-log.ts'
import { folderSource } from '../../../audit/verify/source.ts'
import { parseEntry } from '../../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../../contract/uuid-v7.ts'
import { randomOf, repeats } from '../../share.ts'

/** The moments of kills: the same for the same code (docs/decisions/0068). */
const random = randomOf('audit/inbox/kill')

/** Kills the owner of a log and the command that asks it, at any moment. Each entry must be in the log exactly once. */

/** How often the owner is killed. The command is killed about half as often. `npm run test:full` kills more. */
const ROUNDS = Number(process.env.ISTMO_INBOX_KILLS ?? repeats(6))
const [OWNER, SENDER] = ['owner', 'sender'].map((name) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))) as [
  string,
  string,
]
const KEY = generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519)

let home: string
const children = new Set<ChildProcess>()
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-inbox-kill-'))
  await writeFile(join(home, 'log.key'), `${KEY}\n`)
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(home, { recursive: true, force: true })
})

function start(file: string, more: readonly string[] = []) {
  const child = spawn(process.execPath, [file, home, join(home, 'log.key'), ...more])
  const started = { child, said: '' }
  child.stdout.on('data', (text) => {
    started.said += text
  })
  children.add(child)
  return started
}

async function kill({ child }: { readonly child: ChildProcess }): Promise<void> {
  if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit')
  children.delete(child)
}

it('each entry that a command asked for is in the log once, whoever is killed', async () => {
  const told = new Map<string, number>()
  const note = (said: string): void => {
    for (const [, id = '', index] of said.matchAll(/^(\S+) (\d+)$/gm)) told.set(id, Number(index))
  }
  const ids = Array.from({ length: ROUNDS * 2 }, () => createUuidV7(Date.now()))
  const left = () => ids.filter((id) => !told.has(id))
  let owner = start(OWNER)
  // The first start makes the log. A command that came earlier would make one of its own in the same folder.
  while (!owner.said.includes('OPEN')) await sleep(20)
  let sender = start(SENDER, left())
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(300 + random() * 1_200)
    await kill(owner)
    if (random() < 0.5) {
      await kill(sender)
      note(sender.said)
      sender = start(SENDER, left())
    }
    // Sometimes nobody owns the log for a while, so that the command writes the entry itself.
    if (random() < 0.5) await sleep(random() * 1_500)
    owner = start(OWNER)
  }
  const waiting = async () => (await readdir(join(home, 'inbox'))).filter((name) => name.endsWith('.json'))
  // A command that was killed may have left a request that was written before. The owner must have seen that too.
  while (left().length > 0 || (await waiting()).length > 0) {
    await sleep(100)
    note(sender.said)
    if (sender.child.exitCode !== null && left().length > 0) sender = start(SENDER, left())
  }
  await kill(owner)
  await kill(sender)
  const log = await openLog({ folder: join(home, 'log'), signer: parseSignerKey(KEY) })
  const size = log.size()
  await log.close()
  const places = new Map<string, number[]>()
  for await (const { index, bytes } of readEntries(folderSource(join(home, 'log')), size)) {
    const { kind, id } = parseEntry(bytes)
    if (kind === 'oversight') places.set(id, [...(places.get(id) ?? []), index])
  }
  expect(places).toEqual(new Map([...told].sort().map(([id, index]) => [id, [index]])))
  expect(await waiting()).toEqual([])
})
