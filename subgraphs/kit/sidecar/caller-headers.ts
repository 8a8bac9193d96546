import type { LegClaims } from '../../../contract/leg-token.ts'
import type { LegRecognition } from '../leg-recognition.ts'

/**
 * What a service behind a sidecar is told of the caller, so that it can filter its rows (docs/access.md, In front of a service of your own).
 * Only what the country's own rules recognise is told; a caller whom they do not hear is nobody, as without a token.
 */
export function callerHeaders(
  { org, grounds }: LegClaims,
  { recognition, visibleRows }: LegRecognition,
): Readonly<Record<string, string>> {
  const shown = { 'istmo-show-protected': visibleRows.showsProtected ? '?1' : '?0' }
  if (recognition.kind === 'not-recognised' || visibleRows.taskForce === null) return shown
  const told = {
    'istmo-task-force': visibleRows.taskForce,
    'istmo-purpose': grounds?.purpose,
    'istmo-case': grounds?.case,
    'istmo-caller-country': org?.country,
    'istmo-caller-agency': org?.agency,
    'istmo-caller-role': org?.role,
    'istmo-scopes': [...recognition.rights.scopes].sort().join(' '),
  }
  const known = Object.entries(told).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...shown, ...Object.fromEntries(known.map(([name, value]) => [name, encoded(value)])) }
}

/** A header's value is printable ASCII: whatever else there is, and the percent sign, in percent-encoded UTF-8 (RFC 3986, section 2.1). */
function encoded(value: string): string {
  return value.toWellFormed().replace(/[^\x20-\x7e]|%/gu, encodeURIComponent)
}
