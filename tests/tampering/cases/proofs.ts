import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { generateSignerKey, SIGNATURE_TYPES } from '../../../audit/note/key.ts'
import { parsePolicy } from '../../../audit/note/policy.ts'
import { workerSigner } from '../../../audit/note/shard-name.ts'
import { openLogReader } from '../../../audit/reader/log-reader.ts'
import { folderSource } from '../../../audit/verify/source.ts'
import { fails, holds, type ProofCase, untold } from '../case.ts'
import { type Desk, run } from '../desk.ts'
import { appendAll, makeLeg, openQuietly, POLICY, signers } from '../logs.ts'
import { addParts, makePart } from '../parts.ts'

/** Acts on what is shown without the log: receipts, bundles of `prove` and files of `export`. `check` sees only the file. */

/** The index of the leg of request 100 in the country’s log. */
const LEG = 202

/** Writes the bundle of `prove` for the leg, and returns its path. */
async function prove({ country, policy }: Desk, index: number = LEG): Promise<string> {
  const out = join(country, `../${index}.tlog-proof`)
  const { verdict, output } = await run(['prove', String(index), '--log', country, '--policy', policy, '--out', out])
  if (verdict !== 'HOLDS') throw new Error(output)
  return out
}

const bundle =
  (edit: (text: string, desk: Desk) => string | Promise<string>) =>
  async (desk: Desk): Promise<string> => {
    const path = await prove(desk)
    await writeFile(path, await edit(await readFile(path, 'utf8'), desk))
    return path
  }

/** Makes a receipt, to which the gateway adds nothing, into a bundle with an entry. */
const receiptWith = (entry: Uint8Array) => async (desk: Desk) => {
  const text = await readFile(desk.receipt, 'utf8')
  const path = join(desk.country, '../receipt.tlog-proof')
  await writeFile(path, text.replace('\nindex ', `\nextra ${Buffer.from(entry).toString('base64')}\nindex `))
  return path
}

/** Writes an export for a country from the gateway’s log, and returns its lines. */
async function exportFor({ gateway, policy }: Desk, country: string): Promise<readonly string[]> {
  const place = (name: string) => join(gateway, '..', name)
  await writeFile(place('own.key'), OWN_KEY)
  const own = ['--own-log', place('own'), '--own-key', place('own.key'), '--out', place('draft')]
  const said = await run(['export', '--country', country, ...RANGE, '--log', gateway, '--policy', policy, ...own])
  if (said.verdict !== 'HOLDS') throw new Error(said.output)
  return (await readFile(place('draft'), 'utf8')).trimEnd().split('\n')
}

/** Writes an export for Honduras, edits its lines, and returns its path. Its last six entries but one line are those of `PARTS`. */
const exported =
  (edit: (lines: readonly string[], desk: Desk) => readonly string[] | Promise<readonly string[]>) =>
  async (desk: Desk): Promise<string> => {
    await addParts(desk)
    const out = join(desk.gateway, '../hn.jsonl')
    await writeFile(out, `${(await edit(await exportFor(desk, 'HN'), desk)).join('\n')}\n`)
    return out
  }

/** Returns a request with its part out of the log of the gateway’s second worker, which has the gateway’s key and numbers of its own. */
async function partOfWorker({ gateway }: Desk, seq: number): Promise<readonly string[]> {
  const folder = join(gateway, '../worker')
  const log = await openQuietly(folder, workerSigner(signers.gateway, 2))
  await appendAll(
    log,
    [1, 2, 3].flatMap((each) => makePart(['HN', each], 40 + each)),
  )
  await log.close()
  const reader = await openLogReader(folderSource(folder), parsePolicy(POLICY))
  const proved = await Promise.all([2 * seq - 2, 2 * seq - 1].map(reader.prove))
  return proved.map(({ index, bytes, proof }) => {
    return JSON.stringify({ index, entry: JSON.parse(Buffer.from(bytes).toString('utf8')), proof })
  })
}

