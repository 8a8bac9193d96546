import { type Finding, formatFinding } from '../../../audit/finding.ts'
import { say } from '../words.ts'

/**
 * Formats findings for people, one in a line. Under a trust policy of another log, each checkpoint of the history has the same wrong signature: such
 * findings are one line with their number, because a hundred of them would hide the others. `--json` has each of them.
 */
export function formatFindings(findings: readonly Finding[]): readonly string[] {
  const groups = Map.groupBy(findings, (finding) =>
    finding.kind === 'SIGNATURE' ? JSON.stringify([finding.kind, finding.came]) : finding,
  )
  return [...groups.values()].map(formatGroup)
}

function formatGroup(group: readonly Finding[]): string {
  const [first, ...others] = group
  if (first === undefined) return ''
  const more = others.length === 0 ? '' : ` ${say('verify.alike', { number: others.length })}`
  return `  ${formatFinding(first)}${more}`
}
