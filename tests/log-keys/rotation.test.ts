import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { idAt } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { generateSignerKey, parseSignerFile, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { formatNote, signText } from '../../audit/note/note.ts'
import { parseRotation } from '../../audit/note/rotation.ts'
import { createWitness, formatAddCheckpoint } from '../../audit/witness/witness.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { openRecorder, type Recorder } from '../../service/audit-log/recorder.ts'
import { auditHere } from '../audit-cli/istmo.ts'
import { writePolicy } from '../audit-cli/logs.ts'

/** Replaces the key of a log by the command, as its owner does, and reads the log as auditors, witnesses and gateways do. */

const NAME = 'istmo.example/gateway'
const cosigners = [newSigner('witness.example/w1', 'cosignature'), newSigner('witness.example/w2', 'cosignature')]
/** The ids of the requests by their numbers. Each is of the moment in which `grow` wrote the request, as in a real log. */
const ids = new Map<number, string>()
const idOf = (at: number) => ids.get(at) ?? ''

let folder: string
let oldKey: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-log-keys-'))
  oldKey = generateSignerKey(NAME, SIGNATURE_TYPES.ed25519)
  await writeFile(join(folder, 'key'), `${oldKey}\n`, { mode: 0o600 })
  await writePolicy(folder, [parseSignerKey(oldKey)], cosigners)
  await grow([0, 1, 2])
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const audit = (...args: string[]) => auditHere(args, folder)
const rotate = (key = 'key', log = 'log') =>
  audit('rotate-key', '--log', log, '--key', key, '--reason', 'ROUTINE', '--json')
const finish = () => audit('rotate-key', '--log', 'log', '--key', 'key', '--finish')

/** Opens the log as a process does that answers its inbox. `isAble`: it reads its key file again when it is asked. */
async function startOwner(isAble: boolean): Promise<Recorder> {
  const readSigner = async () => parseSignerFile(await read('key'))
  const ignore = () => undefined
  return openRecorder({
    ...{ folder, signer: await readSigner(), hasSalts: false, log: { info: ignore, warn: ignore, error: ignore } },
    ...(isAble && { readSigner }),
    ownEntries: {
      start: (base, repairs) => ({ ...base, gateway: NAME, kind: 'start', version: '1', repairs }),
      rejections: (base, count) => ({ ...base, gateway: NAME, kind: 'refusals', ...count }),
      stop: (base) => ({ ...base, gateway: NAME, kind: 'stop' }),
    },
  })
}

const read = (name: string) => readFile(join(folder, name), 'utf8')

/** Writes requests to the log with the key of the file, as its process would, and has the witnesses cosign it. */
async function grow(numbers: readonly number[], key = 'key', place = 'log'): Promise<void> {
  const signer = parseSignerFile(await read(key))
  const log = await openLog({ folder: join(folder, place), signer, publishAfterMs: 1_000_000 })
  for (const at of numbers) {
    const now = Date.now()
    ids.set(at, idAt(now, at))
    const base = { id: idOf(at), time: new Date(now).toISOString(), gateway: NAME }
    await log.append(canonicalBytes({ ...SAMPLE_REQUEST, ...base, continuations: 0 }))
  }
  await log.publish()
  const { note } = log.published()
  const text = note.slice(0, note.indexOf('\n\n') + 1)
  const cosignatures = cosigners.map((cosigner) => signText(text, cosigner))
  await log.addCosignatures(note, cosignatures)
  await log.close()
}

async function expectCode(running: ReturnType<typeof auditHere>, expected: number): Promise<string> {
  const { code, stdout, stderr } = await running
  expect({ code, said: code === expected ? '' : `${stdout}${stderr}` }).toEqual({ code: expected, said: '' })
  return `${stdout}${stderr}`
}

describe('istmo audit rotate-key', () => {
  it('replaces the key, and the trust policy with the original key still verifies, proves, searches and exports', async () => {
    const { newKey, index, proof } = JSON.parse(await expectCode(rotate(), 0)) as {
      newKey: string
      index: number
      proof: string
    }
    expect(index).toBe(3)
    expect(parseSignerFile(await read('key')).verifier.vkey).toBe(newKey)
    expect((await read('key')).trim().split('\n')).toHaveLength(1)
    expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o600)
    await grow([4, 5])
    await expectCode(audit('verify', 'log', '--policy', 'policy'), 0)
    const log = ['--log', 'log', '--policy', 'policy']
    await writeFile(join(folder, 'own.key'), `${generateSignerKey('istmo.example/reader', SIGNATURE_TYPES.ed25519)}\n`)
    const own = ['--own-log', 'own', '--own-key', 'own.key']
    const rotations = audit('search', '--no-index', ...log, ...own, '--kind', 'key-rotation')
    expect(await expectCode(rotations, 0)).toContain('key-rotation')
    await expectCode(audit('prove', idOf(5), ...log, '--out', 'five.tlog-proof'), 0)
    await expectCode(audit('check', 'five.tlog-proof', '--policy', 'policy'), 1)
    await expectCode(audit('check', 'five.tlog-proof', '--policy', 'policy', '--rotation', proof), 0)
    const beside = 'five.rotation-0.tlog-proof'
    await expectCode(audit('check', 'five.tlog-proof', '--policy', 'policy', '--rotation', beside), 0)
    await expectCode(audit('export', ...log, ...own, '--country', 'HN', '--out', 'hn.jsonl'), 0)
    // The entries are of version 1, which counts nothing.
    const checked = await expectCode(audit('check', 'hn.jsonl', '--policy', 'policy'), 2)
    expect(checked).toContain('all 5 entries are in the log')
  })

  it('leaves proofs of two histories: check-split takes the rotations, also if two copies replaced the key in two ways', async () => {
    for (const name of ['log', 'key']) await cp(join(folder, name), join(folder, `other-${name}`), { recursive: true })
    await expectCode(rotate(), 0)
    await expectCode(rotate('other-key', 'other-log'), 0)
    await grow([4])
    await grow([5], 'other-key', 'other-log')
    const split = (...more: readonly string[]) =>
      audit('check-split', 'log/checkpoint', 'other-log/checkpoint', '--policy', 'policy', ...more)
    expect(await expectCode(split(), 2)).toContain('2 of 2 checkpoints are not signed by a log of the trust policy')
    expect(await expectCode(split('--rotation', 'log/rotations/0'), 2)).toContain('1 of 2 checkpoints')
    const both = ['--rotation', 'log/rotations/0', '--rotation', 'other-log/rotations/0']
    expect(await expectCode(split(...both), 1)).toMatch(/SPLIT_VIEW checkpoint of size 5 .*\nDOES NOT HOLD/)
  })

  it('lets a reader who trusts only the newest key verify what the old key signed', async () => {
    await expectCode(audit('prove', idOf(1), '--log', 'log', '--policy', 'policy', '--out', 'one.tlog-proof'), 0)
    await expectCode(rotate(), 0)
    await grow([4])
    await writePolicy(folder, [parseSignerFile(await read('key'))], cosigners, 'new-policy')
    await expectCode(audit('verify', 'log', '--policy', 'new-policy', '--kept', 'one.tlog-proof'), 0)
    await expectCode(audit('check', 'one.tlog-proof', '--policy', 'new-policy'), 1)
    const rotation = ['--rotation', 'log/rotations/0']
    await expectCode(audit('check', 'one.tlog-proof', '--policy', 'new-policy', ...rotation), 0)
  })

  it.each([false, true])('asks the process that has the log open, which can replace its key: %s', async (isAble) => {
    const owner = await startOwner(isAble)
    const asked = await expectCode(rotate(), isAble ? 0 : 2)
    if (!isAble) expect(asked).toContain('Stop it first')
    // Both keys sign until the end, and whoever has no proof goes on.
    const keys = (await read('key')).trim().split('\n')
    expect([keys.length, keys[0]]).toEqual([2, oldKey])
    await owner.close()
    await grow([4])
    await expectCode(audit('verify', 'log', '--policy', 'policy'), 0)
    await expectCode(isAble ? finish() : rotate(), 0)
    await grow([5])
    await expectCode(audit('verify', 'log', '--policy', 'policy'), 0)
    expect(await read('key')).not.toContain(oldKey)
  })

  it.each([
    [['--reason', 'ROUTINE', '--finish'], 'expected one of --reason and --finish; came both'],
    [[], 'expected one of --reason and --finish; came none'],
    [['--finish'], 'expected a log whose key is replaced'],
  ])('rejects %j: %s', async (args, message) => {
    expect(await expectCode(audit('rotate-key', '--log', 'log', '--key', 'key', ...args), 2)).toContain(message)
    expect(await read('key')).toBe(`${oldKey}\n`)
  })

  it('leaves files with which the log starts, wherever it is interrupted, and finishes when it is called again', async () => {
    await cp(join(folder, 'log'), join(folder, 'before'), { recursive: true })
    await expectCode(rotate(), 0)
    const newKey = (await read('key')).trim()
    await writeFile(join(folder, 'both.key'), `${oldKey}\n${newKey}\n`)
    // Killed after it had written both keys, and before the rotation.
    await cp(join(folder, 'before'), join(folder, 'one'), { recursive: true })
    await grow([4], 'both.key', 'one')
    expect(JSON.parse(await expectCode(rotate('both.key', 'one'), 0))).toMatchObject({ index: 4, isNew: true })
    // Killed after the proof of the rotation, before the entry was in the tree.
    await cp(join(folder, 'before'), join(folder, 'two'), { recursive: true })
    await cp(join(folder, 'log/rotations'), join(folder, 'two/rotations'), { recursive: true })
    await cp(join(folder, 'two'), join(folder, 'three'), { recursive: true })
    await writeFile(join(folder, 'both.key'), `${oldKey}\n${newKey}\n`)
    await grow([4], 'both.key', 'two')
    expect(JSON.parse(await expectCode(rotate('both.key', 'two'), 0))).toMatchObject({ index: 3, isNew: false })
    expect((await read('both.key')).trim()).toBe(newKey)
    await writeFile(join(folder, 'both.key'), `${oldKey}\n${newKey}\n`)
    expect(JSON.parse(await expectCode(rotate('both.key', 'three'), 0))).toMatchObject({ index: 3, isNew: false })
    for (const place of ['one', 'two', 'three']) {
      await grow([9], 'both.key', place)
      await expectCode(audit('verify', place, '--policy', 'policy'), 0)
    }
  })
})

