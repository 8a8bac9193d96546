import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { type AddressInfo, createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Log, openLogOn } from '../log/log.ts'
import { createMemoryStorage, newSigner } from '../log/testing.ts'
import { formatCheckpoint } from '../note/checkpoint.ts'
import { cosignatureTime, parseVerifierKey } from '../note/key.ts'
import { addSignatures, openNote, signNote } from '../note/note.ts'
import { collectCosignatures, type WitnessEndpoint } from './collect.ts'
import {
  createWitness,
  createWitnessServer,
  formatAddCheckpoint,
  MAX_CONNECTIONS,
  parseAddCheckpoint,
  type Witness,
} from './witness.ts'

const NOW = 1_700_000_000_000
const logSigner = newSigner('log.example/hn')
const witnessSigner = newSigner('w1.example', 'cosignature', () => NOW)

let folder: string
let count = 0
const open: (() => unknown)[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-witness-'))
})
afterAll(async () => {
  for (const close of open) await close()
  await rm(folder, { recursive: true, force: true })
})

async function newWitness(path = join(folder, String(count++))): Promise<Witness> {
  const witness = await createWitness({ folder: path, signer: witnessSigner, logs: [logSigner.verifier] })
  open.push(witness.close)
  return witness
}

/** A log with a published checkpoint at each of the sizes. */
async function logAt(
  sizes: readonly number[],
  text = 'entry',
): Promise<{ readonly log: Log; readonly notes: readonly string[] }> {
  const log = await openLogOn(createMemoryStorage(), { signer: logSigner, publishAfterMs: 1_000_000 })
  const notes: string[] = []
  for (const size of sizes) {
    while (log.size() < size) await log.append(Buffer.from(`${text} ${log.size()}`))
    await log.publish()
    notes.push(log.published().note)
  }
  return { log, notes }
}

async function ask(witness: Witness, log: Log, old: number, size: number, checkpoint: string) {
  return witness.addCheckpoint(formatAddCheckpoint({ old, proof: await log.consistency(old, size), checkpoint }))
}

