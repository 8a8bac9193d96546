/** Writes the files of a country's folder that are not keys. Their texts are in words.en.yaml, words.es.yaml and units.yaml. */
import { isIP } from 'node:net'
import type { Domain } from '../../contract/domain.ts'
import type { Language } from '../../contract/language.ts'
import { readWords } from '../../contract/read-words.ts'
import { helpText } from '../../service/help-words.ts'
import { formatOrigin } from '../../service/http/listen.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'
import { formatSetting } from '../running/node-place.ts'
import type { Answers } from './answers.ts'
import { type GatewayFiles, KEY_FILES, type NodeTrust, type PublicKeys, TLS_FILES } from './make-keys.ts'
import { joinWords } from './words.ts'

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

/** Writes `node.env`, which a shell, systemd and a container read alike. A setting that the folder does not decide is there as a comment, with its default. */
export function writeSettings(answers: Answers, language: Language): string {
  const head = joinWords(language)('files.settings', { country: answers.country })
  const chosen = chooseSettings(answers)
  const lines = Object.entries(NODE_SETTINGS).flatMap(([key, setting]) => {
    const { variable, meaning, expected } = setting
    const value = chosen[key as keyof NodeConfig]
    const byDefault = 'default' in setting ? setting.default : undefined
    const tell = (text: string): string => helpText(text, language)
    const hint = byDefault === undefined ? '' : `; ${tell('default')}: ${byDefault}`
    const shown = value === undefined ? `#${variable}=${byDefault ?? ''}` : formatSetting(variable, value)
    return ['', ...wrap(`${tell(meaning)} (${tell('expected')}: ${tell(expected)}${hint})`), shown]
  })
  return `${[...head.split('\n').flatMap(wrap), ...lines].join('\n')}\n`
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

/** Where a witness behind a proxy with TLS listens. */
const BEHIND_PROXY = { host: '127.0.0.1', port: 4106 }

/** Writes `witness.yaml`: the settings of the country's witness (`istmo witness --config`). */
export function writeWitness({ country, witness, listen }: Answers, language: Language): string {
  const { protocol, port } = new URL(witness)
  const place = protocol === 'https:' ? BEHIND_PROXY : { host: listen, port: port === '' ? 80 : Number(port) }
  return joinWords(language)('files.witness', { country, host: JSON.stringify(place.host), port: place.port })
}

/** Writes `rules/<CC>.yaml`, where nobody is recognised yet. Node and gateway read the same file. */
export function writeCountryFile(
  { country, nameEs, nameEn, domains, host, port }: Answers,
  { vkey, suspender, witness }: PublicKeys,
  trust: NodeTrust,
  language: Language,
): string {
  const tls = 'ca' in trust ? '{ ca: node-ca.pem }' : `{ pins: [${trust.pin}] }`
  const origin = formatOrigin('https', host, port)
  return joinWords(language)('files.rules', {
    country,
    nameEs: JSON.stringify(nameEs),
    nameEn: JSON.stringify(nameEn),
    domains: domains.map((domain) => `  ${domain}: { url: "${origin}/${domain}", tls: ${tls} }`).join('\n'),
    witness,
    vkey: JSON.stringify(vkey),
    x: suspender,
  })
}

/** Writes `rules/<CC>.cedar`: no policy yet. */
export function writePolicies(country: string, language: Language): string {
  return joinWords(language)('files.policies', { country })
}

/** A field of each domain with a rule, and one without. */
const TRIED: Readonly<Record<Domain, readonly string[]>> = {
  cases: ['Case.status', 'Case.narrative'],
  persons: ['Person.names'],
  legal: ['Statute.text', 'MutualLegalAssistanceRequest.status'],
}

/** Writes `rules/<CC>.policy-test.yaml`: nobody is recognised. */
export function writePolicyTest({ country, domains }: Answers, language: Language): string {
  const verdicts = domains.flatMap((domain) =>
    TRIED[domain].map((coordinate) =>
      coordinate === 'Statute.text'
        ? `  ${coordinate}: { prosecutor: allowed, nobody: allowed }`
        : `  ${coordinate}: { prosecutor: TASK_FORCE_NOT_RECOGNISED, nobody: AUTHENTICATED }`,
    ),
  )
  const other = country === 'GT' ? 'HN' : 'GT'
  return joinWords(language)('files.policyTest', { country, other, verdicts: verdicts.join('\n') })
}

/** What units.yaml has. */
interface Units {
  readonly hardening: string
  /** How a proxy chooses by the name. */
  readonly map: string
  readonly files: Readonly<Record<string, string>>
}

/** The texts of the units and examples, by their paths in the folder. @param root the absolute path of the folder. */
export function writeUnits(root: string, { country, host, port, tls }: Answers): Readonly<Record<string, string>> {
  const { hardening, map, files } = readWords<Units>(new URL('units.yaml', import.meta.url))
  const isName = isIP(host) === 0
  const values: Readonly<Record<string, string>> = { root, country, host, port: String(port), hardening }
  const proxy = isName
    ? { map: fill(map, values), preread: '    ssl_preread on;\n', pass: '$istmo_node' }
    : { map: '', preread: '', pass: `127.0.0.1:${port}` }
  const written = Object.entries(files)
    .filter(([path]) => tls === 'own' || !path.includes('ca-renew'))
    .map(([path, text]) => [path, fill(text, { ...values, ...proxy })])
  return Object.fromEntries(written)
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (hole, name: string) => values[name] ?? hole)
}

/** What the page of what to do next speaks about. */
export interface NextFacts {
  /** The absolute path of the folder. */
  readonly root: string
  readonly answers: Answers
  readonly keys: PublicKeys
  readonly gateway: GatewayFiles
  /** Whether the node's certificate is there. With a certificate request, it comes later. */
  readonly hasCertificate: boolean
}

/** Writes `NEXT.md`: what to do next. */
export function writeNext({ root, answers, keys, gateway, hasCertificate }: NextFacts, language: Language): string {
  const { country, tls, host, port, database } = answers
  const say = joinWords(language)
  const [isOwn, isEmbedded] = [tls === 'own', database === 'embedded']
  const missing = [
    hasCertificate ? '' : `\n${say('next.certificate')}`,
    gateway.hasCa ? '' : `\n${say(isOwn ? 'next.ownCa' : 'next.otherCa')}`,
    gateway.hasKeys ? '' : `\n${say('next.gatewayKeys')}`,
  ].join('')
  const untilStart = say('next.untilStart', {
    country,
    root,
    missing,
    makeDatabase: isEmbedded ? '' : `${say('next.makeDatabase')}\n\n`,
    renewal: isOwn ? ' istmo-ca-renew.timer' : '',
    authority: isOwn ? TLS_FILES.authorityCert : say('next.yourAuthority'),
    node: formatOrigin('https', host, port),
    embedded: isEmbedded ? `\n\n${say('next.embedded')}` : '',
  })
  const { vkey, nodeKey, witness } = keys
  return `${untilStart}\n\n${say('next.afterStart', { country, vkey, nodeKey, witness })}\n`
}
