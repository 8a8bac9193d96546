import { join } from 'node:path'

/** Lets a browser run modules of ours that were written for Node: the same code for proofs, notes, trust policies and pseudonyms. */

const BUFFER = join(import.meta.dirname, 'browser-buffer.ts')
const CRYPTO = join(import.meta.dirname, 'browser-crypto.ts')

/** The part of a plugin of Rolldown and Vite that {@link browserModules} needs. */
export interface BrowserModules {
  readonly name: string
  readonly enforce: 'pre'
  readonly resolveId: (id: string) => string | null
  readonly transform: (code: string, id: string) => string | null
}

/**
 * Makes the plugin, for Rolldown and for Vite. `node:crypto` becomes a module that hashes and verifies in the browser; each module of ours that
 * uses `Buffer` gets one.
 */
export function browserModules(): BrowserModules {
  return {
    name: 'istmo-browser-modules',
    enforce: 'pre',
    resolveId: (id) => (id === 'node:crypto' ? CRYPTO : null),
    transform(code, id) {
      const isOurs = !id.includes('/node_modules/') && !id.startsWith('\0') && /\.[cm]?[jt]sx?$/.test(id)
      if (!isOurs || id === BUFFER || !/\bBuffer\b/.test(code) || code.includes('browser-buffer')) return null
      return `import { Buffer } from ${JSON.stringify(BUFFER)}\n${code}`
    },
  }
}
