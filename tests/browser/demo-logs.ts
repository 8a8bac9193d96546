import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parsePolicy } from '../../audit/note/policy.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { type Entry, type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { auditLogHomeIn } from '../../demo/audit-log/trust.ts'
import { homeIn } from '../../demo/home.ts'

/** Whose log of the demo is read: the gateway's, or that of a country's node. */
export type DemoLog = 'gateway' | 'GT' | 'HN' | 'SV'

/** Returns the folder of a log of the demo whose home this is, and the trust policy with which it is read. */
export function placeOfLog(home: string, whose: DemoLog): { readonly folder: string; readonly policy: string } {
  const { gatewayAuditLog, nodeAuditLog, policy, nationalPolicy } = auditLogHomeIn(homeIn(home).auditLog)
  if (whose === 'gateway') return { folder: join(gatewayAuditLog, 'log'), policy }
  return { folder: join(nodeAuditLog(whose), 'log'), policy: nationalPolicy }
}

/** Reads the entries of a log while the demo runs, each checked against the tree that the log signed last. */
async function readDemoLog(home: string, whose: DemoLog): Promise<readonly Entry[]> {
  const { folder, policy } = placeOfLog(home, whose)
  const reader = await openLogReader(folderSource(folder), parsePolicy(await readFile(policy, 'utf8')))
  const entries: Entry[] = []
  for await (const { bytes } of reader.entries()) entries.push(parseEntry(bytes))
  return entries
}

/** The grounds of some requests in the gateway's log and in those of countries, one for each of their entries there. */
export async function readGrounds(
  home: string,
  requestIds: readonly string[],
  countries: readonly Exclude<DemoLog, 'gateway'>[],
): Promise<Readonly<Record<string, readonly EntryOf<'leg'>['grounds'][]>>> {
  const ofGateway = (await readDemoLog(home, 'gateway')).flatMap((entry) =>
    entry.kind === 'request' && requestIds.includes(entry.id) ? [entry.grounds] : [],
  )
  const ofCountries = countries.map(async (country) => {
    const legs = (await readDemoLog(home, country)).flatMap((entry) =>
      entry.kind === 'leg' && requestIds.includes(entry.requestId ?? '') ? [entry.grounds] : [],
    )
    return [country, legs] as const
  })
  return { gateway: ofGateway, ...Object.fromEntries(await Promise.all(ofCountries)) }
}