/** Edits the statement in the last line of an export. */
const stating =
  (edit: (statement: Record<string, unknown>) => Record<string, unknown>) =>
  (lines: readonly string[]): readonly string[] => {
    const { export: statement } = JSON.parse(lines.at(-1) ?? '') as { export: Record<string, unknown> }
    return [...lines.slice(0, -1), JSON.stringify({ export: edit(statement) })]
  }

const indexIn = (line: string): number => (JSON.parse(line) as { index?: number }).index ?? Number.POSITIVE_INFINITY

/** The reader’s own log needs a key. */
const OWN_KEY = generateSignerKey('istmo.example/auditor', SIGNATURE_TYPES.ed25519)
/** The last requests of the morning, and the parts behind them. */
const RANGE = ['--from', '2026-11-24T08:03:50Z', '--until', '2026-11-24T08:06:00Z']

const swapProofs = (lines: readonly string[]) => {
  const [one, other] = lines.slice(0, 2).map((line) => JSON.parse(line) as { proof: string })
  if (one === undefined || other === undefined) throw new Error('expected two lines')
  return [
    { ...one, proof: other.proof },
    { ...other, proof: one.proof },
  ].map((line) => JSON.stringify(line))
}
const leg100 = canonicalBytes(makeLeg(100)[1])
const leg101 = canonicalBytes(makeLeg(101)[1])

