/** Writes the files of a country's folder. Nothing that is there is ever replaced, unless it is made of the other files each time. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exists } from '../../audit/if-there.ts'
import { replaceFile } from '../../service/replace-file.ts'

/** What happened to one file. Paths are relative to the folder. */
export interface WrittenFile {
  readonly path: string
  readonly state: 'MADE' | 'KEPT' | 'RENEWED'
}

/** A country's folder while it is made. */
export interface CountryFolder {
  /** The absolute path. */
  readonly root: string
  /** Returns the absolute path of a file. */
  readonly at: (path: string) => string
  readonly has: (path: string) => Promise<boolean>
  /** Writes a file that is not there yet. A secret one is 0600, each other one 0644. */
  readonly write: (path: string, text: string, options?: { readonly isSecret?: boolean }) => Promise<void>
  /** Writes a file that is made of the other files, each time. */
  readonly renew: (path: string, text: string) => Promise<void>
  /** Notes a file that somebody else made, or that was there. */
  readonly note: (path: string, state: WrittenFile['state']) => void
  /** Makes a folder that only its owner can enter. */
  readonly folder: (path: string) => Promise<void>
  /** What happened so far, in this order. */
  readonly written: readonly WrittenFile[]
}

/** Opens a country's folder, which need not exist yet. @param root its absolute path. */
export function openCountryFolder(root: string): CountryFolder {
  const written: WrittenFile[] = []
  const at = (path: string): string => join(root, path)
  const has = (path: string): Promise<boolean> => exists(at(path))
  const folder = async (path: string): Promise<void> => {
    await mkdir(at(path), { recursive: true, mode: 0o700 })
  }
  return {
    root,
    at,
    has,
    folder,
    written,
    async write(path, text, { isSecret = false } = {}) {
      await mkdir(dirname(at(path)), { recursive: true, mode: 0o700 })
      if (await has(path)) {
        written.push({ path, state: 'KEPT' })
        return
      }
      await writeFile(at(path), text, { mode: isSecret ? 0o600 : 0o644, flag: 'wx' })
      written.push({ path, state: 'MADE' })
    },
    async renew(path, text) {
      await mkdir(dirname(at(path)), { recursive: true, mode: 0o700 })
      const state = (await has(path)) ? 'RENEWED' : 'MADE'
      await replaceFile(at(path), text, 0o644)
      written.push({ path, state })
    },
    note(path, state) {
      written.push({ path, state })
    },
  }
}
