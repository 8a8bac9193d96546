import { cp } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Log, openLog } from '../log/log.ts'
import { newSigner } from '../log/testing.ts'
import { type Policy, parsePolicy } from '../note/policy.ts'
import {
  collectCosignatures,
  LogSetBackError,
  type SetBackOptions,
  type SetBackWatch,
  watchSetBack,
  witnessEndpoints,
} from './collect.ts'
import { makeTestFolder } from './testing.ts'
import { createWitness, createWitnessServer } from './witness.ts'

const signer = newSigner('istmo.example/gateway')
const cosigners = ['gt', 'hn', 'sv'].map((name) => newSigner(`witness.example/${name}`, 'cosignature'))
const DEADLINE_MS = 5_000
const log = { warn: vi.fn(), error: vi.fn() }

/** Creates the comparison for one start of a log. */
const watch = (policy: Policy | null, more: Partial<SetBackOptions> = {}): SetBackWatch =>
  watchSetBack({ policy, believesQuorum: true, consequence: 'nothing leaves any more', log, ...more })

beforeEach(() => {
  log.warn.mockReset()
  log.error.mockReset()
})

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** Starts a witness. `stop` ends it and its server, but the folder with its heads stays. */
async function startWitness(folder: string, at: number, port = 0) {
  const cosigner = cosigners[at]
  if (cosigner === undefined) throw new Error('expected one of the three witnesses')
  const witness = await createWitness({
    folder: join(folder, `witness-${at}`),
    signer: cosigner,
    logs: [signer.verifier],
  })
  const server = createWitnessServer(witness)
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await witness.close()
  }
  const listened = await listen(server, port)
  closing.push(stop)
  return { port: listened, stop }
}

const policyOf = (ports: readonly number[]) =>
  parsePolicy(
    [
      `log ${signer.verifier.vkey}`,
      ...ports.map((port, at) => `witness W${at} ${cosigners[at]?.verifier.vkey} http://127.0.0.1:${port}/`),
      `group members ${Math.min(2, ports.length)} ${ports.map((_, at) => `W${at}`).join(' ')}`,
      'quorum members\n',
    ].join('\n'),
  )

async function openIn(folder: string): Promise<Log> {
  const log = await openLog({ folder, signer, publishAfterMs: 1_000_000 })
  closing.push(() => log.close())
  return log
}

/** A log that a witness cosigned at 5 entries, and a copy of it from when it had 2. */
async function makeOlderCopy(ports: readonly number[]) {
  const folder = await makeTestFolder()
  const log = await openLog({ folder: join(folder, 'log'), signer })
  for (const text of ['a', 'b']) await log.append(Buffer.from(text))
  await log.publish()
  await cp(join(folder, 'log'), join(folder, 'copy'), { recursive: true, filter: (path) => !path.endsWith('lock') })
  for (const text of ['c', 'd', 'e']) await log.append(Buffer.from(text))
  await log.publish()
  await collectCosignatures({
    ...{ checkpoint: log.published().note, witnesses: witnessEndpoints(policyOf(ports)) },
    ...{ consistency: log.consistency, deadlineMs: DEADLINE_MS },
  })
  await log.close()
  return { folder, older: join(folder, 'copy'), newer: join(folder, 'log') }
}

/** A server that answers each request in the same way. */
const answering = (status: number, type: string, body: string) =>
  listen(createServer((_, response) => void response.writeHead(status, { 'content-type': type }).end(body)))

