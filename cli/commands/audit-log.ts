import type { IstmoCommand } from '../program.ts'

/** The commands for everyone who writes an audit log, witnesses one or checks one. */
export const AUDIT_LOG_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'keys',
    description: 'make the keys of a record, or a new epoch of its pseudonyms: NAME DIR, --rotate DIR',
    run: async (args) => (await import('../keys.ts')).runKeys(args, Date.now()),
  },
  {
    name: 'witness',
    description: 'run a witness of logs (C2SP tlog-witness): --key FILE --folder DIR --policy FILE --port N',
    run: async (args) => (await import('../witness.ts')).runWitness(args),
  },
  {
    name: 'audit',
    description: 'show what the record holds: verify, prove, check and more; --help says them',
    async run(args) {
      const { runAudit } = await import('../audit/run.ts')
      process.exitCode = await runAudit(args)
    },
  },
]
