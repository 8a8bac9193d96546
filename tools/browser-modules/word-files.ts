import { parse } from 'yaml'

/** The part of a plugin of Rolldown, Vite and Vitest that {@link wordFiles} needs. */
export interface WordFilePlugin {
  readonly name: string
  readonly enforce: 'pre'
  readonly transform: (code: string, id: string, options?: { readonly ssr?: boolean }) => Transformed | null
}

interface Transformed {
  readonly code: string
  readonly moduleType?: 'js'
}

/** How a module of the contract names a file of words. */
const WORD_FILE = /new URL\('([\w./-]+\.yaml)', import\.meta\.url\)/g

/**
 * Makes the plugin that brings catalogues of words in YAML to browsers. They are read when the page is built, so that no browser needs a parser. A module may
 * import a catalogue; where one names a file, as the contract's do for Node, the plugin puts an import in the file's place, and `readWords` returns what it gets.
 */
export function wordFiles(): WordFilePlugin {
  return {
    name: 'istmo-word-files',
    enforce: 'pre',
    transform(code, id, options) {
      if (id.endsWith('.yaml')) return { code: `export const words = ${JSON.stringify(parse(code))}`, moduleType: 'js' }
      // Tests of what runs in Node read the files.
      if (options?.ssr === true || id.includes('/node_modules/')) return null
      if (id.endsWith('/contract/read-words.ts')) return { code: 'export const readWords = (words) => words' }
      const files = [...code.matchAll(WORD_FILE)].map(
        ([, file = '']) => `import { words as ${nameFile(file)} } from './${file}'\n`,
      )
      if (files.length === 0) return null
      return { code: `${files.join('')}${code.replaceAll(WORD_FILE, (_, file: string) => nameFile(file))}` }
    },
  }
}

function nameFile(file: string): string {
  return `words_${file.replaceAll(/\W/g, '_')}`
}
