import { type AreaFinding, DOCTOR_AREAS } from '../check/finding.ts'
import { checkCertificates } from './check-certificates.ts'
import { checkDatabase } from './check-database.ts'
import { checkDisk, checkFolders, checkNtp, checkPorts, checkVersions } from './check-host.ts'
import { checkKeys } from './check-keys.ts'
import { checkLog } from './check-log.ts'
import { checkReach } from './check-reach.ts'
import { checkSettings } from './check-settings.ts'
import type { NodePlace } from './node-place.ts'

/** What {@link examineNode} takes from outside. */
export interface DoctorWorld {
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * Looks at everything that a node needs, and changes nothing: settings, clock, keys, certificates, database, audit log, disk, ports, the others that it
 * depends on, and versions. The node may run or not.
 * @returns the findings in the order of {@link DOCTOR_AREAS}.
 */
export async function examineNode(place: NodePlace, { now }: DoctorWorld): Promise<readonly AreaFinding[]> {
  const { findings: settings, rules } = await checkSettings(place, now)
  const parts = await Promise.all([
    checkKeys(place),
    checkCertificates(place, now),
    checkDatabase(place),
    checkLog(place, now),
    checkDisk(place),
    checkFolders(place),
    checkPorts(place),
    checkReach(place, rules, now),
    checkNtp().then((finding) => [finding]),
  ])
  const all = [...settings, ...parts.flat(), checkVersions()]
  return DOCTOR_AREAS.flatMap((area) => all.filter((finding) => finding.area === area))
}
