import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { type Log, openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { parseNote, signText } from '../../audit/note/note.ts'
import { checkCheckpoint, parsePolicy } from '../../audit/note/policy.ts'
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
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const witness = await createWitness({ folder: join(folder, 'witness'), signer: cosigner, logs: [signer.verifier] })
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

async function openBoth(folder: string, port: number, now: () => number, elapsed = now) {
  const path = join(folder, 'log')
  const entries: Log = await openLog({ folder: path, signer, publishAfterMs: 1_000_000 })
  const options = { entries, folder: path, policy: policyAt(port), log: silentLog, now, elapsed }
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
