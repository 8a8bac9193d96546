import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Reads the version of Istmo that runs, as package.json states it: `0.2.0`. */
export function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
