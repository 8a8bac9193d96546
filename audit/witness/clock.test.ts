import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLogOn } from '../log/log.ts'
import { createMemoryStorage, newSigner } from '../log/testing.ts'
import type { NoteSigner } from '../note/key.ts'
import { addSignatures, parseNote, signText } from '../note/note.ts'
import { collectCosignatures } from './collect.ts'
import { decodeCosignedSizes, hashOrigin, RECORD_BYTES } from './heads.ts'
import { createWitness, createWitnessServer, formatAddCheckpoint, type Witness, type WitnessClock } from './witness.ts'

const START = 1_800_000_000_000
const MINUTE_MS = 60_000
const logSigner = newSigner('log.example/hn')
const others = ['a', 'b'].map((name) => newSigner(`${name}.example`, 'cosignature', () => START + 10 * MINUTE_MS))

let folder: string
let count = 0
const open: (() => unknown)[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-witness-clock-'))
})
afterAll(async () => {
  for (const close of open) await close()
  await rm(folder, { recursive: true, force: true })
})

/** Two clocks of one machine: `pass` lets time pass, `set` sets one of them. */
function newClock() {
  let [now, elapsed] = [START, 0]
  const clock: WitnessClock = { now: () => now, elapsed: () => elapsed }
  return {
    clock,
    pass: (ms: number) => {
      now += ms
      elapsed += ms
    },
    set: (ms: number) => {
      now += ms
    },
  }
}

async function newWitness(clock: WitnessClock, path = join(folder, String(count++)), told: string[] = []) {
  const signer = newSigner('w.example', 'cosignature', clock.now)
  const witness = await createWitness({
    ...{ folder: path, signer, clock, logs: [logSigner.verifier], onWrongClock: (why: string) => told.push(why) },
    others: others.map(({ verifier }) => verifier),
  })
  open.push(witness.close)
  return { witness, path, told }
}

async function newLog() {
  const log = await openLogOn(createMemoryStorage(), { signer: logSigner, publishAfterMs: 1_000_000 })
  /** Grows the log to a size, and asks the witness to cosign it. */
  const askAt = async (witness: Witness, old: number, size: number, cosigners: readonly NoteSigner[] = []) => {
    while (log.size() < size) await log.append(Buffer.from(`entry ${log.size()}`))
    await log.publish()
    const { note } = log.published()
    const checkpoint =
      cosigners.length === 0
        ? note
        : addSignatures(
            note,
            cosigners.map((each) => signText(parseNote(note).text, each)),
          )
    return witness.addCheckpoint(formatAddCheckpoint({ old, proof: await log.consistency(old, size), checkpoint }))
  }
  return { log, askAt }
}

describe('a witness whose clock runs wrong', () => {
  it.each([
    ['ahead', 301_000],
    ['back', -301_000],
  ])('cosigns nothing after somebody set it %s, and says why', async (_, ms) => {
    const { clock, pass, set } = newClock()
    const { witness, told } = await newWitness(clock)
    const { askAt } = await newLog()
    expect((await askAt(witness, 0, 1)).status).toBe(200)
    pass(24 * 60 * MINUTE_MS)
    set(ms - Math.sign(ms) * 2_000)
    expect((await askAt(witness, 1, 2)).status).toBe(200)
    set(Math.sign(ms) * 3_000)
    const { status, body } = await askAt(witness, 2, 3)
    expect([status, body]).toEqual([503, expect.stringMatching(/^the clock of this witness was set by -?302 s since/)])
    expect(told).toEqual([body.trimEnd()])
  })

  it('cosigns nothing while the clock is behind its last cosignature, also after a restart', async () => {
    const { clock, set } = newClock()
    const { witness, path } = await newWitness(clock)
    const { askAt } = await newLog()
    expect((await askAt(witness, 0, 1)).status).toBe(200)
    await witness.close()
    set(-61_000)
    const again = await newWitness(clock, path)
    const { status, body } = await askAt(again.witness, 1, 2)
    expect([status, body]).toEqual([503, expect.stringMatching(/61 s behind its last cosignature/)])
    await again.witness.close()
    set(61_000)
    expect((await askAt((await newWitness(clock, path)).witness, 1, 2)).status).toBe(200)
  })

  it('cosigns nothing if two other witnesses have cosigned much later than now, but one alone cannot stop it', async () => {
    const { witness } = await newWitness(newClock().clock)
    const { askAt } = await newLog()
    expect((await askAt(witness, 0, 1, others.slice(0, 1))).status).toBe(200)
    const { status, body } = await askAt(witness, 1, 2, others)
    expect([status, body]).toEqual([503, expect.stringMatching(/600 s behind those of two other witnesses/)])
    const strangers = ['a', 'b'].map((name) => newSigner(`${name}.example`, 'cosignature', () => START * 2))
    expect((await askAt(witness, 1, 2, strangers)).status).toBe(200)
  })

  it('is told by the log that collects: a time in the future is refused, one in the past counts', async () => {
    const { log } = await newLog()
    await log.append(Buffer.from('entry'))
    await log.publish()
    const collectAt = async (now: number) => {
      const signer = newSigner('late.example', 'cosignature', () => START)
      const late = await createWitness({ folder: join(folder, String(count++)), signer, logs: [logSigner.verifier] })
      open.push(late.close)
      const lateServer = createWitnessServer(late)
      await new Promise<void>((resolve) => lateServer.listen(0, '127.0.0.1', resolve))
      open.push(() => lateServer.close())
      const port = (lateServer.address() as AddressInfo).port
      const witnesses = [{ name: 'late', verifier: signer.verifier, url: `http://127.0.0.1:${port}/` }]
      const { note: checkpoint } = log.published()
      const { consistency } = log
      return collectCosignatures({ checkpoint, witnesses, consistency, deadlineMs: 5_000, now: () => now })
    }
    const ahead = await collectAt(START - 301_000)
    expect([ahead.signatures.length, ahead.outcomes[0]?.kind]).toEqual([0, 'WRONG_CLOCK'])
    expect(ahead.outcomes[0]?.why).toMatch(/301 s ahead of ours; its cosignature is refused/)
    const behind = await collectAt(START + 301_000)
    expect([behind.signatures.length, behind.outcomes[0]?.kind]).toEqual([1, 'WRONG_CLOCK'])
    expect((await collectAt(START + 300_000)).outcomes[0]?.kind).toBe('COSIGNED')
  })
})

