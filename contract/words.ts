import { createRequire } from 'node:module'
import type { i18n } from 'i18next'
import type { Language } from './language.ts'
import { readWords } from './read-words.ts'

/**
 * The words that people read. A room keeps them in `words.en.yaml` and `words.es.yaml` beside its code, one entry for each text, and
 * i18next puts values into their holes: `{{name}}`. A test compares the languages, and the keys and holes that the code names
 * (docs/decisions/0167-a-test-knows-the-keys-of-the-words.md).
 *
 * Both packages are loaded with the first text, because a command that says nothing should start without them.
 */

/** Says one text: the key, and a value for each of its holes. A text with the hole `count` may have a form for one and others. */
export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string

/** The files of a room by language, named in full so that packs contain them. */
export type WordFiles = Readonly<Record<Language, URL>>

const require = createRequire(import.meta.url)
let opened: i18n | undefined

/**
 * Returns what says a room's texts in a language. A file is read when its language is first asked for, so that a command that says nothing reads none.
 * @throws the file system's error, if the room has no such file.
 */
export function wordsOf(files: WordFiles): (language: Language) => Say {
  return (language) => {
    const room = files[language].href
    opened ??= open()
    const catalogue = opened
    if (!catalogue.hasResourceBundle(language, room)) {
      catalogue.addResourceBundle(language, room, readWords(files[language]))
    }
    return catalogue.getFixedT(language, room) as unknown as Say
  }
}

/** Opens the catalogue without texts. Nothing that comes in by a hole is read again as a text with holes. */
function open(): i18n {
  const catalogue = (require('i18next') as typeof import('i18next')).createInstance()
  void catalogue.init({ initAsync: false, resources: {}, fallbackLng: false, interpolation: { escapeValue: false } })
  return catalogue
}
