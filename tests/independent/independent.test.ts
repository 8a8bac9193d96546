import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { shardSigner } from '../../audit/note/shard-name.ts'
import { formatReceiptHeader } from '../../contract/receipt.ts'
import { someOf } from '../share.ts'
import { rotate } from '../tampering/cases/files.ts'
import { PROOF_CASES } from '../tampering/cases/proofs.ts'
import { ALL_CASES } from '../tampering/cases.ts'
import { copyDesk, makeOriginals, type Originals, run } from '../tampering/desk.ts'
import { appendAll, makeLeg, openQuietly, signers } from '../tampering/logs.ts'
import { stopWitnesses } from '../tampering/witness-server.ts'

/** Compares what `audit/independent/check.py` says with what docs/tampering.md says that it says, over all cases, in one process. */

const CHECKER = fileURLToPath(new URL('../../audit/independent/check.py', import.meta.url))

interface Answer {
  readonly verdict: string
  readonly kinds: readonly string[]
  readonly findings: readonly string[]
}

/** A third of the logs in CI, where `verify` reads all of them (tests/tampering). */
const LOG_CASES = someOf('logs of the independent checker', ALL_CASES)

let originals: Originals
const answers = new Map<unknown, Answer>()

beforeAll(async () => {
  originals = await makeOriginals(await mkdtemp(join(tmpdir(), 'istmo-independent-')))
  const questions = new Map<unknown, readonly string[]>()
  for (const each of LOG_CASES) {
    const desk = await copyDesk(originals, each.isHalf)
    await each.tamper(desk, originals)
    const kept = withoutTime(each.kept?.(desk, originals) ?? [])
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
afterAll(async () => {
  stopWitnesses()
  await rm(originals.folder, { recursive: true, force: true })
})

/** The checker asks no witness, so it says the same of a log whatever the time is of which one asks. */
function withoutTime(args: readonly string[]): readonly string[] {
  return args.filter((_, at) => !isOfTime(args[at]) && !isOfTime(args[at - 1]))
}

function isOfTime(arg: string | undefined): boolean {
  return arg === '--as-of' || arg === '--max-age'
}

async function check(args: readonly string[], input: string): Promise<string> {
  const run = promisify(execFile)('/usr/bin/python3', [CHECKER, ...args], { maxBuffer: 100_000_000 })
  run.child.stdin?.end(input)
  return (await run).stdout
}

/** Runs the checker as an auditor does. Returns its exit code and what it printed. */
async function runChecker(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  try {
    return { code: 0, out: (await promisify(execFile)('/usr/bin/python3', [CHECKER, ...args])).stdout }
  } catch (error) {
    const { code, stdout } = error as { readonly code: number; readonly stdout: string }
    return { code, out: stdout }
  }
}

const said = (about: unknown): Answer => answers.get(about) ?? { verdict: 'none', kinds: [], findings: [] }

describe('the independent checker says of the logs', () => {
  it.each(LOG_CASES)('$title', (each) => {
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

describe('the independent checker', () => {
  it('verifies the header of a receipt, in which no witness has cosigned yet', async () => {
    const desk = await copyDesk(originals)
    const header = join(desk.country, '../header')
    const write = async (entry: Uint8Array) => {
      const proof = await readFile(desk.receipt, 'utf8')
      const text = proof.replace('\nindex ', `\nextra ${Buffer.from(entry).toString('base64')}\nindex `)
      await writeFile(header, formatReceiptHeader(text))
      return runChecker('receipt', header, '--policy', desk.policy)
    }
    expect(await write(canonicalBytes(makeLeg(100)[1]))).toEqual({ code: 0, out: 'HOLDS\n' })
    const other = await write(canonicalBytes(makeLeg(101)[1]))
    expect(other).toMatchObject({
      code: 1,
      out: expect.stringMatching(/RECEIPT entry 202 of istmo\.example\/hn.*\nDOES NOT HOLD/),
    })
    await writeFile(header, 'nothing')
    expect(await runChecker('receipt', header, '--policy', desk.policy)).toMatchObject({ code: 2 })
  })

  it('follows the proof of a replaced key, and does not accept the new key without it', async () => {
    const desk = await copyDesk(originals)
    await rotate(desk)
    const out = join(desk.gateway, '../0.tlog-proof')
    await run(['prove', '0', '--log', desk.gateway, '--policy', desk.policy, '--out', out])
    // The last checkpoint of a rotation has the signatures of both keys, so a later one is needed to tell.
    expect((await runChecker('log', desk.gateway, desk.country, '--policy', desk.policy)).code).toBe(0)
    const rotation = join(desk.gateway, '../0.rotation-0.tlog-proof')
    expect((await runChecker('proof', out, '--policy', desk.policy, '--rotation', rotation)).code).toBe(0)
    expect((await runChecker('proof', out, '--policy', desk.policy, '--rotation', out)).code).toBe(2)
  })

  it('verifies a proof out of a shard, under a trust policy that names only the log', async () => {
    const desk = await copyDesk(originals)
    const [folder, out] = [join(desk.gateway, '../shard'), join(desk.gateway, '../shard.tlog-proof')]
    const log = await openQuietly(folder, shardSigner(signers.gateway, '2026-12'))
    await appendAll(log, [makeLeg(1)[1]])
    await log.close()
    await run(['prove', '0', '--log', folder, '--policy', desk.policy, '--out', out])
    expect(await runChecker('proof', out, '--policy', desk.policy)).toEqual({ code: 0, out: 'HOLDS\n' })
  })

  it('writes numbers as RFC 8785 does', async () => {
    const numbers = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 2_000, seed: 1 })
    const all = [...numbers, 0, 100, 1e21, 1e-7, 0.000001, 5e-324, 2 ** 53, 1795507440000].map((each) => each + 0)
    const code =
      'import sys, json; sys.path.insert(0, sys.argv[1]); import check; print(json.dumps([check.write_number(float(t)) for t in json.load(sys.stdin)]))'
    const run = promisify(execFile)('/usr/bin/python3', ['-B', '-c', code, dirname(CHECKER)])
    run.child.stdin?.end(JSON.stringify(all.map(String)))
    expect(JSON.parse((await run).stdout)).toEqual(all.map((each) => JSON.stringify(each)))
  })

  it.each([
    ['without arguments', []],
    ['with a command that it does not have', ['guess', 'file', '--policy', 'policy']],
    ['without a trust policy', ['log', '/tmp']],
    ['with a file that does not exist', ['proof', '/nowhere', '--policy', '/nowhere']],
  ])('cannot tell %s, and ends with 2', async (_, args) => {
    expect(await runChecker(...args)).toMatchObject({ code: 2, out: expect.stringContaining('COULD NOT TELL') })
  })
})
