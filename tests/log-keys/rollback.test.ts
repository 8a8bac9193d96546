import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { type Log, openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { createWitness, createWitnessServer, type Witness } from '../../audit/witness/witness.ts'
import { createRollbackCheck, LogRolledBackError } from '../../gateway/audit-log/rollback.ts'
import { openWitnesses } from '../../gateway/audit-log/witnesses.ts'

const signer = newSigner('istmo.example/gateway')
const cosigners = ['gt', 'hn', 'sv'].map((name) => newSigner(`witness.example/${name}`, 'cosignature'))
const silentLog = pino({ level: 'silent' })
const DEADLINE_MS = 5_000

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-rollback-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function startWitness(folder: string, at: number, port = 0): Promise<{ witness: Witness; port: number }> {
  const cosigner = cosigners[at]
  if (cosigner === undefined) throw new Error('expected one of the three witnesses')
  const witness = await createWitness({
    folder: join(folder, `witness-${at}`),
    signer: cosigner,
    logs: [signer.verifier],
  })
  closing.push(witness.close)
  return { witness, port: await listen(createWitnessServer(witness), port) }
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
  const folder = await makeFolder()
  const log = await openLog({ folder: join(folder, 'log'), signer })
  for (const text of ['a', 'b']) await log.append(Buffer.from(text))
  await log.publish()
  await cp(join(folder, 'log'), join(folder, 'copy'), { recursive: true, filter: (path) => !path.endsWith('lock') })
  for (const text of ['c', 'd', 'e']) await log.append(Buffer.from(text))
  const witnesses = await openWitnesses({
    entries: log,
    folder: join(folder, 'log'),
    policy: policyOf(ports),
    log: silentLog,
  })
  await witnesses.collect()
  await witnesses.close()
  await log.close()
  return { folder, older: join(folder, 'copy'), newer: join(folder, 'log') }
}

/** A server that answers each request in the same way. */
const answering = (status: number, type: string, body: string) =>
  listen(createServer((_, response) => void response.writeHead(status, { 'content-type': type }).end(body)))

describe('a log at its start', () => {
  it('is refused if its witness cosigned more, with both sizes and the remedy', async () => {
    const home = await makeFolder()
    const { port } = await startWitness(home, 0)
    const { older, newer } = await makeOlderCopy([port])
    const check = createRollbackCheck(policyOf([port]), silentLog)
    const refused = check.check(await openIn(older), DEADLINE_MS)
    await expect(refused).rejects.toThrow(LogRolledBackError)
    await expect(refused).rejects.toThrow(
      /it cosigned 5 entries that the log signed, and the log has 2\. Restore the newest/,
    )
    await expect(
      createRollbackCheck(policyOf([port]), silentLog).check(await openIn(newer), DEADLINE_MS),
    ).resolves.toBe(undefined)
  })

  it('is refused if it went on from an older copy and is larger now than what its witness cosigned', async () => {
    const home = await makeFolder()
    const { port } = await startWitness(home, 0)
    const { older } = await makeOlderCopy([port])
    const log = await openIn(older)
    for (const text of 'vwxyz') await log.append(Buffer.from(text))
    const refused = createRollbackCheck(policyOf([port]), silentLog).check(log, DEADLINE_MS)
    await expect(refused).rejects.toThrow(/it cosigned another tree of 5 entries that the log signed/)
  })

  it('is not stopped by one witness that claims a larger log without proof, but by a quorum of them', async () => {
    const claiming = await answering(409, 'text/x.tlog.size', '999\n')
    const silent = await answering(404, 'text/plain', '')
    const log = await openIn(join(await makeFolder(), 'log'))
    const one = createRollbackCheck(policyOf([claiming, silent, silent]), silentLog)
    await expect(one.check(log, DEADLINE_MS)).resolves.toBe(undefined)
    const two = createRollbackCheck(policyOf([claiming, claiming, silent]), silentLog)
    await expect(two.check(log, DEADLINE_MS)).rejects.toThrow(/it has cosigned 999 entries, this checkpoint has 0/)
  })

  it('starts with a warning if its witnesses are silent, and stops when one comes back and proves more', async () => {
    const home = await makeFolder()
    const first = await startWitness(home, 0)
    const { older } = await makeOlderCopy([first.port])
    // The witness and its server, but not the folder with the heads.
    for (const close of closing.splice(1, 2).reverse()) await close()
    const log = await openIn(older)
    const warnings: object[] = []
    const rollback = createRollbackCheck(policyOf([first.port]), { warn: (each: object) => void warnings.push(each) })
    await rollback.check(log, DEADLINE_MS)
    expect(warnings).toMatchObject([{ witness: 'W0' }])
    expect(rollback.isPending()).toBe(true)
    const witnesses = await openWitnesses({
      entries: log,
      folder: older,
      policy: policyOf([first.port]),
      rollback,
      log: silentLog,
    })
    closing.push(witnesses.close)
    await witnesses.collect()
    expect(witnesses.isRolledBack()).toBe(false)
    await startWitness(home, 0, first.port)
    await witnesses.collect()
    await witnesses.collect()
    expect(witnesses.isRolledBack()).toBe(true)
  })
})
