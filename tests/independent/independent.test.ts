import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROOF_CASES } from '../tampering/cases/proofs.ts'
import { ALL_CASES } from '../tampering/cases.ts'
import { copyDesk, makeOriginals, type Originals } from '../tampering/desk.ts'

/** Compares what `audit/independent/check.py` says with what docs/tampering.md says that it says, over all cases, in one process. */

const CHECKER = fileURLToPath(new URL('../../audit/independent/check.py', import.meta.url))

interface Answer {
  readonly verdict: string
  readonly kinds: readonly string[]
  readonly findings: readonly string[]
}

let originals: Originals
const answers = new Map<unknown, Answer>()

beforeAll(async () => {
  originals = await makeOriginals(await mkdtemp(join(tmpdir(), 'istmo-independent-')))
  const questions = new Map<unknown, readonly string[]>()
  for (const each of ALL_CASES) {
    const desk = await copyDesk(originals, each.isHalf)
    await each.tamper(desk, originals)
    const kept = each.kept?.(desk, originals) ?? []
    questions.set(each, ['log', desk.gateway, desk.country, '--policy', desk.policy, ...kept])
  }
  for (const each of PROOF_CASES) {
    const desk = await copyDesk(originals)
    const path = await each.file(desk)
    if (each.policy !== undefined) await writeFile(desk.policy, each.policy)
    questions.set(each, [path.endsWith('.jsonl') ? 'export' : 'proof', path, '--policy', desk.policy])
  }
  const came = JSON.parse(await check(['batch'], JSON.stringify([...questions.values()]))) as readonly Answer[]
  for (const [at, question] of [...questions.keys()].entries()) answers.set(question, came[at] as Answer)
})
afterAll(() => rm(originals.folder, { recursive: true, force: true }))

async function check(args: readonly string[], input: string): Promise<string> {
  const run = promisify(execFile)('/usr/bin/python3', [CHECKER, ...args], { maxBuffer: 100_000_000 })
  run.child.stdin?.end(input)
  return (await run).stdout
}

const said = (about: unknown): Answer => answers.get(about) ?? { verdict: 'none', kinds: [], findings: [] }

describe('the independent checker says of the logs', () => {
  it.each(ALL_CASES)('$title', (each) => {
    const { verdict, findings } = said(each)
    expect(verdict, findings.slice(0, 5).join('\n')).toBe(each.python ?? each.verify.verdict)
  })
})

describe('the independent checker says of the file', () => {
  it.each(PROOF_CASES)('$title', (each) => {
    const { verdict, findings } = said(each)
    expect(verdict, findings.slice(0, 5).join('\n')).toBe(each.python ?? each.check.verdict)
  })
})
