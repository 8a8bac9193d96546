import { readFile, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { decodeNotes, encodeNotes, historyPath } from '../../audit/log/history.ts'
import { type Log, openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { cosignatureTime, type NoteSigner } from '../../audit/note/key.ts'
import { formatSignatureLine, parseNote, signText } from '../../audit/note/note.ts'
import { checkCheckpoint, parsePolicy } from '../../audit/note/policy.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyWitnessed } from '../../audit/verify/verify-witnessed.ts'
import { makeTestFolder } from '../../audit/witness/testing.ts'
import { createWitness, createWitnessServer } from '../../audit/witness/witness.ts'
import { openWitnesses } from './witnesses.ts'

const signer = newSigner('istmo.example/gateway')
const cosigner = newSigner('witness.example/gt', 'cosignature')
const silentLog = pino({ level: 'silent' })
const HOUR_MS = 3_600_000

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A witness that listens on the given port, or on a free one. */
async function startWitness(
  folder: string,
  port = 0,
  by: NoteSigner = cosigner,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  // Its clock is that of its signer, which a test may set.
  const now = () => (cosignatureTime(by.sign('clock\n')) ?? 0) * 1_000
  const witness = await createWitness({
    folder: join(folder, 'witness'),
    signer: by,
    logs: [signer.verifier],
    ...(by !== cosigner && { clock: { now, elapsed: now } }),
  })
  const server: Server = createWitnessServer(witness)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await witness.close()
  }
  closing.push(stop)
  return { port: (server.address() as AddressInfo).port, stop }
}

const policyAt = (port: number) =>
  parsePolicy(
    `log ${signer.verifier.vkey}\nwitness GT ${cosigner.verifier.vkey} http://127.0.0.1:${port}/\nquorum GT\n`,
  )

async function openBoth(folder: string, port: number, now: () => number, elapsed = now, log = silentLog) {
  const path = join(folder, 'log')
  const entries: Log = await openLog({ folder: path, signer, publishAfterMs: 1_000_000 })
  const options = { entries, folder: path, policy: policyAt(port), log, now, elapsed }
  const witnesses = await openWitnesses(options)
  const close = async (): Promise<void> => {
    await witnesses.close()
    await entries.close()
  }
  return { entries, witnesses, close }
}

describe('the witnesses of an audit log', () => {
  it('cosign what was written, and the log stores the cosignature', async () => {
    const folder = await makeTestFolder()
    const { port } = await startWitness(folder)
    const { entries, witnesses, close } = await openBoth(folder, port, Date.now)
    closing.push(close)
    await entries.append(Buffer.from('{}'))
    expect(witnesses.state().unwitnessedMs).toBeGreaterThan(0)
    await witnesses.collect()
    expect(witnesses.state()).toEqual({ size: 1, unwitnessedMs: 0, witnesses: [{ name: 'GT', kind: 'COSIGNED' }] })
    expect(checkCheckpoint(entries.published().note, policyAt(port)).isInQuorum).toBe(true)
  })

  it('are missing one minute after the last quorum, but not while nothing new was written', async () => {
    const folder = await makeTestFolder()
    let now = Date.now()
    const witness = await startWitness(folder)
    const { entries, witnesses, close } = await openBoth(folder, witness.port, () => now)
    closing.push(close)
    await entries.append(Buffer.from('{}'))
    await witnesses.collect()
    await witness.stop()
    now += HOUR_MS
    await witnesses.collect()
    expect(witnesses.state().unwitnessedMs).toBe(0)

    await entries.append(Buffer.from('{}'))
    now += 59_000
    await witnesses.collect()
    expect(witnesses.state().unwitnessedMs).toBe(0)
    now += 1_001
    expect(witnesses.state()).toMatchObject({
      size: 1,
      witnesses: [
        { name: 'GT', kind: 'UNREACHABLE', why: expect.stringMatching(/ECONNREFUSED|other side closed|socket/) },
      ],
    })
    expect(witnesses.state().unwitnessedMs).toBeGreaterThan(0)

    await startWitness(folder, witness.port)
    await witnesses.collect()
    expect(witnesses.state()).toMatchObject({ size: 2, unwitnessedMs: 0 })
  })

  it('are in the log at level warn if they are away, and at error once no quorum has cosigned for a minute, and once when they are back', async () => {
    const folder = await makeTestFolder()
    let now = Date.now()
    const lines: { readonly level: number; readonly msg: string; readonly remedy?: string }[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
    const witness = await startWitness(folder)
    const { entries, witnesses, close } = await openBoth(folder, witness.port, () => now, undefined, log)
    closing.push(close)
    await entries.append(Buffer.from('{}'))
    await witnesses.collect()
    lines.splice(0)
    await witness.stop()
    await entries.append(Buffer.from('{}'))
    await witnesses.collect()
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([[40, 'a witness does not cosign the audit log']])
    for (let tries = 0; tries < 3; tries += 1) {
      now += 31_000
      await witnesses.collect()
    }
    expect(lines.slice(1)).toMatchObject([
      {
        level: 50,
        msg: 'no quorum of witnesses has cosigned the audit log for a minute',
        remedy: expect.stringContaining('Start the witnesses'),
      },
    ])
    await startWitness(folder, witness.port)
    await witnesses.collect()
    await witnesses.collect()
    expect(lines.slice(2).map(({ level, msg }) => [level, msg])).toEqual([
      [30, 'a witness answered differently than before'],
      [30, 'a quorum of witnesses cosigns the audit log again'],
    ])
  })

  it('are missing although the clock of the gateway is set back', async () => {
    const folder = await makeTestFolder()
    let [now, elapsed] = [Date.now(), 0]
    const witness = await startWitness(folder)
    const both = await openBoth(
      folder,
      witness.port,
      () => now,
      () => elapsed,
    )
    closing.push(both.close)
    await both.entries.append(Buffer.from('{}'))
    await both.witnesses.collect()
    await witness.stop()
    await both.entries.append(Buffer.from('{}'))
    now -= 24 * HOUR_MS
    elapsed += 61_000
    await both.witnesses.collect()
    expect(both.witnesses.state().unwitnessedMs).toBeGreaterThan(0)
  })

  it('are missing after a restart although one of them had cosigned with a time in 2099', async () => {
    const folder = await makeTestFolder()
    const path = join(folder, 'log')
    const signers = ['a', 'b', 'c', 'd'].map((name, at) => {
      return newSigner(`${name}.example`, 'cosignature', () =>
        at === 0 ? Date.UTC(2099, 0) : Date.now() - at * HOUR_MS,
      )
    })
    const lines = signers.map(({ verifier }, at) => `witness W${at} ${verifier.vkey}`)
    const policy = parsePolicy(
      [`log ${signer.verifier.vkey}`, ...lines, 'group G 3 W0 W1 W2 W3', 'quorum G\n'].join('\n'),
    )
    const entries = await openLog({ folder: path, signer, publishAfterMs: 1_000_000 })
    closing.push(() => entries.close())
    await entries.append(Buffer.from('{}'))
    await entries.publish()
    const { note } = entries.published()
    await entries.addCosignatures(
      note,
      signers.map((each) => signText(parseNote(note).text, each)),
    )
    const witnesses = await openWitnesses({ entries, folder: path, policy, log: silentLog })
    closing.push(witnesses.close)
    // Three of those whose clocks are right cosigned an hour ago, two hours ago and three hours ago.
    expect(witnesses.state().unwitnessedMs / HOUR_MS).toBeCloseTo(3, 1)
  })

  it('are missing for as long after a restart as before it', async () => {
    const folder = await makeTestFolder()
    const witness = await startWitness(folder)
    const first = await openBoth(folder, witness.port, Date.now)
    await first.entries.append(Buffer.from('{}'))
    await first.witnesses.collect()
    await witness.stop()
    await first.entries.append(Buffer.from('{}'))
    await first.close()
    const later = Date.now() + 4 * HOUR_MS
    const { witnesses, close } = await openBoth(folder, witness.port, () => later)
    closing.push(close)
    await witnesses.collect()
    const { size, unwitnessedMs } = witnesses.state()
    expect(size).toBe(1)
    expect(unwitnessedMs / HOUR_MS).toBeCloseTo(4, 1)
  })

  it('are two of four for ten idle minutes, and then the log starts again, is cosigned by all, and has grown by no more than that', async () => {
    const folder = await makeTestFolder()
    const path = join(folder, 'log')
    let now = Date.now() - HOUR_MS
    const names = ['a', 'b', 'c', 'd']
    const cosigners = names.map((name) => newSigner(`${name}.example`, 'cosignature', () => now))
    const serve = (at: number, port?: number) => startWitness(join(folder, names[at] ?? ''), port, cosigners[at])
    const running = await Promise.all(names.map((_, at) => serve(at)))
    const ports = running.map(({ port }) => port)
    const lines = cosigners.map((by, at) => `witness ${names[at]} ${by.verifier.vkey} http://127.0.0.1:${ports[at]}/`)
    const policy = parsePolicy(
      [`log ${signer.verifier.vkey}`, ...lines, `group G 3 ${names.join(' ')}`, 'quorum G\n'].join('\n'),
    )
    const open = async () => {
      const entries = await openLog({ folder: path, signer, publishAfterMs: 1_000_000 })
      return { entries, ...(await openWitnesses({ entries, folder: path, policy, log: silentLog, now: () => now })) }
    }
    for (const { stop } of running.slice(2)) await stop()
    const idle = await open()
    await idle.entries.append(Buffer.from('{}'))
    for (let turn = 0; turn < 40; turn++, now += 15_000) await idle.collect()
    const history = () => readFile(join(path, historyPath(1)))
    expect(decodeNotes(await history()).notes.length).toBeLessThanOrEqual(3)
    expect(parseNote(idle.entries.published().note).signatures).toHaveLength(3)
    await idle.close()
    await idle.entries.close()

    for (const at of [2, 3]) await serve(at, ports[at])
    const back = await open()
    closing.push(back.close, () => back.entries.close())
    await back.collect()
    const { isInQuorum, cosignatures } = checkCheckpoint(back.entries.published().note, policy, now)
    expect([isInQuorum, back.state().size]).toEqual([true, 1])
    // The quorum is one of now: the words of those that were there all the time are as new as those of the others.
    expect(new Set(cosignatures.map(({ time }) => time))).toEqual(new Set([Math.floor(now / 1_000)]))
    const { findings, notes } = await verifyWitnessed(folderSource(path), policy, { now: () => now })
    expect([findings, notes.filter(({ kind }) => kind === 'REPEATED')]).toEqual([[], []])
  })

  it('are collected again for a log to which an earlier version added a line of each of them every second', async () => {
    const folder = await makeTestFolder()
    const path = join(folder, 'log')
    const { port } = await startWitness(folder)
    let ms = Date.now() - HOUR_MS
    const talkative = newSigner('witness.example/hn', 'cosignature', () => ms)
    const policy = parsePolicy(
      [
        `log ${signer.verifier.vkey}`,
        `witness HN ${talkative.verifier.vkey}`,
        `witness GT ${cosigner.verifier.vkey} http://127.0.0.1:${port}/`,
        'group G all HN GT',
        'quorum G\n',
      ].join('\n'),
    )
    const first = await openLog({ folder: path, signer, publishAfterMs: 1_000_000 })
    await first.append(Buffer.from('{}'))
    await first.publish()
    const { text } = parseNote(first.published().note)
    let damaged = first.published().note
    for (let line = 0; line < 66; line++, ms += 1_000) damaged += formatSignatureLine(signText(text, talkative))
    await first.close()
    const file = join(path, historyPath(1))
    await writeFile(file, Buffer.concat([await readFile(file), encodeNotes(1, [damaged])]))
    await writeFile(join(path, 'checkpoint'), damaged)

    const entries = await openLog({ folder: path, signer, publishAfterMs: 1_000_000 })
    const witnesses = await openWitnesses({ entries, folder: path, policy, log: silentLog })
    closing.push(() => entries.close(), witnesses.close)
    expect(await readFile(join(path, 'checkpoint'), 'utf8')).toBe(damaged)
    await witnesses.collect()
    expect(witnesses.state()).toMatchObject({ size: 1, unwitnessedMs: 0 })
    expect(parseNote(entries.published().note).signatures).toHaveLength(3)
    const { findings, notes } = await verifyWitnessed(folderSource(path), policy)
    expect(findings).toEqual([])
    expect(notes.find(({ kind }) => kind === 'REPEATED')?.came).toMatch(/^several in 1 of them/)
  })

  it('say after the start that the log was set back, and then nothing is taken to them any more', async () => {
    const folder = await makeTestFolder()
    const { port } = await startWitness(folder)
    const entries = await openLog({ folder: join(folder, 'log'), signer, publishAfterMs: 1_000_000 })
    closing.push(() => entries.close())
    await entries.append(Buffer.from('{}'))
    let asked = 0
    let isSetBack = false
    const setBack = {
      checkAgain: async () => {
        asked += 1
        isSetBack = true
      },
      isSetBack: () => isSetBack,
    }
    const witnesses = await openWitnesses({
      entries,
      folder: join(folder, 'log'),
      policy: policyAt(port),
      setBack,
      log: silentLog,
    })
    closing.push(witnesses.close)
    expect(witnesses.isRolledBack()).toBe(false)
    await witnesses.collect()
    expect(witnesses.isRolledBack()).toBe(true)
    await entries.append(Buffer.from('{}'))
    await witnesses.collect()
    expect([asked, witnesses.state().size]).toEqual([1, 1])
  })
})
