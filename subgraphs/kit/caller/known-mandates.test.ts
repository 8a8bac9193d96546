import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SAMPLE_MANDATE } from '../../../contract/trust/testing.ts'
import type { CallerPartner } from '../../../service/country-file-callers.ts'
import { openKnownMandates, type VerifyMandateProof } from './caller-check.ts'

const PARTNER = { authority: 'https://authority.gt.example' } as CallerPartner
const OTHER = { authority: 'https://other.gt.example' } as CallerPartner
const HASH = 'm'.repeat(43)

let folder: string
let warnings: object[]
/** What the country's file pins now: which proofs hold. */
let pinned: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-mandates-'))
  warnings = []
  pinned = 'approver 1'
})
afterEach(async () => {
  await chmod(folder, 0o700)
  await rm(folder, { recursive: true })
})

const verify: VerifyMandateProof = async (proof) => {
  const { by, hash } = proof as { by: string; hash: string }
  if (by !== pinned) throw new Error('expected the key of an approver')
  return { document: SAMPLE_MANDATE, hash }
}
const PROOF = { by: 'approver 1', hash: HASH }
const open = (where: string | null = folder) =>
  openKnownMandates({ verify, folder: where, log: { warn: (line: object) => void warnings.push(line) } as never })

describe('the mandates that a node knows', () => {
  it('are those whose proof held, for the authority that it was of', async () => {
    const mandates = await open(null)
    expect(await mandates.find(PARTNER, HASH)).toBeNull()
    expect(await mandates.learn(PARTNER, HASH, PROOF)).toBe(SAMPLE_MANDATE)
    expect(await mandates.find(PARTNER, HASH)).toBe(SAMPLE_MANDATE)
    expect(await mandates.find(OTHER, HASH)).toBeNull()
  })

  it('are not those whose proof is of another mandate, or does not hold', async () => {
    const mandates = await open()
    await expect(mandates.learn(PARTNER, 'n'.repeat(43), PROOF)).rejects.toThrow('another one')
    await expect(mandates.learn(PARTNER, HASH, { ...PROOF, by: 'stranger' })).rejects.toThrow('an approver')
    expect(await mandates.find(PARTNER, HASH)).toBeNull()
    expect(await readdir(folder)).toEqual([])
  })

  it('are known after a restart, if the proofs in the folder still hold', async () => {
    await (await open()).learn(PARTNER, HASH, PROOF)
    expect(await (await open()).find(PARTNER, HASH)).toBe(SAMPLE_MANDATE)
    expect(await (await open(null)).find(PARTNER, HASH)).toBeNull()
    pinned = 'approver 2'
    expect(await (await open()).find(PARTNER, HASH)).toBeNull()
  })

  it('are not damaged by files that a crash left', async () => {
    await writeFile(join(folder, 'half.part'), '{"by":')
    await writeFile(join(folder, `${HASH}.json`), '{"by":')
    const mandates = await open()
    expect(await mandates.find(PARTNER, HASH)).toBeNull()
    expect(await readdir(folder)).toEqual([`${HASH}.json`])
    await mandates.learn(PARTNER, HASH, PROOF)
    expect(await (await open()).find(PARTNER, HASH)).toBe(SAMPLE_MANDATE)
  })

  it('are known although the folder cannot be written, and the log says so', async () => {
    const mandates = await open()
    await rm(folder, { recursive: true })
    await writeFile(folder, 'a file in its place')
    expect(await mandates.learn(PARTNER, HASH, PROOF)).toBe(SAMPLE_MANDATE)
    expect(await mandates.find(PARTNER, HASH)).toBe(SAMPLE_MANDATE)
    expect(warnings).toHaveLength(1)
  })
})
