import type { Language } from '../../contract/language.ts'
import { FILE } from '../../service/command-spec.ts'
import { chooseLineLanguage } from '../../service/lang-option.ts'
import type { MandatesIo } from './io.ts'

/** Options that several commands of `istmo mandates` have. */

/** What a person needs to sign. */
export const SIGNING_OPTIONS = {
  key: { flag: 'key', ...FILE, isRequired: true, meaning: 'your own key (`istmo mandates key`)' },
  passphraseFile: {
    flag: 'passphrase-file',
    ...FILE,
    meaning: 'a file with the passphrase of your key; without it, you are asked',
  },
  yes: { flag: 'yes', value: null, meaning: 'sign without asking, for scripts' },
} as const

/** How an act reaches the authority. */
export const AUTHORITY_OPTIONS = {
  token: {
    flag: 'token',
    ...FILE,
    isRequired: true,
    meaning: 'a file with the token of your login provider, which says who you are',
  },
  authority: {
    flag: 'authority',
    value: 'folder',
    isRequired: true,
    expected: 'the path of a folder',
    meaning: 'the audit log of your authority (auditLog in its settings). The authority must be running',
  },
} as const

/** Chooses the language in which a document is shown, and a person is asked. */
export function chooseShownLanguage(
  line: { readonly lang: Language | undefined; readonly language: Language | undefined },
  { env = {} }: Pick<MandatesIo, 'env'>,
): Language {
  return chooseLineLanguage(line, env)
}
