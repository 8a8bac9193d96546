import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const read = new Map<string, unknown>()

/**
 * Reads a file of words in YAML when it is first asked for. In a browser the build puts what it says in the file's place (tools/browser-modules).
 * @throws the file system's error, if there is no such file.
 */
export function readWords<Words>(file: URL): Words {
  let words = read.get(file.href)
  if (words === undefined) {
    const { parse } = require('yaml') as typeof import('yaml')
    words = parse(readFileSync(file, 'utf8'))
    read.set(file.href, words)
  }
  return words as Words
}
