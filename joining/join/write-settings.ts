/** `node.env`: each setting of the node, with its meaning. A shell, systemd and a container read the same file. */
import type { Language } from '../../contract/language.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'
import { formatSetting } from '../running/env-file.ts'
import type { Answers } from './answers.ts'
import { KEY_FILES } from './make-keys.ts'
import { TLS_FILES } from './make-tls.ts'
import { SETTING_WORDS } from './setting-words.ts'

/** The settings that a country's folder decides, by key. Paths are relative to the folder. */
export function chooseSettings(answers: Answers): Readonly<Partial<Record<keyof NodeConfig, string>>> {
  const { country, domains, listen, port, database, gatewayName, gatewayKeys, contact } = answers
  return {
    country,
    domains: domains.join(','),
    host: listen,
    port: String(port),
    contactPoint: contact,
    tlsKey: TLS_FILES.key,
    tlsCert: TLS_FILES.cert,
    tlsClientCa: TLS_FILES.gatewayCa,
    ...(database === 'embedded' ? { databaseFolder: 'data/rows' } : { databaseUrl: database }),
    gatewayJwks: /^https:/i.test(gatewayKeys) ? gatewayKeys : TLS_FILES.gatewayKeys,
    gatewayIssuer: gatewayName,
    rules: `rules/${country}.yaml`,
    mandatesFolder: 'mandates',
    suspensions: 'suspensions',
    nodeKey: KEY_FILES.node,
    auditLogDir: 'audit-log',
    auditLogKey: KEY_FILES.auditLog,
    auditLogRefKeys: KEY_FILES.refs,
    operatorListen: '127.0.0.1:9465',
  }
}

/** How wide a comment is. */
const WIDTH = 110

/** Writes `node.env`. A setting that the folder does not decide is there as a comment, with its default. @param head comments above all. */
export function writeSettings(answers: Answers, head: readonly string[], language: Language): string {
  const words = SETTING_WORDS[language]
  const chosen = chooseSettings(answers)
  const lines = Object.entries(NODE_SETTINGS).flatMap(([key, setting]) => {
    const { variable } = setting
    const { meaning, expected } = words.settings[key as keyof NodeConfig]
    const value = chosen[key as keyof NodeConfig]
    const byDefault = 'default' in setting ? setting.default : undefined
    const hints = [
      `${words.expected}: ${expected}`,
      ...(byDefault === undefined ? [] : [`${words.byDefault}: ${byDefault}`]),
    ].join('; ')
    const shown = value === undefined ? `#${variable}=${byDefault ?? ''}` : formatSetting(variable, value)
    return ['', ...wrap(`${meaning} (${hints})`), shown]
  })
  return `${[...head.flatMap(wrap), ...lines].join('\n')}\n`
}

function wrap(text: string): readonly string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + word.length >= WIDTH) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
