import { chmod, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import type { Home } from '../home.ts'
import { DEMO_COUNTRIES, oversightPort } from '../ports.ts'
import { auditLogHomeIn } from './trust.ts'

/**
 * Writes the settings of the auditors' GraphQL over the demo's logs, with the ports of this run. The demo does not start it: an auditor
 * does, `istmo oversight --config FILE`.
 */
export async function writeOversightFile(home: Home, basePort: number): Promise<void> {
  const record = auditLogHomeIn(home.record)
  const settings = {
    port: oversightPort(basePort),
    issuers: home.issuers,
    logs: [record.gatewayAuditLog, ...DEMO_COUNTRIES.map(record.nodeAuditLog)],
    policies: [record.policy, record.nationalPolicy],
    database: record.oversightIndex,
    record: record.oversightAuditLog,
    auditLogKey: record.oversightKey,
    refKeys: record.oversightRefKeys,
    regionalAgencies: ['SICA-OVERSIGHT'],
  }
  await writeFile(record.oversightFile, stringify(settings))
  await chmod(record.oversightFile, 0o600)
}
