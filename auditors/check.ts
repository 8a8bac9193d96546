import { type Finding, formatFinding } from '../audit/finding.ts'
import type { Policy } from '../audit/note/policy.ts'
import { parseTlogProof } from '../audit/note/tlog-proof.ts'
import type { ReceiptReport } from '../audit/verify/verify-receipt.ts'
import { parseJson } from '../contract/json-value.ts'
import { parseReceiptHeader } from '../contract/receipt.ts'
import { LIST, SWITCH } from '../service/command-texts.ts'
import {
  type CheckedExport,
  checkBetween,
  checkProof,
  createExportCheck,
  describeCover,
  doubtWorkers,
  followAll,
} from './check-export.ts'
import { type Answer, defineAudit } from './command.ts'
import { isExport, listExportFiles, readExportLines, readPolicy, readRotationFiles, readText } from './inputs.ts'
import { COUNTRY, ONE_POLICY_OPTION, ROTATION_OPTION } from './options.ts'
import { say } from './words.ts'

/**
 * `istmo audit check`: checks whether a bundle of `prove` proves its entry, or whether files of `export` are complete. It needs only the trust
 * policy: no log, no network.
 */
export const checkCommand = defineAudit(
  'check',
  {
    arguments: {
      bundles: LIST,
    },
    options: {
      ...ONE_POLICY_OPTION,
      ...ROTATION_OPTION,
      unwitnessed: SWITCH,
      country: COUNTRY,
    },
  },
  async ({ bundles: places, policy: policyFile, rotation: rotationFiles, country, unwitnessed, development }) => {
    const policy = followAll(await readPolicy(policyFile, development), await readRotationFiles(rotationFiles))
    const bundles = (await Promise.all(places.map(listFiles))).flat()
    const areExports: boolean[] = []
    // One after the other, so that an error names the first file that has one.
    for (const bundle of bundles) areExports.push(await isExport(bundle))
    if (areExports.every((each) => each)) {
      const checked: CheckedExport[] = []
      for (const path of bundles) checked.push(await checkFile(path, policy))
      return answerExports(checked, country)
    }
    const [path = '', second] = bundles
    if (second !== undefined || country !== undefined) {
      throw new TypeError('expected one file of `prove`, or files of `export`; came several of both, or --country')
    }
    const file = await readText(path)
    return checkBundle(path, parseReceiptHeader(file) ?? file, policy, unwitnessed)
  },
)

async function checkFile(path: string, policy: Policy): Promise<CheckedExport> {
  const check = createExportCheck(path, policy)
  for await (const line of readExportLines(path)) check.push(line)
  return check.end()
}

/** Lists the files that a place names: those of a folder with exports, else the place itself. */
async function listFiles(place: string): Promise<readonly string[]> {
  const files = await listExportFiles(place)
  return files.length === 0 ? [place] : files
}

function checkBundle(path: string, text: string, policy: Policy, isUnwitnessedAccepted: boolean): Answer {
  const entry = entryOf(text)
  if (entry === undefined) throw new Error(`${path}: expected a C2SP tlog-proof with its entry in the line «extra»`)
  const { report, findings: all } = checkProof(text, entry, policy)
  const isUnwitnessed = isUnwitnessedAccepted && all.some(isNoQuorum)
  const findings = isUnwitnessed ? all.filter((finding) => !isNoQuorum(finding)) : all
  const content = Buffer.from(entry).toString('utf8')
  return {
    verdict: findings.length === 0 ? 'HOLDS' : 'FAILS',
    text: [...describe(report, content), ...findings.map(formatFinding), verdictText(findings, isUnwitnessed)].join(
      '\n',
    ),
    json: {
      index: report.index,
      origin: report.checked?.log.verifier.name,
      entry: parseJson(content) ?? content,
      findings,
      ...(isUnwitnessed && { isUnwitnessed }),
    },
  }
}

function isNoQuorum({ kind }: Finding): boolean {
  return kind === 'NO_QUORUM'
}

