import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeNotes, historyPath } from '../../audit/log/history.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parseNote } from '../../audit/note/note.ts'
import { checkCheckpoint, type Policy, parsePolicy } from '../../audit/note/policy.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { createWitness, createWitnessServer, type Witness } from '../../audit/witness/witness.ts'
import { createLogWitnesses, type LogWitnesses } from '../../service/audit-log/witnessed-log.ts'
import { type AuthorityLog, openAuthorityLog } from './authority-log.ts'

/** An authority’s log whose newest entries are lost, because somebody restored an older copy of its folder. */

const NAME = 'authority.example/gt'
const key = generateSignerKey(NAME, SIGNATURE_TYPES.ed25519)
const witnessSigner = newSigner('witness.example/hn', 'cosignature')
const log = pino({ level: 'silent' })

let folder: string
let witness: Witness
let server: Server
let port: number
let policy: Policy
const warn = vi.fn()
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-set-back-'))
  await mkdir(at('keys'))
  await writeFile(at('keys/log.key'), key, { mode: 0o600 })
  await rotateKeyFile(at('keys/refs.json'), Date.now())
  const { verifier } = parseSignerKey(key)
  witness = await createWitness({ folder: at('witness'), signer: witnessSigner, logs: [verifier] })
  server = createWitnessServer(witness)
  port = await listen(0)
  const url = `http://127.0.0.1:${port}/`
  policy = parsePolicy(`log ${verifier.vkey}\nwitness HN ${witnessSigner.verifier.vkey} ${url}\nquorum HN\n`)
  warn.mockReset()
})
afterEach(async () => {
  await close()
  await witness.close()
  await rm(folder, { recursive: true })
})

