import { createServer } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLogOn } from '../../../audit/log/log.ts'
import { createMemoryStorage, newSigner } from '../../../audit/log/testing.ts'
import { isSameHash } from '../../../audit/merkle/hash.ts'
import { type Checkpoint, parseCheckpoint } from '../../../audit/note/checkpoint.ts'
import type { NoteSigner } from '../../../audit/note/key.ts'
import { parseNote, parseSignatureLine, signText } from '../../../audit/note/note.ts'
import { type Policy, parsePolicy } from '../../../audit/note/policy.ts'
import type { FoundNote } from '../../../audit/verify/read-log.ts'
import type { LogSource } from '../../../audit/verify/source.ts'
import { verifyWitnessed } from '../../../audit/verify/verify-witnessed.ts'
import { hashOrigin } from '../../../audit/witness/heads.ts'
import { createWitnessOn, formatAddCheckpoint, type Witness } from '../../../audit/witness/witness.ts'
import { createMemoryHeads } from './memory-heads.ts'

/**
 * Random sets of captured parties: the operator of a log, one of its four witnesses, and countries. They make forks and set logs back.
 * Whatever `verify` and the answers of the honest witnesses let through must not contradict what an honest party saw: a checkpoint that
 * an honest witness cosigned which could be asked, or that an honest country received and shows to others. What a silent witness alone
 * cosigned nobody can know, and `verify` names that witness. It was then cosigned by less than a quorum: each quorum has an honest witness
 * more.
 */

const NAMES = ['W0', 'W1', 'W2', 'W3'] as const
const COUNTRIES = ['GT', 'HN', 'SV'] as const
const signer = newSigner('istmo.example/gateway')
const witnessSigners: readonly NoteSigner[] = NAMES.map((name) => newSigner(`${name}.example`, 'cosignature'))

/** One branch of the log: its files and its open log. The operator signs all branches. */
interface Branch {
  readonly files: Map<string, Uint8Array>
  readonly log: Awaited<ReturnType<typeof openLogOn>>
}

async function openBranch(files = new Map<string, Uint8Array>()): Promise<Branch> {
  const log = await openLogOn(createMemoryStorage(files), { signer, publishAfterMs: 1_000_000 })
  return { files, log }
}

/** What the captured parties do, step by step. Numbers choose a branch, a witness or a country modulo how many there are. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      branch: fc.nat(),
      entries: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('cosign' as const),
      branch: fc.nat(),
      witness: fc.nat(),
      areAll: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('receive' as const), branch: fc.nat(), country: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fork' as const), branch: fc.nat() }) },
)

const scene = fc.record({
  /** The captured witness; four means none. */
  captured: fc.integer({ min: 0, max: 4 }),
  capturedCountries: fc.subarray([...COUNTRIES]),
  steps: fc.array(step, { minLength: 4, maxLength: 24 }),
  /** The branch that the auditor is shown, and whether it is shown as it was when it was forked off. */
  shown: fc.nat(),
  /** Honest witnesses that cannot be reached: at most as many as leave a quorum of those that answer. */
  silent: fc.integer({ min: 0, max: 4 }),
})

type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never

interface Saw {
  readonly who: string
  readonly note: string
}

/** Plays a scene. Returns what the auditor is shown, and what honest parties saw. */
async function play({ captured, capturedCountries, steps, shown }: Scene, witnesses: readonly Witness[]) {
  const branches: Branch[] = [await openBranch()]
  const snapshots: Map<string, Uint8Array>[] = []
  const saw: Saw[] = []
  const at = <Value>(list: readonly Value[], index: number): Value => list[index % list.length] as Value
  for (const [index, each] of steps.entries()) {
    const branch = at(branches, each.branch)
    if (each.kind === 'append') {
      for (let n = 0; n < each.entries; n++) {
        // Each branch has entries of its own: that is what a fork is.
        await branch.log.append(Buffer.from(`{"${branches.indexOf(branch)}":${index},"n":${n}}`))
      }
      await branch.log.publish()
    } else if (each.kind === 'fork') {
      const files = new Map([...branch.files].map(([path, bytes]) => [path, Buffer.from(bytes)] as const))
      snapshots.push(new Map(files))
      branches.push(await openBranch(files))
    } else if (each.kind === 'receive') {
      const country = at(COUNTRIES, each.country)
      if (!capturedCountries.includes(country)) saw.push({ who: country, note: branch.log.published().note })
    } else {
      const one = each.witness % NAMES.length
      for (const number of each.areAll ? NAMES.keys() : [one]) {
        await cosign(branch, number, number === captured, witnesses, saw)
      }
    }
  }
  for (const { log } of branches) await log.close()
  return { saw, files: at([...branches.map(({ files }) => files), ...snapshots], shown) }
}

/** Has a witness cosign the checkpoint of a branch. A captured one cosigns anything; an honest one only what it checked. */
async function cosign(
  { log }: Branch,
  number: number,
  isCaptured: boolean,
  witnesses: readonly Witness[],
  saw: Saw[],
): Promise<void> {
  const { note } = log.published()
  if (isCaptured) {
    await log.addCosignatures(note, [signText(parseNote(note).text, witnessSigners[number] as NoteSigner)])
    return
  }
  const witness = witnesses[number] as Witness
  const last = await witness.checkpoint(hashOrigin(signer.verifier.name))
  const old = last === undefined ? 0 : parseCheckpoint(parseNote(last).text).size
  const { size } = parseCheckpoint(parseNote(note).text)
  if (old > size) return
  const answer = await witness.addCheckpoint(
    formatAddCheckpoint({ old, proof: await log.consistency(old, size), checkpoint: note }),
  )
  if (answer.status !== 200) return
  await log.addCosignatures(note, [parseSignatureLine(answer.body.trimEnd())])
  saw.push({ who: NAMES[number] as string, note })
}

