import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROOF_CASES } from './cases/proofs.ts'
import { ALL_CASES } from './cases.ts'
import { copyDesk, makeOriginals, type Originals, run, type Said } from './desk.ts'
import { stopWitnesses } from './witness-server.ts'

/** Tampers with a copy of a pair of logs in each way. Each command must say what was done, and where. */

let originals: Originals
beforeAll(async () => {
  originals = await makeOriginals(await mkdtemp(join(tmpdir(), 'istmo-tampering-')))
})
afterAll(async () => {
  stopWitnesses()
  await rm(originals.folder, { recursive: true, force: true })
})

/** The beginning of what a command said, for the message of a failed test. */
const excerpt = ({ output }: Said): string => output.slice(0, 2_000)

describe('verify and reconcile find', () => {
  it.each(ALL_CASES)('$title', async ({ isHalf, tamper, kept, verify, names, reconcile }) => {
    const desk = await copyDesk(originals, isHalf)
    await tamper(desk, originals)
    const logs = [desk.gateway, desk.country, '--policy', desk.policy]
    const verified = await run(['verify', ...logs, '--evidence', originals.folder, ...(kept?.(desk, originals) ?? [])])
    expect({ verdict: verified.verdict, kinds: verified.kinds }, excerpt(verified)).toEqual(verify)
    if (names !== undefined) expect(verified.first, excerpt(verified)).toMatch(names)
    if (reconcile !== undefined) {
      const compared = await run(['reconcile', ...logs])
      expect({ verdict: compared.verdict, kinds: compared.kinds }, excerpt(compared)).toEqual(reconcile)
    }
    await rm(join(desk.policy, '..'), { recursive: true })
  })
})

describe('check finds', () => {
  it.each(PROOF_CASES)('$title', async ({ file, policy, check }) => {
    const desk = await copyDesk(originals)
    const path = await file(desk)
    if (policy !== undefined) await writeFile(desk.policy, policy)
    const said = await run(['check', path, '--policy', desk.policy])
    expect({ verdict: said.verdict, kinds: said.kinds }, excerpt(said)).toEqual(check)
    await rm(join(desk.policy, '..'), { recursive: true })
  })
})