describe('a request', () => {
  // The example of C2SP tlog-witness.
  const body = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`

  it('is parsed and formatted as the specification says', () => {
    const request = parseAddCheckpoint(body)
    expect(request).toMatchObject({ old: 20852014 })
    expect(request.proof).toHaveLength(4)
    expect(formatAddCheckpoint(request)).toBe(body)
  })

  it('from the public test of another witness is answered', async () => {
    const name = 'sigsum.org/v1/tree/985ea163f5af026723561354f51f2ebcdcf2af809ce254ccfb64aa9aadd80f90'
    const typed = Buffer.from('0152c05edad1bf5feffa81354faae59a655d9a9a1a793ed2f62c39c26c0be2aecd', 'hex')
    const id = createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8)
    const log = parseVerifierKey(`${name}+${id}+${typed.toString('base64')}`)
    const checkpoint = `${name}\n1\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— ${name} 7BKT0gOfNZ1J0So9unY3BZtm2YkPIoNYM/dce0Z2avJDs8dxN6ts9bOSwwrVrbjm6P9K3ZxpK6jJngOG6YvGGzV/lwo=\n`
    const witness = await createWitness({ folder: join(folder, 'public'), signer: witnessSigner, logs: [log] })
    open.push(witness.close)
    expect((await witness.addCheckpoint(`old 0\n\n${checkpoint}`)).status).toBe(200)
  })
})

describe('a witness', () => {
  it('cosigns a log as it grows, with the time', async () => {
    const { log, notes } = await logAt([1, 5, 300])
    const witness = await newWitness()
    let old = 0
    for (const [at, size] of [1, 5, 300, 300].entries()) {
      const note = notes[Math.min(at, 2)] ?? ''
      const answer = await ask(witness, log, old, size, note)
      expect(answer).toMatchObject({ status: 200 })
      const { verified } = openNote(note.replace(/\n$/, `\n${answer.body}`), [witnessSigner.verifier])
      expect(cosignatureTime(verified[0]?.signature ?? new Uint8Array())).toBe(NOW / 1000)
      old = size
    }
  })

  it('remembers heads over a restart, and does not share its folder', async () => {
    const { log, notes } = await logAt([3, 4])
    const path = join(folder, 'remembers')
    const first = await newWitness(path)
    await expect(newWitness(path)).rejects.toThrow('is already open for writing')
    expect((await ask(first, log, 0, 3, notes[0] ?? '')).status).toBe(200)
    await first.close()
    const second = await newWitness(path)
    expect(await ask(second, log, 0, 4, notes[1] ?? '')).toEqual({ status: 409, type: 'text/x.tlog.size', body: '3\n' })
    expect((await ask(second, log, 3, 4, notes[1] ?? '')).status).toBe(200)
  })

  it('answers as the specification says', async () => {
    const { log, notes } = await logAt([3, 7])
    const [at3 = '', at7 = ''] = notes
    const other = await logAt([3, 7], 'other')
    const witness = await newWitness()
    const answer = async (body: string) => {
      const { status, type, body: text } = await witness.addCheckpoint(body)
      return type === 'text/x.tlog.size' ? [status, text] : [status]
    }
    const proof = await log.consistency(3, 7)
    const body = (old: number, checkpoint: string, hashes = proof) =>
      formatAddCheckpoint({ old, proof: hashes, checkpoint })
    const unknown = newSigner('log.example/gt')
    const foreign = newSigner('log.example/hn')
    const head = { origin: 'log.example/gt', size: 1, root: Buffer.alloc(32) }

    expect(await answer('')).toEqual([400])
    expect(await answer(at3)).toEqual([400])
    expect(await answer(`old 03\n\n${at3}`)).toEqual([400])
    expect(await answer(`old 0\nAAAA\n\n${at3}`)).toEqual([400])
    expect(await answer(body(0, 'log.example/hn\nx\n\n— log.example/hn AAAAAAAA\n', []))).toEqual([400])
    expect(await answer(body(0, signNote(formatCheckpoint(head), [unknown]), []))).toEqual([404])
    expect(
      await answer(body(0, signNote(formatCheckpoint({ ...head, origin: 'log.example/hn' }), [foreign]), [])),
    ).toEqual([403])
    expect(await answer(body(0, at3.replace('\n3\n', '\n4\n'), []))).toEqual([403])
    expect(await answer(body(4, at3))).toEqual([400])
    expect(await answer(body(3, at7))).toEqual([409, '0\n'])
    expect(await answer(body(0, at3))).toEqual([422])
    expect(await answer(body(0, at3, []))).toEqual([200])
    expect(await answer(body(0, at3, []))).toEqual([409, '3\n'])
    expect(await answer(body(3, other.notes[0] ?? '', []))).toEqual([422])
    expect(await answer(body(3, other.notes[1] ?? ''))).toEqual([422])
    expect(await answer(body(3, at7, proof.slice(1)))).toEqual([422])
    expect(await answer(body(3, at7))).toEqual([200])
    expect(await answer(body(3, at3, []))).toEqual([409, '7\n'])
  })

  it('cosigns one of many requests from the same size, and is never set back', async () => {
    const sizes = [10, ...Array.from({ length: 20 }, (_, at) => 11 + at)]
    const { log, notes } = await logAt(sizes)
    const witness = await newWitness()
    await ask(witness, log, 0, 10, notes[0] ?? '')
    const answers = await Promise.all(notes.slice(1).map((note, at) => ask(witness, log, 10, 11 + at, note)))
    const won = answers.flatMap(({ status }, at) => (status === 200 ? [11 + at] : []))
    expect(won).toHaveLength(1)
    expect(answers.filter(({ status }) => status !== 200).every(({ body }) => body === `${won[0]}\n`)).toBe(true)
  })

  it('reports checkpoints that may prove a fork', async () => {
    const reported: number[] = []
    const options = { folder: join(folder, 'tells'), signer: witnessSigner, logs: [logSigner.verifier] }
    const witness = await createWitness({ ...options, onConflict: ({ status }) => reported.push(status) })
    open.push(witness.close)
    const [one, other] = [await logAt([3]), await logAt([3], 'other')]
    await ask(witness, one.log, 0, 3, one.notes[0] ?? '')
    await ask(witness, other.log, 3, 3, other.notes[0] ?? '')
    expect(reported).toEqual([422])
    await expect(createWitness({ ...options, signer: logSigner })).rejects.toThrow('type 0x04')
  })
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function endpoint(name: string): Promise<WitnessEndpoint> {
  const signer = newSigner(`${name}.example`, 'cosignature', () => NOW)
  const witness = await createWitness({ folder: join(folder, name), signer, logs: [logSigner.verifier] })
  open.push(witness.close)
  return { name, verifier: signer.verifier, url: `${await listen(createWitnessServer(witness))}/some/prefix` }
}

describe('over HTTP', () => {
  it('a log collects cosignatures from the witnesses that answer, whatever size they cosigned last', async () => {
    const { log, notes } = await logAt([2, 9, 300])
    const [a, b] = [await endpoint('a'), await endpoint('b')]
    const unreachable: WitnessEndpoint = { ...a, name: 'gone', url: 'http://127.0.0.1:1' }
    const sizes = new Map<string, number>()
    const collect = (checkpoint: string, witnesses: readonly WitnessEndpoint[], known = sizes) =>
      collectCosignatures({
        checkpoint,
        witnesses,
        consistency: log.consistency,
        deadlineMs: 10_000,
        sizes: known,
        now: () => NOW,
      })

    const first = await collect(notes[0] ?? '', [a, unreachable])
    expect(first.outcomes.map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'COSIGNED'],
      ['gone', 'UNREACHABLE'],
    ])
    // Witness a has cosigned size 2, and b nothing. The collector has forgotten both.
    const second = await collect(notes[1] ?? '', [a, b], new Map())
    expect(second.outcomes.map(({ kind }) => kind)).toEqual(['COSIGNED', 'COSIGNED'])
    const cosigned = addSignatures(notes[1] ?? '', second.signatures)
    expect(openNote(cosigned, [logSigner.verifier, a.verifier, b.verifier]).verified).toHaveLength(3)
    await collect(notes[2] ?? '', [a])
    expect((await collect(notes[1] ?? '', [a])).outcomes[0]).toEqual({
      name: 'a',
      kind: 'AHEAD',
      why: 'it has cosigned 300 entries, this checkpoint has 9',
    })
    expect(sizes.get('a')).toBe(300)
  })

  it('a witness rejects a forked log', async () => {
    const witness = await endpoint('fork')
    const [one, other] = [await logAt([9]), await logAt([9, 12], 'other')]
    const collect = ({ log }: { readonly log: Log }, checkpoint = '') =>
      collectCosignatures({
        checkpoint,
        witnesses: [witness],
        consistency: log.consistency,
        deadlineMs: 10_000,
        now: () => NOW,
      })
    expect((await collect(one, one.notes[0])).outcomes[0]?.kind).toBe('COSIGNED')
    expect((await collect(other, other.notes[0])).outcomes[0]).toMatchObject({
      kind: 'REFUSED',
      why: 'it has cosigned another tree of 9 entries',
    })
    expect((await collect(other, other.notes[1])).outcomes[0]).toMatchObject({ kind: 'REFUSED', why: 'status 422' })
  })

  it('the collector ignores a cosignature of another key or of another text', async () => {
    const { log, notes } = await logAt([1])
    const real = await endpoint('real')
    const impostor = { ...real, verifier: newSigner('real.example', 'cosignature').verifier }
    const { outcomes } = await collectCosignatures({
      checkpoint: notes[0] ?? '',
      witnesses: [impostor],
      consistency: log.consistency,
      deadlineMs: 10_000,
    })
    expect(outcomes[0]).toMatchObject({
      kind: 'REFUSED',
      why: 'its answer does not have a valid cosignature of its key',
    })
  })

  it('the collector waits for a silent witness until the deadline', async () => {
    const { createServer } = await import('node:net')
    const mute = createServer(() => undefined)
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const { log, notes } = await logAt([1])
    const url = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`
    const witness = { name: 'mute', verifier: witnessSigner.verifier, url }
    const options = { checkpoint: notes[0] ?? '', witnesses: [witness], consistency: log.consistency, deadlineMs: 100 }
    expect((await collectCosignatures(options)).outcomes[0]?.kind).toBe('UNREACHABLE')
    mute.close()
  })

  it('the collector says in words why a witness could not be reached', async () => {
    const { log, notes } = await logAt([1])
    const witness = { name: 'away', verifier: witnessSigner.verifier, url: 'http://127.0.0.1:1/' }
    const options = { witnesses: [witness], consistency: log.consistency, deadlineMs: 10_000 }
    const { outcomes } = await collectCosignatures({ ...options, checkpoint: notes[0] ?? '' })
    const why = expect.stringMatching(/^127\.0\.0\.1:1: expected to connect; .*: nothing listens there/)
    expect(outcomes).toEqual([{ name: 'away', kind: 'UNREACHABLE', why }])
  })

  it.each([
    ['GET', '/add-checkpoint', '', 405],
    ['POST', '/anything', '', 404],
    ['POST', '/add-checkpoint', 'x'.repeat(300_000), 413],
    ['POST', '/add-checkpoint', 'x', 400],
    ['GET', '/health/ready', '', 200],
  ])('%s %s with %j has its status', async (method, path, body, status) => {
    const origin = await listen(createWitnessServer(await newWitness()))
    const answer = await fetch(`${origin}${path}`, { method, ...(method === 'POST' && { body }) })
    expect(answer.status).toBe(status)
    await answer.text()
  })

  it('a stranger who opens connections and says nothing gets only so many', async () => {
    const { port } = new URL(await listen(createWitnessServer(await newWitness())))
    const connect = async () => {
      const socket = createConnection(Number(port), '127.0.0.1').on('error', () => undefined)
      await once(socket, 'connect')
      return socket
    }
    const held = await Promise.all(Array.from({ length: MAX_CONNECTIONS }, connect))
    const further = createConnection(Number(port), '127.0.0.1').on('error', () => undefined)
    await once(further, 'close')
    expect(held.filter(({ destroyed }) => destroyed)).toEqual([])
    for (const socket of held) socket.destroy()
  })

  it('a witness whose folder fails cosigns nothing', async () => {
    const { log, notes } = await logAt([1])
    const path = join(folder, 'fails')
    const witness = await newWitness(path)
    await rm(path, { recursive: true })
    await expect(ask(witness, log, 0, 1, notes[0] ?? '')).rejects.toThrow('ENOENT')
    const errors: unknown[] = []
    const origin = await listen(createWitnessServer(witness, (error) => errors.push(error)))
    const body = formatAddCheckpoint({ old: 0, proof: [], checkpoint: notes[0] ?? '' })
    expect((await fetch(`${origin}/add-checkpoint`, { method: 'POST', body })).status).toBe(500)
    expect(errors).toHaveLength(1)
  })
})