/** Joins the results of all files into one answer. */
function answerExports(exports: readonly CheckedExport[], country: string | undefined): Answer {
  const several = exports.length > 1
  const findings = exports.flatMap((each) =>
    each.findings.map((finding) => ({ ...finding, where: several ? `${each.path}: ${finding.where}` : finding.where })),
  )
  const all = [...findings, ...checkCountry(exports, country), ...checkBetween(exports)]
  const entries = exports.reduce((sum, each) => sum + each.entries, 0)
  const complete = exports.filter((each) => isForCountry(each, country))
  const untold = [...exports.flatMap((each) => reasonToDoubt(each, country)), ...doubtWorkers(complete)]
  const hasWorkers = exports.some(({ worker }) => worker !== null)
  const cover = hasWorkers ? describeCover(exports) : say('check.inLog')
  const holds = say('check.all', { entries, cover })
  const lines = exports.flatMap(describeExport)
  const json = {
    entries,
    findings: all,
    exports: exports.map(({ path, statement, countedAt, counted, worker }) => ({
      path,
      countedAt,
      counted,
      country: statement?.country ?? null,
      ...(worker !== null && { worker }),
      ...(statement && { first: statement.first, last: statement.last, withheld: statement.withheld }),
    })),
  }
  if (all.length > 0)
    return { verdict: 'FAILS', text: [...lines, ...all.map(formatFinding), say('holdsNot')].join('\n'), json }
  if (untold.length > 0) {
    const reason = say('check.perhapsMissing', { all: holds, reasons: untold.join('; ') })
    return { verdict: 'UNTOLD', text: lines.join('\n'), json: { ...json, reason } }
  }
  return { verdict: 'HOLDS', text: [...lines, say('check.holdsAll', { all: holds })].join('\n'), json }
}

/** Whether somebody takes an export for all that a country may have of a gateway's log. */
function isForCountry({ statement }: CheckedExport, country: string | undefined): boolean {
  return statement !== undefined && (statement.country !== null || country !== undefined)
}

/** Says why nobody can see in a file whether entries are missing. An export for all countries does not claim that it is complete. */
function reasonToDoubt({ path, statement, countedAt }: CheckedExport, country: string | undefined): readonly string[] {
  if (statement === undefined) return [say('check.noStatement', { path })]
  if (statement.country === null && country === undefined) return []
  if (statement.isExtract) return [say('check.isExtract', { path })]
  return countedAt === null ? [say('check.noCounts', { path })] : []
}

function describeExport({ statement, countedAt, counted }: CheckedExport): readonly string[] {
  if (statement === undefined || statement.country === null || statement.isExtract || countedAt === null) return []
  const { country, first, last, from, until, origin, withheld } = statement
  const range = [
    from === null ? '' : say('check.from', { time: from }),
    until === null ? '' : say('check.until', { time: until }),
  ].join('')
  const numbers = last < first ? say('check.noPart', { country }) : say('check.parts', { country, first, last })
  const old = withheld === 0 ? '' : say('check.old', { withheld })
  return [`${origin} ${range}${numbers}, ${describeCount(first, last, counted, countedAt)}${old}`]
}

/** Says which parts of an export the gateway's count covers: the newest parts may have come after it. */
function describeCount(first: number, last: number, counted: number, countedAt: string): string {
  if (counted >= last) return say('check.countedAt', { time: countedAt })
  if (counted < first) return say('check.noneCounted', { time: countedAt })
  return say('check.countedTo', { counted, time: countedAt })
}

function checkCountry(exports: readonly CheckedExport[], country: string | undefined): readonly Finding[] {
  return exports.flatMap(({ path, statement }): readonly Finding[] => {
    if (country === undefined || statement === undefined || statement.country === country) return []
    return [
      {
        kind: 'EXPORT',
        where: path,
        expected: `an export for ${country}`,
        came: `one for ${statement.country ?? 'all'}`,
      },
    ]
  })
}

function entryOf(text: string): Uint8Array | undefined {
  try {
    return parseTlogProof(text).extra
  } catch {
    return undefined
  }
}

function describe({ checked, index }: ReceiptReport, content: string): readonly string[] {
  if (checked === undefined) return []
  const { checkpoint, cosignatures } = checked
  return [
    say('check.entry', { index: index ?? '', origin: checkpoint.origin, size: checkpoint.size }),
    ...cosignatures.map(({ witness: { name }, time }) =>
      say('check.witnessedBy', { name, time: new Date(time * 1000).toISOString() }),
    ),
    content,
  ]
}

function verdictText(findings: readonly Finding[], isUnwitnessed: boolean): string {
  if (findings.length > 0) return say('holdsNot')
  return say(isUnwitnessed ? 'check.ownerOnly' : 'check.holds')
}
