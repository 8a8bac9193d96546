import { stat } from 'node:fs/promises'
import type { Policy } from '../../../audit/note/policy.ts'
import { parseEntry } from '../../../contract/audit-log/entry.ts'
import { listLogs, openReader } from '../inputs.ts'
import { sideOfExport } from './export-side.ts'
import { type Side, sideOfLog } from './sides.ts'

/** Opens one side of a comparison: the folder of a log, its URL, or a file of `istmo audit export`. */
export async function openSide(place: string, policies: readonly Policy[]): Promise<Side> {
  const isUrl = /^https?:\/\//.test(place)
  const stats = isUrl ? undefined : await stat(place).catch(() => undefined)
  if (stats?.isFile()) return sideOfExport(place, policies)
  return sideOfLog(await openReader(place, policies), isUrl)
}

/** Opens each log of a gateway: one, or those of its workers below the home. */
export async function openSides(place: string, policies: readonly Policy[]): Promise<readonly [Side, ...Side[]]> {
  const [first = place, ...others] = await listLogs(place)
  return [await openSide(first, policies), ...(await Promise.all(others.map((each) => openSide(each, policies))))]
}

/** How many entries of a log are read to find out whose log it is. */
const FIRST_ENTRIES = 100

/** Reads whose log it is: the code of a country, or null for a gateway's. Rejects if it is neither. */
export async function readOwner({ entries, name }: Side): Promise<string | null> {
  let read = 0
  for await (const { bytes } of entries()) {
    const owner = ownerIn(bytes)
    if (owner !== undefined) return owner
    read++
    if (read === FIRST_ENTRIES) break
  }
  throw new Error(`${name} is neither the log of a country nor that of a gateway: expected it in its first entries`)
}

function ownerIn(bytes: Uint8Array): string | null | undefined {
  try {
    const entry = parseEntry(bytes)
    if ('node' in entry) return 'country' in entry && entry.kind !== 'node-reconciliation' ? entry.country : undefined
    return 'gateway' in entry && entry.kind !== 'oversight' ? null : undefined
  } catch {
    return undefined
  }
}
