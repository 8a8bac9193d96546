/** Oversight's own log has witnesses, so that nobody can put back a copy of it in which some readings are missing. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newSigner } from '../../audit/log/testing.ts'
import { type NoteVerifier, parseSignerKey } from '../../audit/note/key.ts'
import { checkCheckpoint, parsePolicy } from '../../audit/note/policy.ts'
import { createWitness, createWitnessServer, type Witness } from '../../audit/witness/witness.ts'
import { ConfigError } from '../../service/config-error.ts'
import { createOversightWorld, type OversightWorld } from './world.ts'

const COSIGNER = newSigner('witness.example/gt', 'cosignature')
const QUESTION = '{ viewer { country } }'
const WITNESSED = { trustPolicy: 'own-policy' }

let world: OversightWorld
let own: NoteVerifier
let witness: Witness | undefined
let server: Server | undefined
let port = 0

async function startWitness(): Promise<void> {
  witness = await createWitness({ folder: join(world.folder, 'witness'), signer: COSIGNER, logs: [own] })
  const listening = createWitnessServer(witness)
  await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve))
  port = (listening.address() as AddressInfo).port
  server = listening
}

async function stopWitness(): Promise<void> {
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)))
  await witness?.close()
  server = undefined
  witness = undefined
}

/** Waits until the witness has cosigned so many entries of oversight's log, and returns when the log's checkpoint says so. */
async function waitUntilCosigned(size: number): Promise<void> {
  const policy = parsePolicy(await readFile(join(world.folder, 'own-policy'), 'utf8'))
  await vi.waitFor(async () => {
    const note = await readFile(join(world.folder, 'own/log/checkpoint'))
    const { checkpoint, isInQuorum } = checkCheckpoint(note, policy)
    expect([checkpoint.size, isInQuorum]).toEqual([size, true])
  })
}

const copyOwn = (from: string, to: string): Promise<void> =>
  cp(join(world.folder, from), join(world.folder, to), { recursive: true, filter: (path) => !path.endsWith('lock') })

beforeAll(async () => {
  world = await createOversightWorld([newSigner('istmo.example/gateway')], ['gateway'])
  own = parseSignerKey((await readFile(join(world.folder, 'own.key'), 'utf8')).trim()).verifier
  await startWitness()
  const lines = [`log ${own.vkey}`, `witness GT ${COSIGNER.verifier.vkey} http://127.0.0.1:${port}/`, 'quorum GT\n']
  await writeFile(join(world.folder, 'own-policy'), lines.join('\n'))
  await world.start(WITNESSED)
  await world.ask(QUESTION)
  // Its start and the reading.
  await waitUntilCosigned(2)
  await copyOwn('own', 'older')
  await world.ask(QUESTION)
  await waitUntilCosigned(3)
})
afterAll(async () => {
  await stopWitness()
  await world.stop()
})

describe('oversight whose own log was set back', () => {
  it('does not start, and says what its witness has seen and what to do', async () => {
    await copyOwn('older', 'copy')
    const starting = world.start({ ...WITNESSED, auditLog: 'copy' })
    await expect(starting).rejects.toThrow(ConfigError)
    await expect(starting).rejects.toThrow(
      /the audit log istmo\.example\/oversight with its 2 entries was set back .* GT: it cosigned [34] entries .*Restore the newest copy/,
    )
  })

  it('goes on with the newest copy', async () => {
    await world.start(WITNESSED)
    expect(await world.ask(QUESTION)).toMatchObject({ status: 200 })
  })

  it('answers nothing any more when a witness that was silent at the start proves it', async () => {
    await stopWitness()
    await rm(join(world.folder, 'copy'), { recursive: true })
    await copyOwn('older', 'copy')
    const { url } = await world.start({ ...WITNESSED, auditLog: 'copy' })
    expect(await world.ask(QUESTION)).toMatchObject({ status: 200 })
    await startWitness()
    await vi.waitFor(async () => {
      const { status, errors } = await world.ask(QUESTION)
      expect([status, errors[0]?.extensions.code]).toEqual([503, 'RECORD_UNAVAILABLE'])
    })
    expect((await fetch(new URL('/health/ready', url))).status).toBe(503)
  })

  it('is not found without a trust policy, because then nobody has seen its log', async () => {
    await copyOwn('older', 'unwitnessed')
    await world.start({ auditLog: 'unwitnessed' })
    expect(await world.ask(QUESTION)).toMatchObject({ status: 200 })
  })

  it('does not start with a trust policy that cannot be used', async () => {
    await expect(world.start({ trustPolicy: 'own.key' })).rejects.toThrow(
      /own\.key: expected a usable file: .*Correct trustPolicy/,
    )
    await expect(world.start({ policies: ['own.key'] })).rejects.toThrow(
      /own\.key: expected a usable file: .*Correct policies/,
    )
  })
})
