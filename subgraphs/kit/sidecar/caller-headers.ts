import type { LegClaims } from '../../../contract/leg-token.ts'
import type { LegRecognition } from '../leg-recognition.ts'

/**
 * Returns the headers that describe the caller to a service behind a sidecar, so that the service can filter its rows (docs/access.md,
 * In front of a service of your own). They say only what the country's own rules recognise. A caller whom the rules do not recognise
 * has the same headers as a caller without a token.
 */
export function callerHeaders(
  { org, grounds }: LegClaims,
  { recognition, visibleRows }: LegRecognition,
): Readonly<Record<string, string>> {
  const shown = { 'istmo-show-protected': visibleRows.showsProtected ? '?1' : '?0' }
  if (recognition.kind === 'not-recognised' || visibleRows.taskForce === null) return shown
  const headers = {
    'istmo-task-force': visibleRows.taskForce,
    'istmo-purpose': grounds?.purpose,
    'istmo-case': grounds?.case,
    'istmo-caller-country': org?.country,
    'istmo-caller-agency': org?.agency,
    'istmo-caller-role': org?.role,
    'istmo-scopes': [...recognition.rights.scopes].sort().join(' '),
  }
  const present = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...shown, ...Object.fromEntries(present.map(([name, value]) => [name, encodeHeader(value)])) }
}

/** Encodes the value of a header: all but printable ASCII, and the percent sign, as percent-encoded UTF-8 (RFC 3986, section 2.1). */
function encodeHeader(value: string): string {
  return value.toWellFormed().replace(/[^\x20-\x7e]|%/gu, encodeURIComponent)
}
