import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { inboxOf, writeRequest } from '../../../audit/inbox/inbox-folder.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../../audit/note/key.ts'
import { parsePolicy } from '../../../audit/note/policy.ts'
import { findSalt } from '../../../audit/salts/salts.ts'
import { readEntries } from '../../../audit/verify/read-log.ts'
import { folderSource } from '../../../audit/verify/source.ts'
import { verifyReceipt } from '../../../audit/verify/verify-receipt.ts'
import { type Entry, parseEntry } from '../../../contract/audit-log/entry.ts'
import { makeOperatorEntry } from '../../../contract/audit-log/operator-request.ts'
import { createUuidV7 } from '../../../contract/uuid-v7.ts'
import { openInbox } from '../../../service/audit-log/inbox.ts'
import { appendEntry, type OwnEntry } from '../../../service/audit-log/own-log.ts'
import { openRecorder, type Recorder } from '../../../service/audit-log/recorder.ts'
import { lockFolder } from '../../../service/folder-lock/folder-lock.ts'
import { istmo } from '../../audit-cli/istmo.ts'

/** Asks a process that owns a log to write entries, as commands do, and attacks its inbox. */

const KEY = generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519)
const SIGNER = parseSignerKey(KEY)
const POLICY = parsePolicy(`log ${SIGNER.verifier.vkey}\nquorum none\n`)
const READING = {
  members: {
    kind: 'oversight',
    channel: 'EXPORT',
    actor: null,
    grounds: null,
    country: 'HN',
    operation: null,
    entries: 3,
  },
} as const satisfies OwnEntry

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function makeHome(): Promise<{ readonly home: string; readonly place: { log: string; key: string } }> {
  const home = await mkdtemp(join(tmpdir(), 'istmo-inbox-'))
  closing.push(() => rm(home, { recursive: true, force: true }))
  await writeFile(join(home, 'log.key'), `${KEY}\n`)
  return { home, place: { log: home, key: join(home, 'log.key') } }
}

async function startOwner(home: string, warnings: unknown[] = []): Promise<Recorder> {
  const note = (...parts: readonly unknown[]): void => void warnings.push(parts)
  const log = { info: () => undefined, warn: note, error: note }
  const gateway = SIGNER.verifier.name
  const owner = await openRecorder({
    ...{ folder: home, signer: SIGNER, hasSalts: true, log },
    ownEntries: {
      start: (base, repairs) => ({ ...base, gateway, kind: 'start', version: '1', repairs }),
      rejections: (base, count) => ({ ...base, gateway, kind: 'refusals', ...count }),
      stop: (base) => ({ ...base, gateway, kind: 'stop' }),
    },
  })
  closing.push(() => owner.close().catch(() => undefined))
  return owner
}

async function entriesOf(home: string, size: number): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const { bytes } of readEntries(folderSource(join(home, 'log')), size)) entries.push(parseEntry(bytes))
  return entries
}

const io = { now: Date.now }
const inboxFiles = async (home: string) => (await readdir(join(home, 'inbox'))).filter((name) => name !== 'rejected')

