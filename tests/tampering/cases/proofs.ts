import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { generateSignerKey, SIGNATURE_TYPES } from '../../../audit/note/key.ts'
import { fails, holds, type ProofCase, untold } from '../case.ts'
import { type Desk, run } from '../desk.ts'
import { makeLeg, signers } from '../logs.ts'

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

/** Writes an export for Honduras from the gateway’s log, edits its lines, and returns its path. */
const exported =
  (edit: (lines: readonly string[], desk: Desk) => readonly string[] | Promise<readonly string[]>) =>
  async (desk: Desk): Promise<string> => {
    const { gateway, policy } = desk
    const [out, key, own] = ['hn.jsonl', 'own.key', 'own'].map((name) => join(gateway, '..', name))
    await writeFile(key ?? '', OWN_KEY)
    const options = [
      '--log',
      gateway,
      '--policy',
      policy,
      '--own-log',
      own ?? '',
      '--own-key',
      key ?? '',
      '--out',
      out ?? '',
    ]
    const { verdict, output } = await run(['export', '--country', 'HN', ...RANGE, ...options])
    if (verdict !== 'HOLDS') throw new Error(output)
    const lines = (await readFile(out ?? '', 'utf8')).trimEnd().split('\n')
    await writeFile(out ?? '', `${(await edit(lines, desk)).join('\n')}\n`)
    return out ?? ''
  }

/** The reader’s own log needs a key. */
const OWN_KEY = generateSignerKey('istmo.example/auditor', SIGNATURE_TYPES.ed25519)
/** Half a minute of the morning. */
const RANGE = ['--from', '2026-11-24T08:01:00Z', '--until', '2026-11-24T08:01:30Z']

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
    check: fails('RECEIPT'),
  },
  {
    title: 'an export has an entry that no log has',
    file: exported((lines) => [
      ...lines,
      (lines[0] ?? '').replace('"seq":1', '"seq":2').replace('"status":200', '"status":201'),
    ]),
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
    check: fails('RECEIPT'),
  },
  {
    title: 'a line of an export has no proof',
    file: exported((lines) => [...lines, JSON.stringify({ entry: { v: 1 } })]),
    check: untold(),
  },
  {
    title: 'somebody shows a bundle under a trust policy that does not name the log',
    file: bundle((text) => text),
    policy: [`log ${signers.gateway.verifier.vkey}`, 'quorum none', ''].join('\n'),
    check: fails('SIGNATURE'),
  },
]