const POLICY: Policy = parsePolicy(
  [
    `log ${signer.verifier.vkey}`,
    ...witnessSigners.map(({ verifier }, at) => `witness ${NAMES[at]} ${verifier.vkey} http://w${at}.example/`),
    `group G 3 ${NAMES.join(' ')}`,
    'quorum G\n',
  ].join('\n'),
)

/** Answers the auditor's requests to the witnesses in process. The captured one serves whatever fits to what the auditor was shown. */
function dispatcherOf(witnesses: readonly Witness[], silent: number, captured: number, shown: string | undefined) {
  const answerTo = async (host: string, path: string): Promise<{ status: number; body: Uint8Array }> => {
    const number = Number(host.slice(1, 2))
    const [, origin = '', what = ''] = /\/([0-9a-f]{64})\/(\w+)/.exec(path) ?? []
    if (number === silent) throw new Error('ECONNREFUSED')
    if (number === captured)
      return { status: shown === undefined || what !== 'checkpoint' ? 404 : 200, body: Buffer.from(shown ?? '') }
    const witness = witnesses[number] as Witness
    const from = Number(new URLSearchParams(path.split('?')[1]).get('from') ?? 0)
    const body = what === 'checkpoint' ? await witness.checkpoint(origin) : await witness.history(origin, from)
    return { status: body === undefined ? 404 : 200, body: Buffer.from(body ?? '') }
  }
  return answerTo
}

function sourceOf(files: ReadonlyMap<string, Uint8Array>): LogSource {
  return { name: 'shown', read: async (path) => files.get(path) }
}

function headOf(note: string): Checkpoint {
  return parseCheckpoint(parseNote(note).text)
}

describe('what verify lets through', () => {
  it('never contradicts what an honest witness cosigned or an honest country received', async () => {
    let answer: ReturnType<typeof dispatcherOf> = async () => ({ status: 404, body: Buffer.of() })
    const server = createServer((request, response) => {
      const [, host = '', path = ''] = /^\/(w\d)(\/.*)$/.exec(request.url ?? '') ?? []
      answer(host, path).then(
        ({ status, body }) => response.writeHead(status).end(body),
        () => response.destroy(),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const policy = {
      ...POLICY,
      witnesses: POLICY.witnesses.map((each, at) => ({ ...each, url: `http://127.0.0.1:${port}/w${at}/` })),
    }
    const seen = { held: 0, sure: 0, contradicted: 0 }
    await fc.assert(
      fc.asyncProperty(scene, async (given) => {
        const witnesses = witnessSigners.map((by) =>
          createWitnessOn(createMemoryHeads(), { signer: by, logs: [signer.verifier] }),
        )
        const { saw, files } = await play(given, witnesses)
        const shown = Buffer.from(files.get('checkpoint') ?? '').toString('utf8')
        answer = dispatcherOf(witnesses, given.silent, given.captured, shown === '' ? undefined : shown)
        // Honest countries show what they received; captured ones stay silent.
        const gossip: FoundNote[] = saw
          .filter(({ who }) => !who.startsWith('W'))
          .map(({ who, note }) => ({ note, where: who }))
        const report = await verifyWitnessed(sourceOf(files), policy, {
          gossip,
          ask: { deadlineMs: 5_000 },
          settleMs: 0,
        })
        const holds = report.findings.length === 0 && report.doubts.length === 0
        const honest = saw.filter(({ who }) => who !== NAMES[given.silent]).map(({ note }) => headOf(note))
        const clash = await findClash(files, report.size, honest)
        if (clash !== undefined) seen.contradicted++
        if (!holds) return
        seen.held++
        // Answers of a quorum were there: then nothing that an honest party saw may contradict what held.
        const isSure = !report.notes.some(({ where }) => where === 'witnesses')
        if (!isSure) return
        seen.sure++
        const named = report.notes.some(({ where }) => where === `witness ${NAMES[given.silent]}`)
        expect(named || given.silent === NAMES.length).toBe(true)
        expect(clash).toBeUndefined()
      }),
      { numRuns: Number(process.env.ISTMO_FUZZ_RUNS ?? 60), endOnFailure: true },
    )
    server.closeAllConnections()
    server.close()
    // The property says something only if logs held, and if honest parties saw contradictions that had to be found.
    expect(seen.sure).toBeGreaterThan(3)
    expect(seen.contradicted).toBeGreaterThan(3)
  })
})

/** Finds a checkpoint that an honest party saw and that the shown log does not continue. */
async function findClash(
  files: Map<string, Uint8Array>,
  size: number,
  honest: readonly Checkpoint[],
): Promise<Checkpoint | undefined> {
  const { log } = await openBranch(new Map(files))
  try {
    for (const head of honest) {
      if (head.size > size) return head
      if (!isSameHash(await log.root(head.size), head.root)) return head
    }
    return undefined
  } finally {
    await log.close()
  }
}