describe('what a witness has cosigned', () => {
  it('is kept in 64 bytes a size, over restarts, and is served from any record on', async () => {
    const { clock, pass } = newClock()
    const { witness, path } = await newWitness(clock)
    const { log, askAt } = await newLog()
    const name = hashOrigin(log.origin)
    expect(await witness.history(name, 0)).toBeUndefined()
    await askAt(witness, 0, 2)
    pass(1_000)
    await askAt(witness, 2, 2)
    await askAt(witness, 2, 5)
    await witness.close()
    const again = (await newWitness(clock, path)).witness
    await askAt(again, 5, 9)
    const bytes = (await again.history(name, 0)) ?? new Uint8Array()
    expect(bytes.length).toBe(3 * RECORD_BYTES)
    const { records, check } = decodeCosignedSizes(bytes)
    expect(records.map(({ size, time }) => [size, time])).toEqual([
      [2, START / 1_000],
      [5, START / 1_000 + 1],
      [9, START / 1_000 + 1],
    ])
    expect(records[1]?.root).toEqual(Buffer.from(await log.root(5)))
    const rest = (await again.history(name, 2)) ?? new Uint8Array()
    const before = decodeCosignedSizes(bytes.subarray(0, 2 * RECORD_BYTES)).check
    expect(decodeCosignedSizes(rest, before)).toMatchObject({ records: [{ size: 9 }], check })
    expect((await again.history(name, 7))?.length).toBe(0)
  })

  it.each([
    ['torn', async (path: string) => truncate(path, 3 * RECORD_BYTES - 10)],
    ['noise', async (path: string) => flip(path, 3 * RECORD_BYTES - 20)],
    ['missing, as after a crash between the two files', async (path: string) => truncate(path, 2 * RECORD_BYTES)],
    ['never written, by an earlier version', async (path: string) => rm(path)],
  ])('is repaired if its end is %s', async (_, damage) => {
    const { clock } = newClock()
    const { witness, path } = await newWitness(clock)
    const { log, askAt } = await newLog()
    const name = hashOrigin(log.origin)
    for (const [old, size] of [
      [0, 1],
      [1, 2],
      [2, 3],
    ] as const)
      await askAt(witness, old, size)
    await witness.close()
    await damage(join(path, 'cosigned', name))
    const again = (await newWitness(clock, path)).witness
    expect((await askAt(again, 3, 4)).status).toBe(200)
    const { records } = decodeCosignedSizes((await again.history(name, 0)) ?? new Uint8Array())
    expect(records.slice(-2).map(({ size }) => size)).toEqual([3, 4])
  })

  it('stops the witness if more than its end is damaged', async () => {
    const { clock } = newClock()
    const { witness, path } = await newWitness(clock)
    const { log, askAt } = await newLog()
    for (const [old, size] of [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ] as const)
      await askAt(witness, old, size)
    await witness.close()
    const file = join(path, 'cosigned', hashOrigin(log.origin))
    await flip(file, 2 * RECORD_BYTES + 3)
    await expect(askAt((await newWitness(clock, path)).witness, 4, 5)).rejects.toThrow(/record 2 does not/)
    expect((await readFile(file)).length).toBe(4 * RECORD_BYTES)
  })
})

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(path, bytes)
}