const listen = (wanted: number): Promise<number> =>
  new Promise((resolve) => {
    server.listen(wanted, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
const close = (): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

function open(home: string, witnesses: LogWitnesses): Promise<AuthorityLog> {
  const files = { auditLog: at(home), auditLogKey: at('keys/log.key'), refKeys: at('keys/refs.json') }
  const settings = { ...files, country: 'GT' }
  return openAuthorityLog({
    settings,
    version: '1',
    keys: [],
    log,
    witnesses,
    onWritten: () => undefined,
    now: Date.now,
  })
}

const create = (given: Policy | null = policy): LogWitnesses => {
  const consequence = 'the authority gives no token any more'
  return createLogWitnesses({ policy: given, consequence, log: { warn, error: vi.fn() }, now: Date.now })
}

/** Writes a log that the witness has cosigned twice. Its folder `older` is a copy from between. */
async function writeLog(): Promise<void> {
  for (const copy of ['older', 'newest']) {
    const witnesses = create()
    const { recorder } = await open('log', witnesses)
    const running = witnesses.begin(recorder.entries)
    await running.collect()
    await running.close()
    await recorder.close()
    await cp(at('log'), at(copy), { recursive: true })
  }
}

describe('an authority whose log was set back', () => {
  it('does not start, and says what its witness has seen and what to do', async () => {
    await writeLog()
    await expect(open('older', create())).rejects.toThrow(
      /the audit log authority\.example\/gt with its 2 entries was set back .*.* HN: it cosigned 3 entries .*Restore the newest copy/,
    )
    const { recorder } = await open('newest', create())
    expect(recorder.entries.size()).toBe(5)
    await recorder.close()
    expect(warn).not.toHaveBeenCalled()
  })

  it('writes nothing any more when a witness that was silent at the start proves it', async () => {
    await writeLog()
    await close()
    const witnesses = create()
    const { recorder } = await open('older', witnesses)
    expect(warn.mock.calls).toEqual([[expect.objectContaining({ witness: 'HN' }), expect.any(String)]])
    const entry = () => ({ ...recorder.newBase(), origin: NAME, kind: 'authority-stop', country: 'GT' }) as const
    await recorder.append([entry()])
    expect([recorder.isWritable(), await recorder.unready()]).toEqual([true, null])
    await listen(port)
    const running = witnesses.begin(recorder.entries)
    await running.compare()
    await running.close()
    const size = recorder.entries.size()
    await expect(recorder.append([entry()])).rejects.toThrow('this one was set back')
    await expect(recorder.appendTexts([JSON.stringify(entry())], [])).rejects.toThrow('this one was set back')
    expect(recorder.entries.size()).toBe(size)
    expect([recorder.isWritable(), await recorder.unready()]).toEqual([false, 'RECORD_UNAVAILABLE'])
    await recorder.close()
  })

  it('does not start under the trust policy of another log, whose witnesses could never cosign it', async () => {
    await expect(open('log', create({ ...policy, logs: [] }))).rejects.toThrow(
      `expected a trust policy that names this audit log, ${NAME}; came one that names no log. Correct trustPolicy`,
    )
  })

  it('is not found without a trust policy, because then nobody has seen its log', async () => {
    await writeLog()
    const { recorder } = await open('older', create(null))
    await recorder.close()
  })
})

describe('an authority that is idle while one of two witnesses is away', () => {
  it('stores no cosignature again for ten minutes, starts again, and is cosigned by both when the other one is back', async () => {
    let now = Date.now() - 3_600_000
    const { verifier } = parseSignerKey(key)
    const names = ['HN', 'SV']
    const signers = names.map((name) => newSigner(`witness.example/${name}`, 'cosignature', () => now))
    const serve = async (index: number, wanted = 0) => {
      const clock = { now: () => now, elapsed: () => now }
      const signer = signers[index] ?? witnessSigner
      const serving = await createWitness({ folder: at(`witness-${index}`), signer, logs: [verifier], clock })
      const listening = createWitnessServer(serving)
      await new Promise<void>((resolve) => listening.listen(wanted, '127.0.0.1', resolve))
      const stop = async () => {
        listening.closeAllConnections()
        await new Promise((resolve) => listening.close(resolve))
        await serving.close()
      }
      return { port: (listening.address() as AddressInfo).port, stop }
    }
    const [there, away] = [await serve(0), await serve(1)]
    await away.stop()
    const ports = [there.port, away.port]
    const lines = names.map((name, i) => `witness ${name} ${signers[i]?.verifier.vkey} http://127.0.0.1:${ports[i]}/`)
    const both = parsePolicy([`log ${verifier.vkey}`, ...lines, 'group both all HN SV', 'quorum both\n'].join('\n'))
    const start = async () => {
      const silent = { warn: vi.fn(), error: vi.fn() }
      const witnesses = createLogWitnesses({ policy: both, consequence: '', log: silent, now: () => now })
      const files = { auditLog: at('log'), auditLogKey: at('keys/log.key'), refKeys: at('keys/refs.json') }
      const { recorder } = await openAuthorityLog({
        ...{ settings: { ...files, country: 'GT' }, version: '1', keys: [], log, witnesses },
        ...{ onWritten: () => undefined, now: () => now },
      })
      const running = witnesses.begin(recorder.entries)
      const stop = async () => {
        await running.close()
        await recorder.close()
      }
      return { recorder, collect: running.collect, stop }
    }
    const idle = await start()
    for (let turn = 0; turn < 40; turn++, now += 15_000) await idle.collect()
    const { note } = idle.recorder.entries.published()
    expect(parseNote(note).signatures).toHaveLength(2)
    const history = await readFile(join(at('log/log'), historyPath(1)))
    expect(decodeNotes(history).notes.length).toBeLessThanOrEqual(3)
    await idle.stop()

    const back = await serve(1, away.port)
    const again = await start()
    await again.collect()
    expect(await again.recorder.unready()).toBeNull()
    const { isInQuorum, cosignatures } = checkCheckpoint(again.recorder.entries.published().note, both, now)
    expect([isInQuorum, cosignatures.map(({ witness: { name } }) => name).toSorted()]).toEqual([true, names])
    await again.stop()
    await Promise.all([there.stop(), back.stop()])
    // Its last entry says that it stops, and nobody cosigned that.
    const alone = parsePolicy(`log ${verifier.vkey}\nquorum none\n`)
    const { findings, repeated } = await verifyLog(folderSource(at('log/log')), alone)
    expect([findings, repeated]).toEqual([[], 0])
  })
})