describe('the inbox of a log that a process owns', () => {
  it('takes an entry, and answers with a proof that holds', async () => {
    const { home, place } = await makeHome()
    const owner = await startOwner(home)
    const { id, index, proof } = await appendEntry(place, READING, io)
    await owner.entries.publish()
    const entry = (await entriesOf(home, owner.entries.published().size))[index]
    expect(entry).toMatchObject({ ...READING.members, id, v: 1, gateway: SIGNER.verifier.name })
    const [, extra = ''] = /^extra (.*)$/m.exec(proof) ?? []
    expect(verifyReceipt(proof, Buffer.from(extra, 'base64'), POLICY).findings).toEqual([])
    expect(parseEntry(Buffer.from(extra, 'base64')).id).toBe(id)
    expect(await inboxFiles(home)).toEqual([])
    expect((await stat(join(home, 'inbox'))).mode & 0o777).toBe(0o700)
  })

  it('stores the salt of the entry with it, in either way', async () => {
    const { home, place } = await makeHome()
    const salt = Buffer.alloc(16, 7)
    const before = await appendEntry({ ...place, log: join(home, 'log') }, { ...READING, salt }, io)
    await startOwner(home)
    const while_ = await appendEntry(place, { ...READING, salt }, io)
    for (const { id } of [before, while_]) {
      expect(await findSalt(join(home, 'salts'), id)).toMatchObject({ kind: 'KEPT' })
    }
  })

  it('erases a salt while the process runs, and says so a second time', async () => {
    const { home, place } = await makeHome()
    const owner = await startOwner(home)
    const { id: erased } = await appendEntry(place, { ...READING, salt: Buffer.alloc(32, 7) }, io)
    const erase = ['audit', 'erase', erased, '--log', home, '--key', place.key, '--reason', 'COURT_ORDER']
    const first = await istmo(erase, home)
    expect(first).toMatchObject({ code: 0, stdout: `${erased}: its salt is erased (COURT_ORDER).\n` })
    expect(await findSalt(join(home, 'salts'), erased)).toEqual({ kind: 'ERASED' })
    expect((await istmo(erase, home)).stdout).toBe(`${erased}: its salt was erased before.\n`)
    await owner.entries.publish()
    const entries = await entriesOf(home, owner.entries.published().size)
    expect(entries.filter(({ kind }) => kind === 'salt-erasure')).toEqual([
      expect.objectContaining({ erased, reason: 'COURT_ORDER' }),
    ])
    await expect(appendEntry(place, { erase: { erased, reason: 'OTHER' } }, io)).rejects.toThrow('erased before')
  })

  it('gives the same entry to who asks again with the same id, also in the next process', async () => {
    const { home, place } = await makeHome()
    const id = createUuidV7(Date.now())
    const owner = await startOwner(home)
    const first = await appendEntry(place, READING, { ...io, id })
    expect((await appendEntry(place, READING, { ...io, id })).index).toBe(first.index)
    await owner.close()
    expect((await appendEntry(place, READING, { ...io, id })).index).toBe(first.index)
    await startOwner(home)
    expect((await appendEntry(place, READING, { ...io, id })).index).toBe(first.index)
  })

  it.each([-5, 0, 30_000])('gives it also if the id is of %i ms after the start', async (aheadMs) => {
    const { home, place } = await makeHome()
    const first = await startOwner(home)
    const id = createUuidV7(Date.now() + aheadMs)
    const { index } = await appendEntry(place, READING, { ...io, id })
    expect((await appendEntry(place, READING, { ...io, id })).index).toBe(index)
    await first.close()
    await startOwner(home)
    expect((await appendEntry(place, READING, { ...io, id })).index).toBe(index)
  })

  it('erases no salt by the id of another entry', async () => {
    const { home, place } = await makeHome()
    await startOwner(home)
    const { id: kept } = await appendEntry(place, { ...READING, salt: Buffer.alloc(32, 7) }, io)
    const { id } = await appendEntry(place, READING, io)
    const erasing = appendEntry(place, { erase: { erased: kept, reason: 'COURT_ORDER' } }, { ...io, id })
    await expect(erasing).rejects.toThrow('expected an id of its own')
    expect(await findSalt(join(home, 'salts'), kept)).toMatchObject({ kind: 'KEPT' })
  })

  it('writes the entry once, though the receipt cannot be written and the process is killed then', async () => {
    const { home } = await makeHome()
    const owner = await startOwner(home)
    await owner.close()
    const { openLog } = await import('../../../audit/log/log.ts')
    const log = await openLog({ folder: join(home, 'log'), signer: SIGNER })
    closing.push(() => log.close())
    let appended = 0
    const options = {
      ...{ home, salts: null, takeKeys: null, log: { warn: () => undefined }, now: Date.now, lookEveryMs: 1_000_000 },
      entries: { ...log, inclusion: () => Promise.reject(new Error('the disk is full')) },
      async append([entry]: readonly Entry[]) {
        appended++
        const bytes = Buffer.from(JSON.stringify(entry))
        return [{ bytes, receipt: await log.append(bytes) }]
      },
    }
    const id = createUuidV7(Date.now() - 5)
    await writeRequest(join(home, 'inbox'), id, Buffer.from(JSON.stringify({ entry: READING.members })))
    const first = openInbox(options)
    await first.look()
    await first.look()
    expect(appended).toBe(1)
    await first.close()
    const second = openInbox({ ...options, entries: log })
    await second.look()
    await second.close()
    expect(appended).toBe(1)
    expect(await inboxFiles(home)).toEqual([`${id}.receipt`])
  })

  it('carries out two hundred requests in turns, while the process writes its own entries', async () => {
    const { home } = await makeHome()
    const owner = await startOwner(home)
    const inbox = inboxOf(join(home, 'log'))
    await mkdir(inbox, { recursive: true, mode: 0o700 })
    const ids = Array.from({ length: 200 }, () => createUuidV7(Date.now()))
    const bytes = JSON.stringify({ entry: READING.members })
    await Promise.all(ids.map((id) => writeFile(join(inbox, `${id}.json`), bytes)))
    for (let open = ids.length; open > 0; ) {
      await owner.append([{ ...owner.newBase(), gateway: SIGNER.verifier.name, kind: 'stop' }])
      open = (await readdir(inbox)).filter((name) => name.endsWith('.json')).length
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect((await readdir(inbox)).filter((name) => name.endsWith('.receipt'))).toHaveLength(200)
    await owner.entries.publish()
    const entries = await entriesOf(home, owner.entries.published().size)
    expect(
      entries
        .filter(({ kind }) => kind === 'oversight')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids.sort())
    // Its own entries did not wait for all of the inbox.
    const kinds = entries.map(({ kind }) => kind)
    expect(kinds.slice(kinds.indexOf('oversight'), kinds.lastIndexOf('oversight'))).toContain('stop')
  })

  it('is used by a command whose owner never looks, only until the command gives up', async () => {
    const { home, place } = await makeHome()
    await mkdir(join(home, 'log'))
    const lock = await lockFolder(join(home, 'log'))
    closing.push(async () => lock.release())
    const waiting = appendEntry(place, READING, { ...io, patienceMs: 300 })
    await expect(waiting).rejects.toThrow(/did not answer in its inbox .*inbox, and nothing was written/)
    expect(await inboxFiles(home)).toEqual([])
  })

  it('is left by a command whose owner ends before it looks: the command writes the entry itself', async () => {
    const { home, place } = await makeHome()
    await mkdir(join(home, 'log'))
    const lock = await lockFolder(join(home, 'log'))
    const writing = appendEntry(place, READING, io)
    await vi.waitFor(async () => expect(await inboxFiles(home)).not.toEqual([]))
    lock.release()
    expect((await writing).index).toBe(0)
    expect(await inboxFiles(home)).toEqual([])
  })
})

const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const ATTACKS: readonly (readonly [string, Buffer | ((path: string, home: string) => Promise<unknown>), RegExp])[] = [
  ['a kind that only the owner writes', json({ entry: { kind: 'stop' } }), /only the owner/],
  ['a request of a caller', json({ entry: { kind: 'request', actor: null } }), /only the owner/],
  ['a kind that does not exist', json({ entry: { kind: '__proto__' } }), /only the owner/],
  [
    'the time of another day',
    json({ entry: { ...READING.members, time: '2020-01-01T00:00:00.000Z' } }),
    /without time/,
  ],
  ['the name of another log', json({ entry: { ...READING.members, gateway: 'other' } }), /without gateway/],
  [
    'a member that no entry has',
    json({ entry: { ...READING.members, name: 'María' } }),
    /expected an entry of the audit log/,
  ],
  ['more than one request', json({ entry: READING.members, erase: {} }), /came another form/],
  ['a salt that is too long', json({ entry: READING.members, salt: 'A'.repeat(48) }), /came another form/],
  ['a salt that is erased without a reason', json({ erase: { erased: createUuidV7(0) } }), /came another form/],
  ['an entry that has no salt', json({ erase: { erased: createUuidV7(0), reason: 'OTHER' } }), /it has no salt/],
  ['a part of a request', json({ entry: READING.members }).subarray(0, 40), /expected JSON/],
  ['no text', Buffer.from([0xff, 0xfe, 0]), /expected JSON/],
  ['nothing', Buffer.alloc(0), /expected JSON/],
  ['a list of lists', Buffer.from(`${'['.repeat(30_000)}${']'.repeat(30_000)}`), /came another form|expected JSON/],
  ['a giant file', Buffer.alloc(50_000_000, '['), /at most 70000 bytes/],
  ['a sparse giant', (path) => writeFile(path, '').then(() => truncate(path, 2 ** 40)), /at most 70000/],
  ['a link to a key', (path, home) => symlink(join(home, 'log.key'), path), /expected a plain file/],
  ['a link to nothing', (path) => symlink('/nonexistent', path), /expected a plain file/],
  ['a pipe without a writer', async (path) => execFileSync('mkfifo', [path]), /expected a plain file/],
  ['a folder', (path) => mkdir(path), /expected a plain file/],
]

describe('the inbox rejects', () => {
  it('each of these attacks, says why, and goes on', async () => {
    const { home, place } = await makeHome()
    const inbox = join(home, 'inbox')
    await mkdir(inbox, { recursive: true, mode: 0o700 })
    const ids = ATTACKS.map(() => createUuidV7(Date.now()))
    for (const [at, [, attack]] of ATTACKS.entries()) {
      const path = join(inbox, `${ids[at]}.json`)
      if (typeof attack === 'function') await attack(path, home)
      else await writeFile(path, attack)
    }
    const warnings: unknown[] = []
    const owner = await startOwner(home, warnings)
    const { index } = await appendEntry(place, READING, io)
    const reasons = ids.map((id) => readFile(join(inbox, 'rejected', `${id}.json.reason`), 'utf8').catch(() => 'none'))
    const wrong = (await Promise.all(reasons)).flatMap((reason, at) => {
      const [name, , expected] = ATTACKS[at] ?? ['', '', /^$/]
      return expected.test(reason) ? [] : [`${name}: ${reason}`]
    })
    expect(wrong).toEqual([])
    expect(await inboxFiles(home)).toEqual([])
    expect(warnings).toHaveLength(ATTACKS.length)
    // Only the start and the good entry.
    expect([index, owner.entries.size()]).toEqual([1, 2])
  })

  it.each([
    ['an id of next year', () => createUuidV7(Date.now() + 365 * 86_400_000)],
    ['an id of last year', () => createUuidV7(Date.now() - 365 * 86_400_000)],
  ])('%s', async (_, makeId) => {
    const { home, place } = await makeHome()
    await startOwner(home)
    await expect(appendEntry(place, READING, { ...io, id: makeId() })).rejects.toThrow(/id of the last seven days/)
  })

  it('files with other names, and keeps the newest some hundred of them', async () => {
    const { home, place } = await makeHome()
    await startOwner(home)
    const inbox = join(home, 'inbox')
    await mkdir(inbox, { recursive: true, mode: 0o700 })
    for (let at = 0; at < 150; at++) await writeFile(join(inbox, `note ${at}.txt`), 'x')
    for (let at = 0; at < 3; at++) await appendEntry(place, READING, io)
    expect(await inboxFiles(home)).toEqual([])
    // Whoever is refused now still hears why.
    const id = createUuidV7(Date.now() - 365 * 86_400_000)
    await expect(appendEntry(place, READING, { ...io, id })).rejects.toThrow(/id of the last seven days/)
    expect((await readdir(join(inbox, 'rejected'))).length).toBeLessThanOrEqual(201)
  })

  it('everything, if the inbox itself is a link to somewhere else', async () => {
    const { home } = await makeHome()
    const elsewhere = join(home, 'elsewhere')
    await mkdir(elsewhere)
    await symlink(elsewhere, join(home, 'inbox'))
    const warnings: unknown[] = []
    await startOwner(home, warnings)
    const id = createUuidV7(Date.now())
    await writeFile(join(elsewhere, `${id}.json`), json({ entry: READING.members }))
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(await readdir(elsewhere)).toEqual([`${id}.json`])
    expect(warnings).toHaveLength(1)
  })
})

describe('an entry for the inbox', () => {
  it('is made only with the members that the owner does not fill in', () => {
    const owners = { id: createUuidV7(0), time: new Date(0).toISOString(), origin: 'o' }
    expect(makeOperatorEntry(READING.members, owners)).toMatchObject({ ...READING.members, gateway: 'o' })
    expect(() => makeOperatorEntry({ ...READING.members, id: owners.id }, owners)).toThrow('without id')
  })
})
