import { parse } from 'yaml'

/** The part of a plugin of Rolldown, Vite and Vitest that {@link wordFiles} needs. */
export interface WordFilePlugin {
  readonly name: string
  readonly transform: (code: string, id: string) => { readonly code: string; readonly moduleType: 'js' } | null
}

/** Makes the plugin that lets a module import a catalogue of words in YAML. It is read when the page is built, so that no browser needs a parser. */
export function wordFiles(): WordFilePlugin {
  return {
    name: 'istmo-word-files',
    transform: (code, id) =>
      id.endsWith('.yaml') ? { code: `export default ${JSON.stringify(parse(code))}`, moduleType: 'js' } : null,
  }
}
