/** `witness.yaml`: the settings of the country's witness (`istmo witness --config`). */
import type { Language } from '../../contract/language.ts'
import type { Answers } from './answers.ts'
import { KEY_FILES } from './make-keys.ts'

const HEAD: Readonly<Record<Language, (country: string) => readonly string[]>> = {
  en: (country) => [
    `The witness of ${country}: istmo witness --config witness.yaml, in this folder. It cosigns the logs of the authorities that \`callers\``,
    'of the country’s file names, and follows that file. Without it, your node answers no officer of another country.',
  ],
  es: (country) => [
    `El cofirmante de ${country}: istmo witness --config witness.yaml, en esta carpeta. Firma los registros de las autoridades que nombra`,
    '`callers` del archivo del país, y sigue ese archivo. Sin él, su nodo no responde a ningún funcionario de otro país.',
  ],
}

/** Where a witness behind a proxy with TLS listens. */
const BEHIND_PROXY = { host: '127.0.0.1', port: 4106 }

/** Writes `witness.yaml`. Paths are relative to the folder. */
export function writeWitness({ country, witness, listen }: Answers, language: Language): string {
  const { protocol, port } = new URL(witness)
  const place = protocol === 'https:' ? BEHIND_PROXY : { host: listen, port: port === '' ? 80 : Number(port) }
  return `${[
    ...HEAD[language](country).map((line) => `# ${line}`),
    `key: ${KEY_FILES.witness}`,
    'folder: witness',
    `rules: rules/${country}.yaml`,
    `host: ${JSON.stringify(place.host)}`,
    `port: ${place.port}`,
  ].join('\n')}\n`
}
