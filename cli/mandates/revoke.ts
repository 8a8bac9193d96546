import { readFile } from 'node:fs/promises'
import { signRevocation } from '../../contract/trust/mandate-revocation.ts'
import { hashPayload } from '../../contract/trust/personal-jws.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { BOTH_LANG_OPTIONS } from '../../service/lang-option.ts'
import { handIn } from './hand-in.ts'
import { confirm, type MandatesIo } from './io.ts'
import { openKeyFile } from './key-file.ts'
import { AUTHORITY_OPTIONS, chooseShownLanguage, SIGNING_OPTIONS } from './options.ts'

const HASH = /^[A-Za-z0-9_-]{43}$/

const REVOKE = {
  name: 'istmo mandates revoke',
  description:
    'Revokes a mandate, or withdraws a draft. One person may do that without a second one, and nobody can take it back. Whoever may draft or approve may revoke.',
  arguments: { mandate: { meaning: 'the hash of the mandate, or the file of its document' } },
  options: {
    reason: { flag: 'reason', value: 'text', isRequired: true, meaning: 'why, for the log; without names of persons' },
    ...SIGNING_OPTIONS,
    ...AUTHORITY_OPTIONS,
    ...BOTH_LANG_OPTIONS,
  },
  examples: [
    {
      command:
        'istmo mandates revoke jtf.mandate.json --reason "the case is closed" --key ana.key --token ana.jwt --authority /var/lib/istmo/log',
      meaning: 'Revokes the mandate of this document.',
    },
  ],
} as const satisfies CommandSpec

/** Runs `istmo mandates revoke`. Resolves to the exit code. */
export function runRevoke(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    REVOKE,
    args,
    async ({ mandate, reason, key: keyFile, passphraseFile, yes, token, authority, ...line }) => {
      const language = chooseShownLanguage(line, io)
      const hash = HASH.test(mandate) ? mandate : hashPayload(readPayload(mandate, await readFile(mandate, 'utf8')))
      const key = await openKeyFile(keyFile, passphraseFile, io)
      const revocation = { v: 1, mandate: hash, issued: Math.floor(io.now() / 1_000), reason } as const
      const jws = await signRevocation(revocation, key)
      io.out.write(
        language === 'es'
          ? `Va a revocar para siempre el mandato ${hash}, porque: ${reason}\n`
          : `You are about to revoke the mandate ${hash} for ever, because: ${reason}\n`,
      )
      await confirm(io, language, yes)
      await handIn({ token, authority }, { act: 'revoke', document: JSON.stringify(jws) }, io.now)
      io.out.write(`revoked ${hash}\n`)
    },
    io,
  )
}

function readPayload(path: string, text: string): string {
  try {
    const { payload } = JSON.parse(text) as { readonly payload?: unknown }
    if (typeof payload === 'string') return payload
  } catch {
    // The message below says what was expected.
  }
  throw new Error(`${path}: expected the hash of a mandate (43 characters) or the file of its document; came neither`)
}
