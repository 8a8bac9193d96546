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
import { type CommandStreams, executeCommand } from '../service/command-line.ts'
import type { CommandLine, CommandShape, DeclaredCommand } from '../service/command-spec.ts'
import { LIST, matching, NEEDED, SWITCH, TEXT, wholeNumber } from '../service/command-texts.ts'
import { ConfigError } from '../service/config-error.ts'
import { UsageError } from '../service/usage-error.ts'
import { CLI_TEXTS } from './texts.ts'

const DAY_MS = 86_400_000

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/

/** The longest life that a certificate may have, in days: the limit of public authorities. */
const MAX_DAYS = 397

const INIT = CLI_TEXTS.declare('ca init', {
  arguments: { folder: TEXT },
  options: {
    name: { ...NEEDED, ...matching(NAME) },
    days: days(AUTHORITY_DAYS, 7_300),
  },
})

const ISSUE = CLI_TEXTS.declare('ca issue', {
  arguments: {
    folder: TEXT,
    name: matching((text) => NAME.test(text) && !text.includes(' ')),
  },
  options: {
    use: { ...NEEDED, parse: (text: string) => (['server', 'client'] as const).find((each) => each === text) },
    dns: { ...LIST, ...matching(isHost) },
    ip: { ...LIST, ...matching((text) => isIP(text) !== 0) },
    out: { default: '.' },
    days: days(CERTIFICATE_DAYS, MAX_DAYS),
  },
})

const RENEW = CLI_TEXTS.declare('ca renew', {
  arguments: { folder: TEXT, certificates: TEXT },
  options: {
    within: days(RENEW_BEFORE_DAYS, MAX_DAYS),
    days: days(CERTIFICATE_DAYS, MAX_DAYS),
    newKey: SWITCH,
  },
})

const SHOW = CLI_TEXTS.declare('ca show', {
  arguments: { path: TEXT },
})

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
  const run =
    <S extends CommandShape>(
      spec: DeclaredCommand<S>,
      work: (line: CommandLine<S>, now: number, print: Print) => Promise<void>,
    ) =>
    (rest: readonly string[]) =>
      executeCommand(spec, rest, (line) => work(line as CommandLine<S>, now, print), streams)
  const commands = { init: run(INIT, init), issue: run(ISSUE, issue), renew: run(RENEW, renew), show: run(SHOW, show) }
  return CLI_TEXTS.runGroup('ca', commands, args, streams)
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

function days(byDefault: number, most: number) {
  return { default: String(byDefault), ...wholeNumber(1, most) } as const
}

function isHost(text: string): boolean {
  const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
  return text.length <= 253 && new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`).test(text) && isIP(text) === 0
}