describe('a witness', () => {
  it('follows a rotation that it has the proof of, and then rejects the old key', async () => {
    await expectCode(rotate(), 0)
    const rotation = parseRotation(await read('log/rotations/0'))
    const signer = parseSignerFile(await read('key'))
    const log = await openLog({ folder: join(folder, 'log'), signer })
    await log.append(Buffer.from('{}'))
    await log.publish()
    const [cosigner] = cosigners
    if (cosigner === undefined) throw new Error('expected a witness')
    const logs = [parseSignerKey(oldKey).verifier]
    const [unaware, aware] = await Promise.all(
      [[], [rotation]].map((rotations, at) =>
        createWitness({ folder: join(folder, `heads-${at}`), signer: cosigner, logs, rotations }),
      ),
    )
    const ask = (checkpoint: string) => formatAddCheckpoint({ old: 0, proof: [], checkpoint })
    const { note } = log.published()
    const text = note.slice(0, note.indexOf('\n\n') + 1)

    expect((await unaware?.addCheckpoint(ask(note)))?.status).toBe(403)
    expect((await unaware?.addCheckpoint(ask(rotation.checkpoint)))?.status).toBe(200)

    const forged = formatNote({ text, signatures: [signText(text, parseSignerKey(oldKey))] })
    const rejected = await aware?.addCheckpoint(ask(forged))
    expect(rejected).toMatchObject({ status: 403, body: expect.stringContaining('replaced at entry 3') })
    expect((await aware?.addCheckpoint(ask(note)))?.status).toBe(200)

    await Promise.all([log.close(), unaware?.close(), aware?.close()])
  })
})
