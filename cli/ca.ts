/** `istmo ca`: a small certificate authority for those who have none. */

import { readdir, readFile, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import {
  AUTHORITY_DAYS,
  CERTIFICATE_DAYS,
  initAuthority,
  issueInto,
  RENEW_BEFORE_DAYS,
  renewIn,
} from '../service/certificates/authority-folder.ts'
import { describeCertificate, readCertificates } from '../service/certificates/read-certificates.ts'
import { type CommandStreams, executeCommand, executeGroup } from '../service/command-line.ts'
import type { CommandDoor, CommandLine, CommandSpec } from '../service/command-spec.ts'
import { ConfigError } from '../service/config-error.ts'
import { UsageError } from '../service/usage-error.ts'

const DAY_MS = 86_400_000

/** The longest life that a certificate may have, in days: the limit of public authorities. */
const MAX_DAYS = 397

const AUTHORITY_FOLDER = { meaning: 'the folder of the authority; its key never leaves it' } as const

const INIT = {
  name: 'istmo ca init',
  description:
    'Makes a certificate authority in a folder: ca.cert.pem, which partners trust, and ca.key.pem, which only its owner can read. ' +
    'It never replaces an authority.',
  arguments: { folder: AUTHORITY_FOLDER },
  options: {
    name: {
      flag: 'name',
      value: 'text',
      isRequired: true,
      meaning: 'the name of the authority, for people',
      expected: '1 to 64 letters, digits, spaces and ._-',
      parse: parseName,
    },
    days: days('days', AUTHORITY_DAYS, 7_300, 'for how many days the authority holds'),
  },
  examples: [{ command: 'istmo ca init /etc/istmo/ca --name "Istmo HN"', meaning: 'Makes the authority of Honduras.' }],
} as const satisfies CommandSpec

const ISSUE = {
  name: 'istmo ca issue',
  description:
    'Issues a certificate: <name>.cert.pem and <name>.key.pem, which only its owner can read. It never replaces a file. A node and an ' +
    'authority need one with --use server, a gateway one with --use client to ask them.',
  arguments: {
    folder: AUTHORITY_FOLDER,
    name: {
      meaning: 'the name of the certificate and of its files',
      expected: 'letters, digits and ._-',
      parse: parseFileName,
    },
  },
  options: {
    use: {
      flag: 'use',
      value: 'use',
      isRequired: true,
      expected: 'server or client',
      meaning: 'what the certificate proves: a server, or a client',
      parse: parseUse,
    },
    dns: {
      flag: 'dns',
      value: 'name',
      isRepeated: true,
      expected: 'a host name',
      parse: parseHost,
      meaning: 'a host name of the server',
    },
    ip: {
      flag: 'ip',
      value: 'address',
      isRepeated: true,
      expected: 'an IPv4 or IPv6 address',
      parse: parseAddress,
      meaning: 'an address of the server',
    },
    out: {
      flag: 'out',
      value: 'dir',
      default: '.',
      expected: 'the path of a folder',
      meaning: 'where to write both files',
    },
    days: days('days', CERTIFICATE_DAYS, MAX_DAYS, 'for how many days the certificate holds'),
  },
  examples: [
    {
      command: 'istmo ca issue ca node --use server --dns istmo.mp.hn --out tls',
      meaning: 'Makes tls/node.cert.pem (--tls-cert) and tls/node.key.pem (--tls-key).',
    },
    {
      command: 'istmo ca issue ca gateway --use client --out tls',
      meaning: 'Makes tls/gateway.cert.pem (--client-cert) and tls/gateway.key.pem (--client-key).',
    },
  ],
} as const satisfies CommandSpec

const RENEW = {
  name: 'istmo ca renew',
  description:
    'Renews the certificates of a folder that the authority issued and that end soon. Names, addresses and use stay, and so does the key, ' +
    'so that the pins of partners hold. A running gateway or node takes the new files by itself. Run it once a day ' +
    '(docs/systemd/istmo-ca-renew.timer).',
  arguments: { folder: AUTHORITY_FOLDER, certificates: { meaning: 'the folder of the certificates' } },
  options: {
    within: days('within', RENEW_BEFORE_DAYS, MAX_DAYS, 'renew certificates that end within so many days'),
    days: days('days', CERTIFICATE_DAYS, MAX_DAYS, 'for how many days the new certificates hold'),
    newKey: {
      flag: 'new-key',
      value: null,
      meaning: 'make new keys too; partners that pinned the old ones need the new pins first',
    },
  },
  examples: [{ command: 'istmo ca renew ca tls', meaning: 'Renews what ends within 10 days.' }],
} as const satisfies CommandSpec

const SHOW = {
  name: 'istmo ca show',
  description:
    'Shows certificates: whom they name, for what, until when, and the values that partners write into their files.',
  arguments: { path: { meaning: 'a PEM file, or a folder with `*.cert.pem`' } },
  options: {},
  examples: [{ command: 'istmo ca show tls/node.cert.pem', meaning: 'Shows the pin for the country’s file.' }],
} as const satisfies CommandSpec

type Print = (line: string) => void

/**
 * Runs one command of `istmo ca`.
 * @param now milliseconds since the epoch.
 * @returns the exit code: 2 if an argument or a file is wrong, 1 for any other failure, else 0.
 */
export function runCa(
  args: readonly string[],
  now: number,
  streams: CommandStreams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  const print: Print = (line) => void streams.out.write(`${line}\n`)
  const command = <S extends CommandSpec>(
    spec: S,
    description: string,
    work: (line: CommandLine<S>, now: number, print: Print) => Promise<void>,
  ): CommandDoor => ({
    name: spec.name.slice('istmo ca '.length),
    description,
    run: (rest) => executeCommand(spec, rest, (line) => work(line, now, print), streams),
  })
  const commands = [
    command(INIT, 'make an authority', init),
    command(ISSUE, 'issue a certificate for a server or a client', issue),
    command(RENEW, 'renew the certificates that end soon', renew),
    command(SHOW, 'show certificates, with their pins', show),
  ]
  const description = 'A small certificate authority, for those who have none.'
  return executeGroup({ name: 'istmo ca', description, commands }, args, streams)
}

async function init({ folder, name, days }: CommandLine<typeof INIT>, now: number, print: Print): Promise<void> {
  await describeFile(await initAuthority(folder, name, days, now), now, print)
}

async function issue(line: CommandLine<typeof ISSUE>, now: number, print: Print): Promise<void> {
  const { folder, name, use, dns, ip, out, days } = line
  // No client could compare such a certificate with the address that it asked.
  if (use === 'server' && dns.length + ip.length === 0)
    throw new UsageError('expected --dns or --ip with --use server; came none')
  const request = { name, use, dnsNames: dns, ipAddresses: ip }
  await describeFile(await issueInto({ folder, out, request, days }, now), now, print)
}

async function renew(line: CommandLine<typeof RENEW>, now: number, print: Print): Promise<void> {
  const { folder, certificates, within, days, newKey } = line
  const order = { folder, certificates, days, withinDays: within, hasNewKey: newKey }
  for (const { file, notAfter, isRenewed } of await renewIn(order, now)) {
    print(`${file}: ${isRenewed ? 'renewed, ends' : 'not due, ends'} ${new Date(notAfter).toISOString()}`)
  }
}

async function show({ path }: CommandLine<typeof SHOW>, now: number, print: Print): Promise<void> {
  const isFolder = (await stat(path)).isDirectory()
  const files = isFolder
    ? (await readdir(path)).filter((name) => name.endsWith('.cert.pem')).map((name) => join(path, name))
    : [path]
  for (const file of files.sort()) await describeFile(file, now, print)
}

async function describeFile(file: string, now: number, print: Print): Promise<void> {
  for (const certificate of await readFileOfCertificates(file)) {
    const { subject, issuer, isAuthority, uses, names, notAfter, serial, hash, pin } = describeCertificate(certificate)
    const days = Math.floor((notAfter - now) / DAY_MS)
    print(file)
    print(`  subject  ${subject}, issued by ${issuer}`)
    print(
      `  for      ${isAuthority ? 'an authority' : uses.join(' and ')}${names.length > 0 ? `: ${names.join(', ')}` : ''}`,
    )
    print(`  ends     ${new Date(notAfter).toISOString()}, ${days < 0 ? 'past' : `${days} days left`}`)
    print(`  serial   ${serial}`)
    print(`  x5t#S256 ${hash}`)
    print(`  pin      ${pin}`)
  }
}

async function readFileOfCertificates(file: string) {
  try {
    return readCertificates(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new ConfigError(`${file}: ${(cause as Error).message}. Name a file of certificates.`, { cause })
  }
}

function days<Flag extends string>(flag: Flag, byDefault: number, most: number, meaning: string) {
  const parse = (text: string): number | undefined =>
    /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= most ? Number(text) : undefined
  const expected = `a whole number from 1 to ${most}`
  return { flag, value: 'days', default: String(byDefault), meaning, expected, parse } as const
}

function parseName(text: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/.test(text) ? text : undefined
}

function parseFileName(text: string): string | undefined {
  return text.includes(' ') ? undefined : parseName(text)
}

function parseUse(text: string): 'server' | 'client' | undefined {
  return text === 'server' || text === 'client' ? text : undefined
}

function parseHost(text: string): string | undefined {
  const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
  return text.length <= 253 && new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`).test(text) && isIP(text) === 0
    ? text
    : undefined
}

function parseAddress(text: string): string | undefined {
  return isIP(text) === 0 ? undefined : text
}
