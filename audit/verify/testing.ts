import type { Finding } from '../finding.ts'
import type { Policy } from '../note/policy.ts'
import { checkShardLinks, type VerifiedShard } from '../shards/check-links.ts'
import type { LogSource } from './source.ts'
import { createTrust, findMissingLogs, type VerifyOptions, type VerifyReport, verifyLog } from './verify-log.ts'

/** Verification, for tests. */

/**
 * Verifies several logs under one trust policy. A missing log of the trust policy is a finding (docs/design/audit-log.md, The log). The shards of a
 * log are given as one source each, and must follow one another; with a key that was replaced in one of them, the next one has the new key.
 */
export async function verifyLogs(
  sources: readonly LogSource[],
  policy: Policy,
  options: VerifyOptions = {},
): Promise<{ readonly reports: readonly VerifyReport[]; readonly findings: readonly Finding[] }> {
  const reports: VerifyReport[] = []
  const shards: VerifiedShard[] = []
  const trustOf = createTrust(policy)
  for (const source of sources) {
    const trusted = await trustOf(source)
    const report = await verifyLog(source, trusted.policy, options)
    reports.push(report)
    shards.push({ ...report, source, policy: trusted.policy })
    if (report.findings.length === 0) await trusted.follow()
  }
  return { reports, findings: [...findMissingLogs(policy, reports), ...(await checkShardLinks(shards, policy))] }
}
