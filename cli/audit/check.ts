import type { Finding } from '../../audit/finding.ts'
import { formatFinding } from '../../audit/finding.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { type Policy, withRotations } from '../../audit/note/policy.ts'
import { type KeyRotation, parseRotation, ROTATION_KIND } from '../../audit/note/rotation.ts'
import { parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { type ReceiptReport, verifyReceipt } from '../../audit/verify/verify-receipt.ts'
import { type Answer, defineAudit } from './command.ts'
import { ONE_POLICY_OPTION, ROTATION_OPTION, readPolicy, readRotationFiles, readText } from './inputs.ts'

/** `istmo audit check`: checks whether a bundle of `prove` proves its entry. It needs only the trust policy: no log, no network. */
export const checkCommand = defineAudit(
  {
    name: 'check',
    description: 'check a file of `prove` or `export`; this needs only the trust policy',
    arguments: { bundle: { meaning: 'a .tlog-proof file with its entry, or a file of `export`' } },
    options: { ...ONE_POLICY_OPTION, ...ROTATION_OPTION },
    examples: [
      { command: 'istmo audit check 7.tlog-proof --policy trust-policy', meaning: 'Checks a file of `prove`.' },
    ],
  },
  async ({ bundle: path, policy: policyFile, rotation: rotationFiles, development }) => {
    const given = followAll(await readPolicy(policyFile, development), await readRotationFiles(rotationFiles))
    const text = await readText(path)
    return text.startsWith('{') ? checkExport(path, text, given) : checkBundle(path, text, given)
  },
)

/** Adds the rotations to the trust policy, log by log. They may be in any order. */
function followAll(policy: Policy, rotations: readonly KeyRotation[]): Policy {
  const byOrigin = Map.groupBy(rotations, ({ oldKey }) => oldKey.name)
  return [...byOrigin.values()].reduce(
    (known, own) =>
      withRotations(
        known,
        own.toSorted((one, other) => one.index - other.index),
      ),
    policy,
  )
}

function checkBundle(path: string, text: string, policy: Policy): Answer {
  const entry = entryOf(text)
  if (entry === undefined) throw new Error(`${path}: expected a C2SP tlog-proof with its entry in the line «extra»`)
  const { report, findings } = checkOne(text, entry, policy)
  const content = Buffer.from(entry).toString('utf8')
  return {
    verdict: findings.length === 0 ? 'HOLDS' : 'FAILS',
    text: [...describe(report, content), ...findings.map(formatFinding), verdictText(findings)].join('\n'),
    json: { index: report.index, origin: report.checked?.log.verifier.name, entry: parse(content), findings },
  }
}

/** Checks a file of `export`. Each line has an entry and a proof, and the proof must prove that entry. */
function checkExport(path: string, text: string, given: Policy): Answer {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line, at) => parseLine(path, line, at))
  // The rotations of the log's key come with the export, because the other lines may be signed with the new key.
  const rotations = lines.filter(({ isRotation }) => isRotation).map(({ proof }) => parseRotation(proof))
  const policy = followAll(given, rotations)
  const findings = lines.flatMap(({ at, entry, proof, isRotation }) => {
    const { report, findings: all } = checkOne(proof, canonicalBytes(entry), policy)
    const found = isRotation ? report.findings : all
    return found.map((finding) => ({ ...finding, where: `line ${at + 1}: ${finding.where}` }))
  })
  const entries = lines.filter(({ isRotation }) => !isRotation).length
  const holds = `HOLDS: all ${entries} entries are in the log.`
  return {
    verdict: findings.length === 0 ? 'HOLDS' : 'FAILS',
    text: findings.length === 0 ? holds : [...findings.map(formatFinding), 'DOES NOT HOLD.'].join('\n'),
    json: { entries, findings },
  }
}

interface ExportLine {
  readonly at: number
  readonly entry: unknown
  readonly proof: string
  readonly isRotation: boolean
}

function parseLine(path: string, line: string, at: number): ExportLine {
  const { entry, proof } = Object(parse(line)) as { entry?: unknown; proof?: unknown }
  if (typeof proof !== 'string' || entry === undefined) {
    throw new Error(`${path}: line ${at + 1}: expected an entry and its proof`)
  }
  return { at, entry, proof, isRotation: Object(entry).kind === ROTATION_KIND }
}

function checkOne(proof: string, entry: Uint8Array, policy: Policy) {
  const report = verifyReceipt(proof, entry, policy)
  return { report, findings: [...report.findings, ...quorumOf(report, policy.quorum)] }
}

function entryOf(text: string): Uint8Array | undefined {
  try {
    return parseTlogProof(text).extra
  } catch {
    return undefined
  }
}

/** Checks that the quorum of the trust policy has cosigned the checkpoint of a bundle, because the reader of a bundle has no log. */
function quorumOf({ checked }: ReceiptReport, quorum: string): readonly Finding[] {
  if (checked === undefined || checked.isInQuorum) return []
  const names = checked.cosignatures.map(({ witness }) => witness.name).join(', ')
  const where = `checkpoint of size ${checked.checkpoint.size}`
  return [{ kind: 'NO_QUORUM', where, expected: `quorum ${quorum}`, came: names === '' ? 'no witness' : names }]
}

function describe({ checked, index }: ReceiptReport, content: string): readonly string[] {
  if (checked === undefined) return []
  const { checkpoint, cosignatures } = checked
  return [
    `entry ${index} of ${checkpoint.origin}, in its tree of ${checkpoint.size} entries`,
    ...cosignatures.map(
      ({ witness, time }) => `  witnessed by ${witness.name}, ${new Date(time * 1000).toISOString()}`,
    ),
    content,
  ]
}

function verdictText(findings: readonly Finding[]): string {
  return findings.length === 0 ? 'HOLDS: this entry is in the log.' : 'DOES NOT HOLD.'
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return content
  }
}