describe('a log at its start', () => {
  it('is refused if its witness cosigned more, with both sizes and the remedy', async () => {
    const home = await makeTestFolder()
    const { port } = await startWitness(home, 0)
    const { older, newer } = await makeOlderCopy([port])
    const check = watch(policyOf([port]))
    const refused = check.check(await openIn(older), DEADLINE_MS)
    await expect(refused).rejects.toThrow(LogSetBackError)
    await expect(refused).rejects.toThrow(
      /it cosigned 5 entries that the log signed, and the log has 2\. Restore the newest/,
    )
    expect(check.isSetBack()).toBe(true)
    await expect(watch(policyOf([port])).check(await openIn(newer), DEADLINE_MS)).resolves.toBe(undefined)
    expect(log.warn).not.toHaveBeenCalled()
  })

  it('is refused if it went on from an older copy and is larger now than what its witness cosigned', async () => {
    const home = await makeTestFolder()
    const { port } = await startWitness(home, 0)
    const { older } = await makeOlderCopy([port])
    const grown = await openIn(older)
    for (const text of 'vwxyz') await grown.append(Buffer.from(text))
    const refused = watch(policyOf([port])).check(grown, DEADLINE_MS)
    await expect(refused).rejects.toThrow(/it cosigned another tree of 5 entries that the log signed/)
  })

  it('is not stopped by one witness that claims a larger log without proof, but by a quorum of them', async () => {
    const claiming = await answering(409, 'text/x.tlog.size', '999\n')
    const silent = await answering(404, 'text/plain', '')
    const entries = await openIn(join(await makeTestFolder(), 'log'))
    await expect(watch(policyOf([claiming, silent, silent])).check(entries, DEADLINE_MS)).resolves.toBe(undefined)
    expect(log.warn.mock.calls).toEqual([
      [expect.objectContaining({ witness: 'W0' }), expect.stringContaining('without proof')],
    ])
    const two = watch(policyOf([claiming, claiming, silent]))
    await expect(two.check(entries, DEADLINE_MS)).rejects.toThrow(/it has cosigned 999 entries, this checkpoint has 0/)
    expect(two.isSetBack()).toBe(true)
  })

  it('is not stopped by a quorum without proof if its owner believes only proofs, or its trust policy has no quorum', async () => {
    const claiming = await answering(409, 'text/x.tlog.size', '999\n')
    const entries = await openIn(join(await makeTestFolder(), 'log'))
    const policy = policyOf([claiming, claiming, claiming])
    for (const each of [watch(policy, { believesQuorum: false }), watch({ ...policy, quorum: 'none' })]) {
      await expect(each.check(entries, DEADLINE_MS)).resolves.toBe(undefined)
      expect(each.isSetBack()).toBe(false)
    }
    expect(log.warn).toHaveBeenCalledTimes(6)
  })

  it('starts with a warning that says in words why a witness could not be asked', async () => {
    await watch(policyOf([1])).check(await openIn(join(await makeTestFolder(), 'log')), DEADLINE_MS)
    const why = expect.stringMatching(/^127\.0\.0\.1:1: expected to connect; .*: nothing listens there/)
    expect(log.warn.mock.calls).toEqual([[{ witness: 'W0', why }, expect.any(String)]])
  })

  it('asks nobody without a trust policy', async () => {
    await expect(watch(null).check(await openIn(join(await makeTestFolder(), 'log')), 0)).resolves.toBe(undefined)
    expect(log.warn).not.toHaveBeenCalled()
  })

  it('starts with one warning if its witness is silent, and stops when the witness comes back and proves more', async () => {
    const home = await makeTestFolder()
    const first = await startWitness(home, 0)
    const { older } = await makeOlderCopy([first.port])
    await first.stop()
    const entries = await openIn(older)
    const setBack = watch(policyOf([first.port]))
    await setBack.check(entries, DEADLINE_MS)
    await setBack.checkAgain(entries, DEADLINE_MS)
    expect(log.warn.mock.calls).toEqual([[expect.objectContaining({ witness: 'W0' }), expect.any(String)]])
    expect(setBack.isSetBack()).toBe(false)
    await startWitness(home, 0, first.port)
    await setBack.checkAgain(entries, DEADLINE_MS)
    expect(setBack.isSetBack()).toBe(true)
    await setBack.checkAgain(entries, DEADLINE_MS)
    expect(log.error.mock.calls).toEqual([
      [
        { error: 'LogSetBackError', reason: expect.stringContaining('it cosigned 5 entries') },
        'the audit log was set back; nothing leaves any more',
      ],
    ])
  })

  it('does not ask again who has answered', async () => {
    let asked = 0
    const count = createServer((_, response) => {
      asked += 1
      response.writeHead(404).end()
    })
    const [answering, silent] = [await listen(count), await listen(createServer((request) => void request.destroy()))]
    const entries = await openIn(join(await makeTestFolder(), 'log'))
    const setBack = watch(policyOf([answering, silent]))
    await setBack.check(entries, DEADLINE_MS)
    const once = asked
    await setBack.checkAgain(entries, DEADLINE_MS)
    expect(asked).toBe(once)
  })
})
