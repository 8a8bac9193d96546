import { readFile } from 'node:fs/promises'
import { parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { checkProof, followAll, isInOwnLog } from './check-proof.ts'
import { type Answer, defineAudit } from './command.ts'
import { compareExport, type FileFinding, formatFileFinding } from './exported-file/compare-export.ts'
import { type ReadExport, readExportedFile } from './exported-file/read-exported-file.ts'
import { ONE_POLICY_OPTION, ROTATION_OPTION, readPolicy, readRotationFiles, readText } from './inputs.ts'

const { policy: POLICY, development } = ONE_POLICY_OPTION
const { isRequired: _, ...OPTIONAL_POLICY } = POLICY

/**
 * `istmo audit check-file`: checks whether a file that the console exported has the records whose digest stands in the entry of the export. It needs the file, the
 * proof of the entry (`istmo audit prove`) and the trust policy: no log, no network.
 */
export const checkFileCommand = defineAudit(
  {
    name: 'check-file',
    description: 'check a file that the console exported (CSV, XLSX, PDF) against the entry of its export',
    arguments: { file: { meaning: 'the file, as the console wrote it' } },
    options: {
      proof: {
        flag: 'proof',
        value: 'file',
        isRepeated: true,
        expected: 'the path of a file',
        meaning: 'the .tlog-proof file of the entry, from `prove`; one for each entry that the file names',
      },
      policy: OPTIONAL_POLICY,
      development,
      ...ROTATION_OPTION,
    },
    examples: [
      {
        command: 'istmo audit check-file istmo-casos.pdf --proof 47.tlog-proof --policy trust-policy',
        meaning: 'Checks a file against the entry with the index 47.',
      },
      {
        command: 'istmo audit check-file istmo-casos.xlsx',
        meaning: 'Says which entries the file names, and whether it agrees with itself.',
      },
    ],
  },
  async ({ file: path, proof: proofs, policy, development: isDevelopment, rotation }) => {
    if (proofs.length > 0 && policy === undefined) throw new TypeError('expected --policy with --proof; came none')
    const file = await readExport(path)
    const trust =
      policy === undefined
        ? null
        : followAll(await readPolicy(policy, isDevelopment), await readRotationFiles(rotation))
    const proved: ProvedEntry[] = []
    for (const proof of trust === null ? [] : proofs) {
      proved.push(readProof(proof, await readText(proof), trust as NonNullable<typeof trust>))
    }
    return answer(path, file, proved)
  },
)

/** An entry with what is wrong with its proof. */
interface ProvedEntry {
  readonly entry: EntryOf<'export'>
  readonly findings: readonly FileFinding[]
}

async function readExport(path: string): Promise<ReadExport> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new Error(`${path}: cannot be read: ${describeFileError(error)}`)
  })
  try {
    return readExportedFile(bytes)
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`)
  }
}

function readProof(path: string, text: string, policy: Parameters<typeof checkProof>[2]): ProvedEntry {
  let extra: Uint8Array | undefined
  try {
    extra = parseTlogProof(text).extra
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`)
  }
  if (extra === undefined) throw new Error(`${path}: expected a C2SP tlog-proof with its entry in the line «extra»`)
  const entry = parseEntry(extra)
  if (entry.kind !== 'export') throw new Error(`${path}: expected the entry of an export; came one of ${entry.kind}`)
  const { report, findings } = checkProof(text, extra, policy)
  const all = findings.map(({ where, expected, came }) => ({ where: `${path}, ${where}`, expected, came }))
  const log = report.checked?.checkpoint.origin
  if (log === undefined || isInOwnLog(entry, report)) return { entry, findings: all }
  return {
    entry,
    findings: [...all, { where: path, expected: `an entry of the log ${entry.origin}`, came: `one of ${log}` }],
  }
}

function answer(path: string, file: ReadExport, proved: readonly ProvedEntry[]): Answer {
  const { format, rows, digest, requests, entries } = file
  const entriesOf = proved.map(({ entry }) => entry)
  const findings = [...proved.flatMap((each) => each.findings), ...compareExport(file, entriesOf)]
  const lines = [
    `${path}: ${format.toUpperCase()}, ${rows} records of ${requests.length} requests, digest ${digest ?? 'without a salt'}`,
    ...entries.map((id) => `  names the entry ${id}`),
    ...findings.map((finding) => `  ${formatFileFinding(finding)}`),
  ]
  const json = { path, format, rows, digest, requests, entries, findings }
  if (findings.length > 0) return { verdict: 'FAILS', text: [...lines, 'DOES NOT HOLD.'].join('\n'), json }
  if (proved.length === 0) {
    const reason =
      'the file agrees with itself, which everybody can make. Whether it is what was exported, its entry says: istmo audit prove ENTRY --log LOG --policy POLICY, then give --proof and --policy'
    return { verdict: 'UNTOLD', text: lines.join('\n'), json: { ...json, reason } }
  }
  const holds = 'HOLDS: these are the records of the entry, and the entry is in the log.'
  return { verdict: 'HOLDS', text: [...lines, holds].join('\n'), json }
}
