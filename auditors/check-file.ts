import { hash } from 'node:crypto'
import type { Finding } from '../audit/finding.ts'
import type { Policy } from '../audit/note/policy.ts'
import { parseTlogProof } from '../audit/note/tlog-proof.ts'
import { FILE_DIGEST } from '../contract/audit-log/authority-entries.ts'
import { type EntryOf, parseEntry } from '../contract/audit-log/entry.ts'
import { LIST, SWITCH, TEXT } from '../service/command-texts.ts'
import { checkProof, followAll, isInOwnLog } from './check-export.ts'
import { type Answer, defineAudit } from './command.ts'
import { parseFile, readBytes, readPolicy, readRotationFiles } from './inputs.ts'
import { ROTATION_OPTION } from './options.ts'
import { say } from './words.ts'

/**
 * `istmo audit check-file`: checks whether a file is the one whose SHA-256 stands in the entry of an export, and says which requests it was made from. It
 * needs the file, the proof of the entry (`istmo audit prove`) and the trust policy: no log, no network.
 */
export const checkFileCommand = defineAudit(
  'check-file',
  {
    arguments: { file: TEXT },
    options: {
      proof: LIST,
      policy: { says: 'onePolicy' },
      development: SWITCH,
      ...ROTATION_OPTION,
    },
  },
  async ({ file: path, proof: proofs, policy, development: isDevelopment, rotation }) => {
    if (proofs.length > 0 && policy === undefined) throw new TypeError('expected --policy with --proof; came none')
    const bytes = await readBytes(path)
    const trust =
      policy === undefined
        ? null
        : followAll(await readPolicy(policy, isDevelopment), await readRotationFiles(rotation))
    const proved: ProvedEntry[] = []
    for (const proof of trust === null ? [] : proofs) {
      const { text, extra } = await parseFile(proof, (read) => ({ text: read, ...parseTlogProof(read) }))
      proved.push(readProof(proof, text, extra, trust as NonNullable<typeof trust>))
    }
    return answer(path, hash('sha256', bytes, 'hex'), proved)
  },
)

/** An entry with what is wrong with its proof. */
interface ProvedEntry {
  readonly entry: EntryOf<'export'>
  readonly findings: readonly Omit<Finding, 'kind'>[]
}

function readProof(path: string, text: string, extra: Uint8Array | undefined, policy: Policy): ProvedEntry {
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

function answer(path: string, digest: string, proved: readonly ProvedEntry[]): Answer {
  const entries = proved.map(({ entry }) => entry)
  const isOlder = ({ digest: noted }: EntryOf<'export'>): boolean => !FILE_DIGEST.safeParse(noted).success
  const other = entries.filter((entry) => entry.digest !== digest && !isOlder(entry))
  const findings = [
    ...proved.flatMap((each) => each.findings),
    ...other.map((entry) => ({ where: `the file of entry ${entry.id}`, expected: entry.digest, came: digest })),
  ]
  const lines = [
    `${path}: SHA-256 ${digest}`,
    ...entries.flatMap(describeEntry),
    ...findings.map((finding) => say('checkFile.finding', finding)),
  ]
  const json = { path, digest, entries, findings }
  const untold = (reason: string): Answer => ({ verdict: 'UNTOLD', text: lines.join('\n'), json: { ...json, reason } })
  if (findings.length > 0) return { verdict: 'FAILS', text: [...lines, say('holdsNot')].join('\n'), json }
  if (entries.length === 0) return untold(say('checkFile.notAsked', { digest }))
  if (entries.some(isOlder)) return untold(say('checkFile.isOlder'))
  return { verdict: 'HOLDS', text: [...lines, say('checkFile.holds')].join('\n'), json }
}

/** Says what an entry says of its file. */
function describeEntry({ requests, ...entry }: EntryOf<'export'>): string[] {
  const { gateway } = entry
  return [say('checkFile.entry', entry), ...requests.map((request) => say('checkFile.request', { request, gateway }))]
}
