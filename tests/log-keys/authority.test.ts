/** The key of a mandate authority's log is replaced while the authority runs, and no country stops to believe its mandates. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newSigner } from '../../audit/log/testing.ts'
import { type NoteVerifier, parseSignerFile, parseSignerKey } from '../../audit/note/key.ts'
import { parseRotation } from '../../audit/note/rotation.ts'
import { createWitness, createWitnessServer, type Witness } from '../../audit/witness/witness.ts'
import { type Authority, startAuthority } from '../../authority/main.ts'
import { type OpenedMandates, openAuthorityMandates } from '../../authority/mandates/mandates.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { listen } from '../../service/http/listen.ts'
import { verifyMandateProof } from '../../service/trust/mandate-proof.ts'
import { auditHere } from '../audit-cli/istmo.ts'
import { createTestDatabase, type TestAuthorityDatabase } from '../authority/database.ts'
import { createMandatePersons, type MandatePersons } from '../authority/mandate-persons.ts'
import { createWorld, ISSUER, type World } from '../authority/world.ts'

const WITNESS = newSigner('witness.hn.example', 'cosignature')
/** How long a witness may take, in milliseconds. */
const PATIENCE_MS = 30_000

let world: World
let persons: MandatePersons
let database: TestAuthorityDatabase
let witness: Witness
let witnessPort = 0
let authority: Authority
let mandates: OpenedMandates
let oldKey: NoteVerifier
let approvers: readonly string[]
const closing: (() => unknown)[] = []

const at = (name: string): string => join(world.folder, name)
const keyLines = async (): Promise<readonly string[]> => (await readFile(at('keys/log.key'), 'utf8')).trim().split('\n')

/** Starts the witness of HN. It knows the rotations whose proofs it has. */
async function startWitness(rotations: readonly string[] = []): Promise<() => Promise<void>> {
  const known = await Promise.all(rotations.map(async (file) => parseRotation(await readFile(file, 'utf8'))))
  witness = await createWitness({ folder: at('witness'), signer: WITNESS, logs: [oldKey], rotations: known })
  const server = createWitnessServer(witness)
  witnessPort = (await listen(server, '127.0.0.1', witnessPort)).port
  return async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await witness.close()
  }
}

async function start(): Promise<void> {
  const opened = Promise.withResolvers<OpenedMandates>()
  authority = await startAuthority({
    ...{ settings: await readAuthoritySettings(world.config), isDevelopment: true, log: pino({ level: 'silent' }) },
    openMandates: async (parts) => {
      const found = await openAuthorityMandates(parts)
      opened.resolve(found)
      return found
    },
    openDatabase: database.open,
  })
  mandates = await opened.promise
}

/** Makes a mandate for officers of a role, and its proof for HN, as soon as the witness of HN has seen it. */
async function proveNew(role: string): Promise<unknown> {
  const hash = await persons.makeMandate(role, { issuer: ISSUER, country: 'GT', countries: ['HN'] })
  return vi.waitFor(
    async () => {
      const proof = await mandates.prove(hash, 'HN')
      if (proof === null) throw new Error('expected a proof; the witness has not seen the mandate')
      return proof
    },
    { timeout: PATIENCE_MS, interval: 200 },
  )
}

/** Whether a country that pins this key of the log believes a proof. */
const isBelieved = async (proof: unknown, log: NoteVerifier): Promise<boolean> => {
  const trust = { issuer: ISSUER, country: 'GT', approvers: new Set(approvers), log, witnesses: [WITNESS.verifier] }
  return verifyMandateProof(proof, trust).then(
    () => true,
    () => false,
  )
}

const rotate = (...args: readonly string[]) =>
  auditHere(['rotate-key', '--log', 'audit-log', '--key', 'keys/log.key', '--json', ...args], world.folder)

beforeAll(async () => {
  world = await createWorld({
    trustPolicy: 'policy',
    mandates: {
      drafters: [{ agency: 'GT-MP', role: 'coordinator' }],
      approvers: [{ agency: 'GT-MP', role: 'head' }],
      witnesses: { HN: ['hn'] },
    },
  })
  const [line = ''] = await keyLines()
  oldKey = parseSignerKey(line).verifier
  closing.push(await startWitness())
  const named = `witness hn ${WITNESS.verifier.vkey} http://127.0.0.1:${witnessPort}/`
  await writeFile(at('policy'), `log ${oldKey.vkey}\n${named}\nquorum hn\n`)
  persons = await createMandatePersons(world)
  approvers = (await readAuthoritySettings(world.config)).mandates.approverKeys
  database = await createTestDatabase()
  await start()
})
afterAll(async () => {
  await authority?.close()
  for (const close of closing) await close()
  await database?.remove()
  await world?.remove()
})

// The tests are the steps of one story, in order.
describe('the key of an authority’s log', () => {
  let newKey: NoteVerifier
  let rotation: string

  it('is replaced while the authority runs, and both keys sign', async () => {
    expect(await isBelieved(await proveNew('before'), oldKey)).toBe(true)
    const { code, stdout } = await rotate('--reason', 'ROUTINE')
    expect(code).toBe(0)
    rotation = join(world.folder, (JSON.parse(stdout) as { proof: string }).proof)
    expect(await keyLines()).toHaveLength(2)
    newKey = parseSignerFile(await readFile(at('keys/log.key'), 'utf8')).next?.verifier as NoteVerifier
    expect(await (await fetch(`${authority.url}/vkey`)).text()).toBe(`${newKey.vkey}\n`)
  })

  it('is believed meanwhile by countries that pin the old key and by those that pin the new one', async () => {
    const proof = await proveNew('between')
    expect([await isBelieved(proof, oldKey), await isBelieved(proof, newKey)]).toEqual([true, true])
  })

  it('is only the new one after the end, and the witness with the proof goes on', async () => {
    await closing.shift()?.()
    closing.push(await startWitness([rotation]))
    expect((await rotate('--finish')).code).toBe(0)
    expect(await keyLines()).toHaveLength(1)
    const proof = await proveNew('later')
    expect([await isBelieved(proof, oldKey), await isBelieved(proof, newKey)]).toEqual([false, true])
    const { code, stdout } = await auditHere(
      ['verify', 'audit-log', '--policy', 'policy', '--offline', '--development', '--json'],
      world.folder,
    )
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ verdict: 'HOLDS' })])
  })

  it('is the new one after a restart, too', async () => {
    await authority.close()
    await start()
    expect(await isBelieved(await proveNew('after-a-restart'), newKey)).toBe(true)
    expect(await (await fetch(`${authority.url}/vkey`)).text()).toBe(`${newKey.vkey}\n`)
  })
})