/** The cases. */
export const PROOF_CASES: readonly ProofCase[] = [
  { title: 'nothing: the bundle is as `prove` wrote it', file: bundle((text) => text), check: holds() },
  {
    title: 'the entry of a bundle was replaced by another one',
    file: bundle((text) => text.replace(/extra \S+/, `extra ${Buffer.from(leg101).toString('base64')}`)),
    check: fails('RECEIPT'),
  },
  {
    title: 'the index of a bundle was shifted by one',
    file: bundle((text) => text.replace(`index ${LEG}`, `index ${LEG + 1}`)),
    check: fails('RECEIPT'),
  },
  {
    title: 'the index of a bundle is beyond the tree',
    file: bundle((text) => text.replace(`index ${LEG}`, 'index 100000')),
    check: fails('RECEIPT'),
  },
  {
    title: 'a hash of the path of a bundle was altered',
    file: bundle((text) => text.replace(/(index \d+\n)(.)/, (_, head, first) => `${head}${first === 'A' ? 'B' : 'A'}`)),
    check: fails('RECEIPT'),
  },
  {
    title: 'a hash of the path of a bundle was removed',
    file: bundle((text) => text.replace(/(index \d+\n)\S+\n/, '$1')),
    check: fails('RECEIPT'),
  },
  {
    title: 'a bundle has the checkpoint of the other log',
    file: bundle(
      async (text, { gateway }) =>
        `${text.slice(0, text.indexOf('\n\n') + 2)}${await readFile(join(gateway, 'checkpoint'), 'utf8')}`,
    ),
    check: fails('RECEIPT'),
  },
  {
    title: 'the size in the checkpoint of a bundle was altered',
    file: bundle((text) => text.replace('\n482\n', '\n483\n')),
    check: fails('SIGNATURE'),
  },
  {
    title: 'a bundle has no cosignatures',
    file: bundle((text) => text.slice(0, text.indexOf('\n', text.indexOf('\n— ') + 1) + 1)),
    check: fails('NO_QUORUM'),
  },
  {
    title: 'a bundle has no entry',
    file: bundle((text) => text.replace(/extra \S+\n/, '')),
    check: untold(),
  },
  { title: 'a bundle is empty', file: bundle(() => ''), check: untold() },
  {
    title: 'a bundle has the line breaks of Windows',
    file: bundle((text) => text.replaceAll('\n', '\r\n')),
    check: untold(),
  },
  {
    title: 'nothing but the witnesses is missing in a receipt, which is written before they cosign',
    file: receiptWith(leg100),
    check: fails('NO_QUORUM'),
  },
  {
    title: 'a receipt is shown with another entry',
    file: receiptWith(leg101),
    check: fails('NO_QUORUM', 'RECEIPT'),
  },
  { title: 'nothing: the export is as `export` wrote it', file: exported((lines) => lines), check: holds() },
  {
    title: 'an entry of an export was edited',
    file: exported((lines) =>
      lines.map((line, at) => (at === 0 ? line.replace('INVESTIGATION', 'PROSECUTION') : line)),
    ),
    check: fails('RECEIPT'),
  },
  {
    title: 'two entries of an export have each other’s proof',
    file: exported((lines) => [...swapProofs(lines), ...lines.slice(2)]),
    check: fails('EXPORT', 'RECEIPT'),
  },
  {
    title: 'an export has an entry that no log has',
    file: exported((lines) => [(lines[0] ?? '').replace('"status":200', '"status":201'), ...lines.slice(1)]),
    check: fails('RECEIPT'),
  },
  {
    title: 'a proof of an export is of another tree',
    file: exported(async (lines, { country }) => {
      const note = await readFile(join(country, 'checkpoint'), 'utf8')
      const first = JSON.parse(lines[0] ?? '') as { proof: string }
      const proof = `${first.proof.slice(0, first.proof.indexOf('\n\n') + 2)}${note}`
      return [JSON.stringify({ ...first, proof }), ...lines.slice(1)]
    }),
    check: fails('EXPORT', 'RECEIPT'),
  },
  {
    title: 'a line of an export has no proof',
    file: exported((lines) => [JSON.stringify({ entry: { v: 1 } }), ...lines]),
    check: untold(),
  },
  {
    title: 'the part of a country was removed from its export',
    file: exported((lines) => lines.toSpliced(-2, 1)),
    check: fails('COUNT', 'EXPORT'),
  },
  {
    title: 'a request with the part of the country was removed from its export',
    file: exported((lines) => lines.toSpliced(-5, 2)),
    check: fails('COUNT'),
  },
  {
    title: 'the last parts were removed from an export, and it states fewer',
    file: exported((lines) => stating((statement) => ({ ...statement, last: 2 }))(lines.toSpliced(-3, 2))),
    check: fails('COUNT'),
  },
  {
    title: 'a request was removed from an export, and the part of the country was not',
    file: exported((lines) => lines.toSpliced(-3, 1)),
    check: fails('EXPORT'),
    python: 'HOLDS',
  },
  {
    title: 'a line of an export stands twice',
    file: exported((lines) => lines.toSpliced(-2, 0, lines.at(-2) ?? '')),
    check: fails('EXPORT'),
  },
  {
    title: 'lines of an export changed places',
    file: exported((lines) => [
      ...lines.slice(0, -5),
      ...lines.slice(-3, -1),
      ...lines.slice(-5, -3),
      lines.at(-1) ?? '',
    ]),
    check: fails('COUNT', 'EXPORT'),
  },
  {
    title: 'the part of another country is in an export, with its proof',
    file: exported(async (lines, desk) => {
      const others = (await exportFor(desk, 'SV')).slice(-3, -1)
      return [...lines, ...others].toSorted((one, other) => indexIn(one) - indexIn(other))
    }),
    check: fails('EXPORT'),
  },
  {
    title: 'the last part in an export is the one with this number in the log of another worker, with its proof',
    file: exported(async (lines, desk) => lines.toSpliced(-3, 2, ...(await partOfWorker(desk, 3)))),
    check: fails('COUNT', 'EXPORT'),
  },
  {
    title: 'the last line of an export was removed, which says what the export must contain',
    file: exported((lines) => lines.slice(0, -1)),
    check: untold(),
  },
  {
    title: 'an export states no count of the gateway',
    file: exported(stating((statement) => ({ ...statement, counting: null }))),
    check: untold(),
  },
  {
    title: 'the count in an export was altered',
    file: exported((lines) => [...lines.slice(0, -1), (lines.at(-1) ?? '').replace('"HN":3', '"HN":2')]),
    check: fails('COUNT', 'RECEIPT'),
  },
  {
    title: 'somebody shows a bundle under a trust policy that does not name the log',
    file: bundle((text) => text),
    policy: [`log ${signers.gateway.verifier.vkey}`, 'quorum none', ''].join('\n'),
    check: fails('SIGNATURE'),
  },
]
