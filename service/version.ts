import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Reads the version of Istmo that runs, as package.json states it: `0.2.0`. */
export function readVersion(): string {
  return readPackage().version
}

/**
 * Returns the oldest Node.js on which a process may serve real records, as `leastNode` of package.json states it: `24.22.3`. Older ones have holes that
 * were closed since. It is raised with the Node.js of package-lock.json.
 */
export function readLeastNode(): string {
  return readPackage().leastNode
}

/** Whether a version of Node.js, such as `24.21.0`, is older than another. */
export function isOlderNode(version: string, least: string): boolean {
  return version.localeCompare(least, 'en', { numeric: true }) < 0
}

function readPackage(): { readonly version: string; readonly leastNode: string } {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
}
