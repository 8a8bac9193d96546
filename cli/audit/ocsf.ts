import type { EntryRow } from '../../audit/index/entry-row.ts'

/**
 * Writes an entry as an event of the Open Cybersecurity Schema Framework 1.4, class API Activity (6003;
 * schema.ocsf.io/1.4.0/classes/api_activity). An audit log has no addresses and no names: `src_endpoint` is the client by its id, and
 * `actor.user.uid` is a ref.
 */

const CLASS = 6003
const ACTIVITIES = { read: 2, update: 3, remove: 4, other: 99 } as const
const STATUSES = { success: 1, failure: 2 } as const
/** Informational; low for what was denied or rejected, or failed. */
const SEVERITIES = { informational: 1, low: 2 } as const

/** The kinds of entries that say that something was changed. */
const UPDATES: ReadonlySet<string> = new Set([
  ...['publication', 'graph', 'node-rules', 'suspension', 'node-suspension', 'authority-suspension'],
])

/** Converts a row to an OCSF event. Times are milliseconds since the epoch; `duration` is in milliseconds. */
export function toOcsf(row: EntryRow): Readonly<Record<string, unknown>> {
  const activity = activityOf(row)
  const failed = row.outcome === 'DENIED' || row.outcome === 'REFUSED' || row.outcome === 'FAILED'
  return {
    category_uid: 6,
    class_uid: CLASS,
    activity_id: activity,
    type_uid: CLASS * 100 + activity,
    time: Date.parse(row.time),
    severity_id: failed ? SEVERITIES.low : SEVERITIES.informational,
    status_id: failed ? STATUSES.failure : STATUSES.success,
    ...(row.status !== null && { status_code: String(row.status) }),
    ...(row.codes.length > 0 && { status_detail: row.codes.join(' ') }),
    ...(row.durationMs !== null && { duration: row.durationMs }),
    count: 1,
    metadata: {
      version: '1.4.0',
      product: { name: 'Istmo', vendor_name: 'Istmo', feature: { name: 'audit' } },
      uid: row.id,
      log_name: row.log,
      log_provider: 'istmo',
      sequence: row.position,
      labels: [row.kind],
    },
    actor: actorOf(row),
    api: {
      operation: row.operation ?? row.kind,
      service: { name: row.log, labels: row.domains },
      request: { uid: row.id },
      ...(row.status !== null && { response: { code: row.status, error: row.codes.join(' ') } }),
    },
    src_endpoint: { svc_name: row.client ?? 'not known' },
    resources: [
      ...row.countries.map((country) => ({ type: 'country', name: country, uid: country })),
      ...row.coordinates.map((name) => ({
        type: 'field',
        name,
        ...(row.denied.includes(name) && { labels: ['denied'] }),
      })),
    ],
    unmapped: {
      outcome: row.outcome,
      purpose: row.purpose,
      task_force: row.taskForce,
      case_ref: row.caseRef,
      denied: row.denied,
      records: row.records,
    },
  }
}

function activityOf({ kind }: EntryRow): number {
  if (kind === 'request' || kind === 'leg' || kind === 'oversight') return ACTIVITIES.read
  if (UPDATES.has(kind)) return ACTIVITIES.update
  return kind === 'salt-erasure' ? ACTIVITIES.remove : ACTIVITIES.other
}

function actorOf({
  actorRef,
  agency,
  actorCountry,
  role,
  client,
  tokenId,
}: EntryRow): Readonly<Record<string, unknown>> {
  if (actorRef === null) return { app_name: 'istmo' }
  return {
    user: {
      uid: actorRef,
      // 1: a regular user.
      type_id: 1,
      org: { ...(agency !== null && { name: agency }), ...(actorCountry !== null && { uid: actorCountry }) },
      ...(role !== null && { groups: [{ name: role }] }),
    },
    ...(client !== null && { app_uid: client }),
    ...(tokenId !== null && { session: { uid: tokenId } }),
  }
}
